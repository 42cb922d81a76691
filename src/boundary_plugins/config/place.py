"""Where in a configuration file something stands."""

from dataclasses import dataclass, field
from pathlib import Path

from boundary_plugins.config.lines import KeyPath, line_of
from boundary_plugins.errors import ConfigProblem


@dataclass(frozen=True, slots=True)
class Place:
    """A file, the lines of its keys, the path of one table in it, and the folder paths start at.

    All places are equal: a line that moved is no change of a configuration.
    """

    file: str = field(default="configuration", compare=False)
    lines: dict[KeyPath, int] = field(default_factory=dict, compare=False, repr=False)
    base: Path = field(default_factory=Path.cwd, compare=False)
    path: KeyPath = field(default=(), compare=False)

    def line(self, inner: KeyPath = ()) -> int | None:
        """The line of a key below this place, or of what is nearest around it."""
        return line_of(self.lines, (*self.path, *inner))

    def within(self, *path: str | int) -> "Place":
        """The place of something below this one."""
        return Place(self.file, self.lines, self.base, (*self.path, *path))


def problem_at(place: Place, inner: KeyPath, says: str) -> ConfigProblem:
    """A problem of a key below a place."""
    return ConfigProblem(place.file, place.line(inner), dotted((*place.path, *inner)), says)


def dotted(path: KeyPath) -> str:
    """A path as a person reads it; items of a list count from 1: `mailboxes[1].smtp.port`."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.removeprefix(".")
