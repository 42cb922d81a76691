"""Availability as a calendar that anybody may read: free or busy, and nothing else."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from boundary_plugins.core.interval import Interval, difference, intersection, union
from boundary_plugins.ports import Publication

#: Marks what this program wrote, so that it overwrites and removes nothing else.
PRODID = "-//Boundary Plugins//Availability//EN"
#: Octets in a line without its end (RFC 5545, section 3.1).
_LONGEST_LINE = 75


def write_availability(publication: Publication) -> bytes:
    """A calendar (METHOD:PUBLISH) that tells the open times in three ways.

    As VAVAILABILITY (RFC 7953) for programs that know it; as transparent events, which any calendar
    program shows and none counts as busy; and as VFREEBUSY, where all that is closed, absent or busy is
    one kind of busy, so that nobody can tell a holiday from a weekend.

    Every time is a plain instant and nothing recurs, so all are written in UTC and no VTIMEZONE is
    needed: each reader's program shows them in the reader's own zone.

    The text depends on the content alone, not on `as_of`: the same content is the same, octet for
    octet. A window's UID comes from its own times, so a changed window is another one and SEQUENCE
    never needs to grow.
    """
    return "".join(folded(line) for line in _calendar(publication)).encode()


def is_publication(data: bytes) -> bool:
    """Whether a calendar's text was written by this program; a server may have changed its line ends."""
    return f"\nPRODID:{PRODID}\n".encode() in data[:500].replace(b"\r\n", b"\n")


def _calendar(publication: Publication) -> Iterator[str]:
    """The content lines, unfolded."""
    opened = open_times(publication)
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODID}"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    # How often a subscriber looks again (RFC 7986, section 5.7), and Microsoft's name for it.
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT15M"
    yield "X-PUBLISHED-TTL:PT15M"
    yield from hours_lines(publication, opened)
    for interval in opened:
        yield from _event(publication, interval)
    yield from _free_busy(publication, closed_times(publication))
    yield "END:VCALENDAR"


def open_times(publication: Publication) -> tuple[Interval, ...]:
    """The contact hours."""
    opened = (window.interval for window in publication.windows if window.is_open)
    return intersection(opened, [publication.between])


def closed_times(publication: Publication) -> tuple[Interval, ...]:
    """All that is closed, absent or busy, as one kind of busy."""
    between = [publication.between]
    away = intersection((*publication.absences, *publication.busy), between)
    return union((*difference(between, open_times(publication)), *away))


def hours_lines(publication: Publication, opened: Iterable[Interval]) -> Iterator[str]:
    """The VAVAILABILITY: busy in its whole span but for the open times."""
    yield "BEGIN:VAVAILABILITY"
    yield from _head(publication, "availability")
    yield from times_lines(publication.between)
    yield "BUSYTYPE:BUSY-UNAVAILABLE"
    for interval in opened:
        yield "BEGIN:AVAILABLE"
        yield f"UID:{_uid(publication, 'available', interval)}"
        yield f"DTSTAMP:{utc_text(publication.between.start)}"
        yield from times_lines(interval)
        yield "END:AVAILABLE"
    yield "END:VAVAILABILITY"


def _event(publication: Publication, interval: Interval) -> Iterator[str]:
    """One open time as an event that takes no time of the reader."""
    yield "BEGIN:VEVENT"
    yield from _head(publication, "open", interval)
    yield from times_lines(interval)
    yield "SUMMARY:Contact hours"
    yield "TRANSP:TRANSPARENT"
    yield "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    yield "END:VEVENT"


def _free_busy(publication: Publication, busy: Iterable[Interval]) -> Iterator[str]:
    """The VFREEBUSY (RFC 5546, section 3.3.1)."""
    yield "BEGIN:VFREEBUSY"
    yield from _head(publication, "free-busy")
    yield from times_lines(publication.between)
    for interval in busy:
        yield f"FREEBUSY;FBTYPE=BUSY:{utc_text(interval.start)}/{utc_text(interval.end)}"
    yield "END:VFREEBUSY"


def _head(publication: Publication, kind: str, interval: Interval | None = None) -> Iterator[str]:
    """What each component begins with; METHOD:PUBLISH wants an organizer (RFC 5546, section 3)."""
    yield f"UID:{_uid(publication, kind, interval)}"
    yield f"DTSTAMP:{utc_text(publication.between.start)}"
    yield f"ORGANIZER:mailto:{publication.own_address}"


def times_lines(interval: Interval) -> Iterator[str]:
    """From when to when."""
    yield f"DTSTART:{utc_text(interval.start)}"
    yield f"DTEND:{utc_text(interval.end)}"


def _uid(publication: Publication, kind: str, interval: Interval | None = None) -> str:
    """A name that is the same at each writing and tells nothing (RFC 7986, section 5.3)."""
    parts = [publication.own_address.casefold(), kind]
    if interval is not None:
        parts += [utc_text(interval.start), utc_text(interval.end)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def utc_text(at: datetime) -> str:
    """An instant as a DATE-TIME in UTC, to the second."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def folded(line: str) -> str:
    """The line with its end, in pieces of at most 75 octets that split no character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        encoded = character.encode()
        # A continued piece begins with a space, which counts.
        if len(piece) + len(encoded) > _LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return "\r\n".join(one.decode() for one in (*pieces, piece)) + "\r\n"
