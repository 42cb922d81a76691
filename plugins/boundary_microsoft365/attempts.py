"""When each response was begun to be sent, kept on disk: so that a search knows how long it may be too early."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from boundary_microsoft365.kept_state import KeptState

#: An attempt is of no use any more: whatever was sent shows by then.
_KEPT = timedelta(days=30)


class Attempts:
    """The attempts of one mailbox; of each only its id and its instant. Errors begin with `name`."""

    def __init__(self, folder: Path, name: str) -> None:
        """Keep them in a file of the folder."""
        self._state = KeptState(folder / "attempts.json", name)

    def begin(self, response_id: str, at: datetime) -> None:
        """Write down that a response is being sent. Raises Unavailable."""
        kept = {each: begun for each, begun in self.known().items() if at - begun < _KEPT}
        kept[response_id] = at
        self._state.write({each: begun.isoformat() for each, begun in kept.items()})

    def known(self) -> Mapping[str, datetime]:
        """By id, when it was begun. Raises Unavailable."""
        return {each: datetime.fromisoformat(begun) for each, begun in self._state.read().items()}
