"""iCalendar (RFC 5545, RFC 7953): bytes in, busy times and layers of hours out; and availability out."""

from boundary_plugins.codecs.icalendar_bare import bare_calendar
from boundary_plugins.codecs.icalendar_entries import is_entry, same_lines, write_entries, write_hours
from boundary_plugins.codecs.icalendar_publication import is_publication, write_availability
from boundary_plugins.codecs.icalendar_reading import CalendarFile, open_calendar
from boundary_plugins.codecs.icalendar_structure import is_whole_calendar
from boundary_plugins.codecs.icalendar_zones import is_iana_zone, zone_by_name
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import CalendarContents

__all__ = [
    "CalendarFile",
    "bare_calendar",
    "is_entry",
    "is_iana_zone",
    "is_publication",
    "is_whole_calendar",
    "open_calendar",
    "read_calendar",
    "same_lines",
    "write_availability",
    "write_entries",
    "write_hours",
    "zone_by_name",
]


def read_calendar(data: bytes, between: Interval, *, zone: str, name: str) -> CalendarContents:
    """What the text of a calendar says between two instants.

    `zone` (an IANA name) is meant by whole days and by times that name no zone, or an unknown one; `name`
    is how `set_aside` calls the file. Never raises for what the text says.
    """
    return open_calendar(data, zone=zone, name=name).between(between)
