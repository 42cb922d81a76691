"""How soon Gmail is asked again: often while something happens, seldom while nothing does."""

#: In seconds. A question costs 2 of 15,000 units that Google grants a person each minute.
FASTEST, SLOWEST = 2.0, 20.0
_ACTIVE_FOR = 300.0
_SLOWING = 1.5


class Pace:
    """The time between two questions; instants are seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        """Begin slowly."""
        self._interval = SLOWEST
        self._active_at: float | None = None

    def happened(self, at: float) -> None:
        """Something came or went."""
        self._active_at, self._interval = at, FASTEST

    def next(self, at: float) -> float:
        """How long to wait now; each quiet answer after the first minutes makes it longer."""
        if self._active_at is not None and at - self._active_at > _ACTIVE_FOR:
            self._interval = min(self._interval * _SLOWING, SLOWEST)
        return self._interval
