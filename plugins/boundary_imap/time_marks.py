"""The time that keywords on messages log: what a folder's messages carry, and what changed since."""

from boundary_imap.connection import Connection, Selected
from boundary_imap.parse import minutes_marked
from boundary_imap.position import MessageName, Position
from boundary_plugins import TimeMark


class TimeMarks:
    """Keywords that begin with one word; with "" none are looked for."""

    def __init__(self, word: str) -> None:
        """Nothing was seen yet."""
        self._word = word
        # Where the server counts no changes, what was marked at the last look.
        self._before: dict[int, int] = {}

    def since(self, connection: Connection, opened: Selected, place: Position | None) -> tuple[TimeMark, ...]:
        """What changed since a place, as it is now; at a first look (None) nothing, for that is history.

        A server that counts changes (CONDSTORE, RFC 7162) tells only which messages changed, so each of
        them is named, most of them with 0 minutes.
        """
        if not self._word or place is None:
            return ()
        if opened.modseq and place.modseq:
            found = self._changed(connection, opened, place)
        else:
            found = self._compared(connection, opened)
        return tuple(
            TimeMark(str(MessageName(opened.uid_validity, uid, opened.folder)), minutes)
            for uid, minutes in sorted(found.items())
        )

    def _changed(self, connection: Connection, opened: Selected, place: Position) -> dict[int, int]:
        """The minutes of each message that changed; of new ones only where they carry any."""
        if opened.modseq <= place.modseq:
            return {}
        flags = connection.flags(connection.search("MODSEQ", str(place.modseq + 1)))
        minutes = {uid: minutes_marked(each, self._word) for uid, each in flags.items()}
        return {uid: each for uid, each in minutes.items() if each or uid < place.uid_next}

    def _compared(self, connection: Connection, opened: Selected) -> dict[int, int]:
        """What is marked now and was not before, or the reverse; a mark that goes while we are off is missed."""
        ours = [keyword for keyword in opened.keywords if minutes_marked([keyword], self._word)]
        marks: dict[int, list[str]] = {}
        for keyword in ours:
            for uid in connection.search("KEYWORD", keyword):
                marks.setdefault(uid, []).append(keyword)
        now = {uid: minutes_marked(each, self._word) for uid, each in marks.items()}
        before, self._before = self._before, now
        return {uid: now.get(uid, 0) for uid in {*before, *now} if before.get(uid) != now.get(uid)}
