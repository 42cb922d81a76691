"""What Sieve scripts lie on a server, which of them are ours, and whether ours may stand beside the user's own."""

from collections.abc import Iterator
from dataclasses import dataclass

from boundary_imap.managesieve import SieveServer
from boundary_imap.own_scripts import BEING_SET_UP, SENDING_BACK, actions_in, includes_in, joined_by, unix
from boundary_plugins import UNKNOWN, Unknown, is_sieve_script, is_unchanged_sieve_script

_EXPORT = "boundary availability export --format sieve"


@dataclass(frozen=True, slots=True)
class ScriptsThere:
    """What lies on the server. `ours` and `joining` are texts, `theirs` the name of the user's own active script.

    `script` and `joining_name` are the names of ours and of the one that joins both.
    """

    script: str
    names: tuple[str, ...]
    active: str | None
    ours: str | None
    joining: str | None
    theirs: str | None

    @property
    def joining_name(self) -> str:
        """The name of the script that joins ours and theirs."""
        return joining_name(self.script)

    @property
    def is_in_force(self) -> bool:
        """Whether the active script is ours, or joins ours and theirs."""
        return self.active in (self.script, self.joining_name)

    @property
    def ours_is_as_written(self) -> bool:
        """Whether our script is there, and nobody changed it."""
        return self.ours is not None and (_holds_the_place(self.ours) or is_unchanged_sieve_script(self.ours))

    @property
    def joining_is_as_written(self) -> bool:
        """Whether the script that joins both is there, and nobody changed it."""
        return self.joining is not None and joined_by(self.joining, self.script) is not None

    def what_is_foreign(self) -> str | None:
        """A sentence where one of our names is somebody else's, or somebody changed what is ours."""
        return next(self._what_is_foreign(), None)

    def _what_is_foreign(self) -> Iterator[str]:
        """Every such sentence."""
        is_set_up = self.ours is not None and not _holds_the_place(self.ours)
        if is_set_up and not is_sieve_script(self.ours or ""):
            yield (
                f'the script "{self.script}" there is not this program\'s; give another name (script) to this one'
            )
        if is_set_up and not self.ours_is_as_written:
            yield (
                f'somebody changed the script "{self.script}", which stays as it is; '
                "delete it there to have it written anew"
            )
        if self.joining is not None and not self.joining_is_as_written:
            yield f'the script "{self.joining_name}" there is not as this program wrote it; delete it there'
        if is_set_up and not self.is_in_force:
            other = "no script" if self.active is None else "another script"
            yield (
                f'somebody made {other} the active one, which stays so; activate "{self.script}" there, '
                "or delete it to have it set up anew"
            )


def joining_name(script: str) -> str:
    """The name of the script that joins ours, of this name, and the user's own."""
    return f"{script}-and-yours"


def look(server: SieveServer, script: str) -> ScriptsThere:
    """Read what lies there. Raises ProviderError."""
    names, active = server.scripts()
    name = joining_name(script)
    joining = server.script(name) if name in names else None
    theirs = None if active in (script, name) else active
    if active == name and joining is not None:
        # A script of theirs that was deleted meanwhile is no longer theirs to run.
        theirs = joined if (joined := joined_by(joining, script)) in names else None
    return ScriptsThere(
        script, names, active, server.script(script) if script in names else None, joining, theirs
    )


def what_hinders(server: SieveServer, theirs: str) -> str | None:
    """A sentence where ours cannot stand beside the user's own script. Raises ProviderError."""
    if "include" not in server.extensions:
        return (
            "your own script is active, and this server cannot run two (RFC 6609, include); "
            f"deactivate yours, or put what `{_EXPORT}` prints into it by hand"
        )
    sending = sending_back(server, theirs)
    if sending is UNKNOWN:
        return "your own script includes a global one, which cannot be read; deactivate yours"
    if sending:
        return (
            f"your own script has {', '.join(sorted(sending))}, and a server sends only one thing back; "
            "take that out of it, or deactivate it"
        )
    return None


def sending_back(server: SieveServer, name: str) -> frozenset[str] | Unknown:
    """What a script and those it includes send back; UNKNOWN where one of them cannot be read."""
    names = server.scripts()[0]
    sending: frozenset[str] = frozenset()
    cannot_be_read, seen, waiting = False, {name}, [name]
    while waiting:
        text = server.script(waiting.pop())
        sending |= actions_in(text) & SENDING_BACK
        for included, is_personal in includes_in(text):
            cannot_be_read = cannot_be_read or not is_personal
            if is_personal and included in names and included not in seen:
                seen.add(included)
                waiting.append(included)
    return UNKNOWN if cannot_be_read and not sending else sending


def _holds_the_place(text: str) -> bool:
    """Whether a text only holds the place of our script, while it is being set up."""
    return unix(text) == BEING_SET_UP
