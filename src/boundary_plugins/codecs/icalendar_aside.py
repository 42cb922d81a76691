"""What of a calendar could not be read, so that the rest is used and a person is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from boundary_plugins.codecs.icalendar_lines import CalendarTextError


class Aside:
    """What could not be read: where it stands and why, never what it says."""

    def __init__(self, place: str, lines: Iterable[str] = ()) -> None:
        """Begin with the lines of an earlier reading of the same place."""
        self.place = place
        self.lines = list(lines)

    def add(self, number: int, kind: str, reason: str) -> None:
        """One component was set aside."""
        self.lines.append(f"{self.place}: component {number} ({kind}): {reason}")

    @contextmanager
    def guard(self, number: int, kind: str) -> Iterator[None]:
        """Set the component aside where the work in the block cannot be done; the rest goes on."""
        try:
            yield
        except CalendarTextError as problem:
            self.add(number, kind, str(problem))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # The text of such an error may hold text of the calendar.
            self.add(number, kind, "it cannot be understood")
