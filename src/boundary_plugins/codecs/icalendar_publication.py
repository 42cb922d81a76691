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
    return "".join(_folded(line) for line in _calendar(publication)).encode()


def is_publication(data: bytes) -> bool:
    """Whether a calendar's text was written by `write_availability`."""
    return f"\r\nPRODID:{PRODID}\r\n".encode() in data[:500]


def _calendar(publication: Publication) -> Iterator[str]:
    """The content lines, unfolded."""
    between = [publication.between]
    opened = intersection((window.interval for window in publication.windows if window.is_open), between)
    away = intersection((*publication.absences, *publication.busy), between)
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODID}"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    # How often a subscriber looks again (RFC 7986, section 5.7), and Microsoft's name for it.
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT15M"
    yield "X-PUBLISHED-TTL:PT15M"
    yield from _availability(publication, opened)
    for interval in opened:
        yield from _event(publication, interval)
    yield from _free_busy(publication, union((*difference(between, opened), *away)))
    yield "END:VCALENDAR"


def _availability(publication: Publication, opened: Iterable[Interval]) -> Iterator[str]:
    """The VAVAILABILITY: busy in its whole span but for the open times."""
    yield "BEGIN:VAVAILABILITY"
    yield from _head(publication, "availability")
    yield from _times(publication.between)
    yield "BUSYTYPE:BUSY-UNAVAILABLE"
    for interval in opened:
        yield "BEGIN:AVAILABLE"
        yield f"UID:{_uid(publication, 'available', interval)}"
        yield f"DTSTAMP:{_utc(publication.between.start)}"
        yield from _times(interval)
        yield "END:AVAILABLE"
    yield "END:VAVAILABILITY"


def _event(publication: Publication, interval: Interval) -> Iterator[str]:
    """One open time as an event that takes no time of the reader."""
    yield "BEGIN:VEVENT"
    yield from _head(publication, "open", interval)
    yield from _times(interval)
    yield "SUMMARY:Contact hours"
    yield "TRANSP:TRANSPARENT"
    yield "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    yield "END:VEVENT"


def _free_busy(publication: Publication, busy: Iterable[Interval]) -> Iterator[str]:
    """The VFREEBUSY (RFC 5546, section 3.3.1)."""
    yield "BEGIN:VFREEBUSY"
    yield from _head(publication, "free-busy")
    yield from _times(publication.between)
    for interval in busy:
        yield f"FREEBUSY;FBTYPE=BUSY:{_utc(interval.start)}/{_utc(interval.end)}"
    yield "END:VFREEBUSY"


def _head(publication: Publication, kind: str, interval: Interval | None = None) -> Iterator[str]:
    """What each component begins with; METHOD:PUBLISH wants an organizer (RFC 5546, section 3)."""
    yield f"UID:{_uid(publication, kind, interval)}"
    yield f"DTSTAMP:{_utc(publication.between.start)}"
    yield f"ORGANIZER:mailto:{publication.own_address}"


def _times(interval: Interval) -> Iterator[str]:
    """From when to when."""
    yield f"DTSTART:{_utc(interval.start)}"
    yield f"DTEND:{_utc(interval.end)}"


def _uid(publication: Publication, kind: str, interval: Interval | None = None) -> str:
    """A name that is the same at each writing and tells nothing (RFC 7986, section 5.3)."""
    parts = [publication.own_address.casefold(), kind]
    if interval is not None:
        parts += [_utc(interval.start), _utc(interval.end)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _utc(at: datetime) -> str:
    """An instant as a DATE-TIME in UTC, to the second."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
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
