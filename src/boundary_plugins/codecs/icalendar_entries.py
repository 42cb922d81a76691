"""Availability as a calendar server keeps it: the hours alone, or single entries that are free or busy."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from boundary_plugins.codecs.icalendar_publication import (
    PRODID,
    closed_times,
    folded,
    hours_lines,
    open_times,
    times_lines,
    utc_text,
)
from boundary_plugins.codecs.icalendar_structure import unfolded
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication

#: A mark of our own, which stays where another program changes an entry and signs it.
_MARK = "X-BOUNDARY-PUBLICATION"
#: What a server may write as it likes.
_NOT_COMPARED = (b"DTSTAMP", b"PRODID", b"LAST-MODIFIED", b"CREATED")


def write_hours(publication: Publication) -> bytes:
    """A calendar with one VAVAILABILITY and nothing else, as `calendar-availability` holds it.

    RFC 7953, section 7.2.4. Nobody's address stands in it.
    """
    lines = hours_lines(publication, open_times(publication))
    return _calendar(line for line in lines if not line.startswith("ORGANIZER"))


def write_entries(publication: Publication, *, owner: str, closed: bool) -> dict[str, bytes]:
    """Entries by their UID: of the open times, which are free, or (`closed`) of all others, which are busy.

    `owner` (letters and digits) tells apart who writes into the same calendar. The same time has the same
    UID and text, whenever it is written.
    """
    kind, times = ("closed", closed_times) if closed else ("open", open_times)
    named = ((_uid(owner, kind, interval), interval) for interval in times(publication))
    return {uid: _calendar(_entry(uid, interval, closed)) for uid, interval in named}


def is_entry(data: bytes, owner: str) -> bool:
    """Whether an entry was written by `write_entries` for this owner, though perhaps changed since."""
    lines = _lines(data)
    ours = any(line.startswith(f"UID:{_prefix(owner)}".encode()) for line in lines)
    signed = f"PRODID:{PRODID}".encode()
    return ours and (signed in lines or any(line.startswith(f"{_MARK}:".encode()) for line in lines))


def same_lines(found: bytes, wanted: bytes) -> bool:
    """Whether a server holds what was written to it, in whatever order, and with whatever it adds of its own."""
    theirs, ours = _lines(found), _compared(_lines(wanted))
    return not ours - theirs and _components(theirs) == _components(ours)


def _lines(data: bytes) -> Counter[bytes]:
    """The lines, each as often as it stands there."""
    return Counter(filter(None, (line.strip() for line in unfolded(data).split(b"\n"))))


def _compared(lines: Counter[bytes]) -> Counter[bytes]:
    """The lines that a server has to leave as they are."""
    return Counter({line: n for line, n in lines.items() if not line.startswith(_NOT_COMPARED)})


def _components(lines: Counter[bytes]) -> int:
    """How many components begin in these lines."""
    return sum(count for line, count in lines.items() if line.startswith(b"BEGIN:"))


def _calendar(lines: Iterator[str]) -> bytes:
    """A calendar without METHOD, which none on a server may have (RFC 4791, section 4.1)."""
    whole = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        *lines,
        "END:VCALENDAR",
    )
    return "".join(folded(line) for line in whole).encode()


def _entry(uid: str, interval: Interval, closed: bool) -> Iterator[str]:
    """One time as an event without any word of why."""
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{utc_text(interval.start)}"
    yield from times_lines(interval)
    yield "SUMMARY:Busy" if closed else "SUMMARY:Available"
    yield "TRANSP:OPAQUE" if closed else "TRANSP:TRANSPARENT"
    yield "X-MICROSOFT-CDO-BUSYSTATUS:BUSY" if closed else "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    yield f"{_MARK}:1"
    yield "END:VEVENT"


def _prefix(owner: str) -> str:
    """What every UID of an owner begins with."""
    return f"boundary-{owner}-"


def _uid(owner: str, kind: str, interval: Interval) -> str:
    """A name that is the same at each writing and tells nothing (RFC 7986, section 5.3)."""
    parts = (owner, kind, utc_text(interval.start), utc_text(interval.end))
    return _prefix(owner) + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
