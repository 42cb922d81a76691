"""Who may come in: three doors, all closed unless the configuration names the plugin."""

import difflib
import importlib.metadata
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import EntryPoint
from pathlib import Path

GROUP = "boundary_plugins"
OWN_DISTRIBUTION = "boundary-plugins"


class Door(Enum):
    """The way a plugin came: with this program, with another distribution, or as one file."""

    BUNDLED = "bundled"
    INSTALLED = "installed"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that could be loaded; nothing of it was imported yet.

    `file` is its file, or for a distribution the module that its entry point names.
    """

    name: str
    door: Door
    file: str
    distribution: str | None = None
    version: str | None = None
    entry_point: EntryPoint | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What stands at the doors: who is let in, who is refused and why, and who was not called.

    `unknown` are sentences about names in the configuration that nobody answers to.
    """

    admitted: tuple[Candidate, ...]
    refused: tuple[tuple[Candidate, str], ...]
    not_enabled: tuple[Candidate, ...]
    unknown: tuple[str, ...]


def admit(enable: Sequence[str], directory: Path | None) -> Admission:
    """Compare the names in the configuration with what there is, in the configuration's order."""
    by_name: dict[str, list[Candidate]] = {}
    for candidate in (*installed(), *in_directory(directory)):
        by_name.setdefault(canonical(candidate.name), []).append(candidate)
    wanted = list(dict.fromkeys(canonical(name) for name in enable))
    admitted: list[Candidate] = []
    refused: list[tuple[Candidate, str]] = []
    for name in wanted:
        claimants = by_name.get(name, [])
        for candidate in claimants:
            if problem := _why_refused(candidate, claimants):
                refused.append((candidate, problem))
            else:
                admitted.append(candidate)
    others = [one for name, found in sorted(by_name.items()) if name not in wanted for one in found]
    unknown = [_unknown(name, by_name) for name in enable if canonical(name) not in by_name]
    return Admission(tuple(admitted), tuple(refused), tuple(others), tuple(unknown))


def canonical(name: str) -> str:
    """A plugin's name for comparing: `Homing-Pigeon` and `homing_pigeon` are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> tuple[Candidate, ...]:
    """The plugins of every installed distribution, from their metadata alone."""
    found: list[Candidate] = []
    # The first distribution on the path hides others of its name, as it does for imports. What the others
    # without an entry point say of themselves is not read, because there are many.
    for entry in importlib.metadata.entry_points(group=GROUP):
        assert entry.dist is not None
        name = canonical(entry.dist.name)
        door = Door.BUNDLED if name == OWN_DISTRIBUTION else Door.INSTALLED
        found.append(Candidate(entry.name, door, entry.value, name, entry.dist.version, entry))
    return tuple(found)


def in_directory(directory: Path | None) -> tuple[Candidate, ...]:
    """The one-file plugins of a directory, which need not exist."""
    if directory is None or not directory.is_dir():
        return ()
    files = sorted(file for file in directory.glob("*.py") if not file.name.startswith(("_", ".")))
    return tuple(Candidate(file.stem, Door.FILE, str(file)) for file in files)


def unsafe_because(file: Path, trusted: Iterable[int] | None = None) -> str | None:
    """Why a one-file plugin is not to be run: somebody else could have written it. None where it is safe.

    `trusted` are the user ids whose files are run: by default this user's and root's.
    """
    if file.is_symlink():
        return f"{file} is a symbolic link; put the file itself there"
    users = _trusted_users() if trusted is None else frozenset(trusted)
    for path, writable_by in ((file, 0o022), (file.parent, 0o022)):
        if problem := _unsafe(path.stat(), path, writable_by, users):
            return problem
    for path in file.parent.resolve().parents:
        # A group may own what lies above; everybody may not, except where the sticky bit protects names.
        status = path.stat()
        if not status.st_mode & stat.S_ISVTX and status.st_mode & 0o002:
            return f"{path} can be written by everybody; chmod o-w {path}"
    return None


def _unsafe(status: os.stat_result, path: Path, writable_by: int, users: frozenset[int]) -> str | None:
    """Why a file or folder is in doubt."""
    if users and status.st_uid not in users:
        return f"{path} belongs to another user"
    if os.name == "posix" and status.st_mode & writable_by:
        return f"{path} can be written by others; chmod go-w {path}"
    return None


def _trusted_users() -> frozenset[int]:
    """This user and root; nobody on a system without user ids, where ownership is not judged."""
    return frozenset({0, os.geteuid()}) if hasattr(os, "geteuid") else frozenset()


def _why_refused(candidate: Candidate, claimants: Sequence[Candidate]) -> str | None:
    """Why a candidate whose name is in the configuration stays outside; None where it may come in."""
    if len(claimants) > 1:
        places = " and ".join(sorted(_place(claimant) for claimant in claimants))
        return f"the name is claimed by {places}; remove or rename one of them"
    return unsafe_because(Path(candidate.file)) if candidate.door is Door.FILE else None


def _place(candidate: Candidate) -> str:
    """Where a candidate comes from, for a sentence."""
    return candidate.file if candidate.door is Door.FILE else f"distribution {candidate.distribution}"


def _unknown(name: str, by_name: dict[str, list[Candidate]]) -> str:
    """A sentence about a name that nobody answers to."""
    names = sorted({found[0].name for found in by_name.values()})
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"there is no plugin {name!r}{hint} Allowed are: {', '.join(names) or 'none'}"
