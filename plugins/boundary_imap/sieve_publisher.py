"""A publisher whose mail server answers by itself: one Sieve script beside the user's own ones."""

import contextlib
from collections.abc import Iterator

from boundary_imap.managesieve import SieveServer, connect_sieve
from boundary_imap.own_scripts import BEING_SET_UP, actions_in, joining_script, unix
from boundary_imap.scripts_there import ScriptsThere, look, sending_back, what_hinders
from boundary_imap.settings import SieveSettings
from boundary_imap.signing_in import Credentials, tls_context
from boundary_plugins import (
    SIEVE_REQUIRED,
    UNKNOWN,
    Condition,
    Examined,
    Interval,
    ProviderError,
    Publication,
    Refused,
    Services,
    Unavailable,
    Unknown,
    Unsupported,
    sieve_answers,
    write_sieve,
)


class SievePublisher:
    """The ports `Publisher` and `Responder` over ManageSieve; a connection for each call."""

    def __init__(self, settings: SieveSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "publisher"
        self._credentials = Credentials(settings, services)

    def publish(self, publication: Publication) -> bool:
        """Write what differs and see that it is in force. Raises ProviderError, among them Refused.

        What somebody else changed or activated is never overwritten.
        """
        with self._connected() as server:
            found = self._checked(server)
            text = write_sieve(publication, server.extensions)
            written = _write(server, found, text)
            if written:
                self._check_in_force(server, found, text)
            return written

    def remove(self) -> None:
        """Give the activation back to the user's own script, and delete what this publisher made."""
        with self._connected() as server:
            _take_away(server, look(server, self._settings.script))

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown:
        """When the server answers, as the active script says; a foreign `vacation` counts as always.

        When that one answers cannot be told without running it, and two answers are worse than none.
        """
        with self._connected() as server:
            found = look(server, self._settings.script)
            foreign = _foreign_answers(server, found.theirs, between) if found.theirs else ()
            if foreign or not found.is_in_force:
                return foreign
            return _own_answers(found, between)

    def examine(self) -> tuple[Examined, ...]:
        """Whether the server is there, can what is needed, and leaves room for a script of ours."""
        part = "sieve server"
        try:
            with self._connected() as server:
                found = look(server, self._settings.script)
                self._check(server, found)
        except ProviderError as error:
            problem = str(error).removeprefix(f"{self._name}: ").rstrip(".")
            return (Examined(part, Condition.BROKEN, problem, "see the guide of boundary_imap"),)
        state = "the script is in force" if found.is_in_force else "no script of this program yet"
        return (Examined(part, Condition.OK, f"signed in; {state}"),)

    def close(self) -> None:
        """Nothing stays open."""

    @contextlib.contextmanager
    def _connected(self) -> Iterator[SieveServer]:
        """A connection that is signed in."""
        context = tls_context(self._settings, self._services)
        server = connect_sieve(
            self._settings, self._credentials, context, name=self._name, now=self._services.now
        )
        try:
            yield server
        finally:
            server.close()

    def _checked(self, server: SieveServer) -> ScriptsThere:
        """What lies there, where ours may be put. Raises Refused and Unsupported."""
        found = look(server, self._settings.script)
        try:
            self._check(server, found)
        except Refused:
            if found.active == found.joining_name and found.what_is_foreign() is None:
                # Two answers in one run make it fail, and with it what their script does: theirs alone, then.
                _take_away(server, found)
            raise
        return found

    def _check(self, server: SieveServer, found: ScriptsThere) -> None:
        """Raise Refused or Unsupported, in a sentence, where ours may not be put there."""
        if missing := sorted(set(SIEVE_REQUIRED) - server.extensions):
            raise Unsupported(self._name, f"what the script needs of Sieve ({', '.join(missing)})")
        problem = found.what_is_foreign() or (what_hinders(server, found.theirs) if found.theirs else None)
        if problem is not None:
            raise Refused(self._name, problem)

    def _check_in_force(self, server: SieveServer, found: ScriptsThere, text: str) -> None:
        """Read back. Raises Unavailable where the server holds something else than it was given."""
        now = look(server, self._settings.script)
        is_active = now.active == (found.script if found.theirs is None else found.joining_name)
        if not is_active or now.ours is None or unix(now.ours) != unix(text):
            raise Unavailable(self._name, "the server does not hold the script that it was given")


def _write(server: SieveServer, found: ScriptsThere, text: str) -> bool:
    """Write what differs, in an order that leaves a whole boundary or none wherever it breaks off."""
    joining = joining_script(found.script, found.theirs) if found.theirs is not None else None
    wanted = found.script if joining is None else found.joining_name
    is_same = found.ours is not None and unix(found.ours) == unix(text)
    if is_same and found.active == wanted:
        return False
    server.check(text)
    if found.ours is None:
        server.store(found.script, BEING_SET_UP)
    if joining is not None and (found.joining is None or unix(found.joining) != joining):
        server.store(found.joining_name, joining)
    if found.active != wanted:
        server.activate(wanted)
    if not is_same:
        server.store(found.script, text)
    if joining is None and found.joining is not None:
        server.delete(found.joining_name)
    return True


def _take_away(server: SieveServer, found: ScriptsThere) -> None:
    """Delete what is ours and as we wrote it; where it was in force, theirs is active again."""
    joins = found.active == found.joining_name and found.joining_is_as_written
    if joins or (found.active == found.script and found.ours_is_as_written):
        server.activate(found.theirs or "")
    if found.joining_is_as_written:
        server.delete(found.joining_name)
    if found.ours_is_as_written:
        server.delete(found.script)


def _foreign_answers(server: SieveServer, name: str, between: Interval) -> tuple[Interval, ...] | Unknown:
    """When a script that is not ours answers."""
    sending = sending_back(server, name)
    if sending is UNKNOWN:
        return UNKNOWN
    return (between,) if "vacation" in sending else ()


def _own_answers(found: ScriptsThere, between: Interval) -> tuple[Interval, ...]:
    """When the script answers that lies under our name and is in force."""
    text = found.ours or ""
    told = sieve_answers(text, between)
    if told is not None:
        return told
    return (between,) if "vacation" in actions_in(text) else ()
