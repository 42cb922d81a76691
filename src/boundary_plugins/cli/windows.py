"""`boundary availability windows`: what calendars say, free or busy, for checking against other programs."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from boundary_plugins.availability_sources.local_time import instant
from boundary_plugins.cli.context import now
from boundary_plugins.cli.output import print_json, print_table
from boundary_plugins.cli.parameters import as_json_option
from boundary_plugins.core.free_busy import FreeBusy, free_busy
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import ConfigError, UsageProblem

if TYPE_CHECKING:
    from boundary_plugins.ports import CalendarContents

_SCHEME = "://"
#: The kind of calendar that reads addresses, of the plugins that are enabled where nobody says more.
_KIND = "ics"
#: No calendar goes beyond, and every zone is known within.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_FREE = "free"


@click.command()
@click.option(
    "--calendar", "named", multiple=True, required=True, metavar="FILE_OR_URL",
    help='A calendar (.ics): a file, "-" for standard input, or an address; repeat it for more.',
)  # fmt: skip
@click.argument("more", nargs=-1, metavar="[FILE_OR_URL]...")
@click.option(
    "--from", "start", required=True, metavar="INSTANT", help="Where it begins: 2026-03-29T01:00+01:00."
)
@click.option(
    "--to", "end", required=True, metavar="INSTANT", help="Where it ends; that instant is not in it."
)
@click.option(
    "--zone", default="UTC", show_default=True, metavar="ZONE",
    help="The time zone of instants, and of times in a calendar, that name none; and of what is shown.",
)  # fmt: skip
@as_json_option
def windows(
    named: tuple[str, ...], more: tuple[str, ...], start: str, end: str, zone: str, as_json: bool
) -> None:
    """Show what calendars say between two instants: free, or busy and how.

    Events, free-busy and availability (RFC 7953) together, without a gap. No configuration is needed or
    looked at.
    """
    _check_zone(zone)
    between = _between(start, end, zone)
    found = _evaluated(list(_contents([*named, *more], between, zone)), between)
    if as_json:
        print_json([_values(each) for each in found])
    else:
        print_table(("From", "To", "Type"), _rows(found, zone))


def _check_zone(zone: str) -> None:
    """Refuse a zone that nobody knows."""
    from boundary_plugins.codecs.icalendar_zones import is_iana_zone

    if not is_iana_zone(zone):
        raise click.BadParameter(
            f'"{zone}" is no time zone; allowed: one of the IANA such as "America/New_York"',
            param_hint="--zone",
        )


def _between(start: str, end: str, zone: str) -> Interval:
    """The interval that is asked about."""
    first, last = _instant(start, zone, "--from"), _instant(end, zone, "--to")
    if last <= first:
        raise click.BadParameter("it is not after --from; allowed: a later instant", param_hint="--to")
    return Interval(first, last)


def _instant(text: str, zone: str, option: str) -> datetime:
    """An instant with its offset, or by the clocks of the zone; a day alone means its beginning."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise click.BadParameter(
            f'"{text}" is no instant; allowed: a date and time from {_FIRST_YEAR} to {_LAST_YEAR}, such as '
            "2026-03-29T01:00+01:00, 2026-03-29T01:00 (in --zone) or 2026-03-29",
            param_hint=option,
        )
    return instant(at, zone) if at.tzinfo is None else at.astimezone(UTC)


def _contents(calendars: Sequence[str], between: Interval, zone: str) -> "Iterator[CalendarContents]":
    """What each calendar holds; what of it cannot be read is told on standard error."""
    for calendar in calendars:
        contents = (_of_address if _SCHEME in calendar else _of_text)(calendar, between, zone)
        for each in contents.set_aside:
            click.echo(f"Set aside: {each}", err=True)
        yield contents


def _of_text(name: str, between: Interval, zone: str) -> "CalendarContents":
    """What a file holds, or standard input. Raises UsageProblem where it is no calendar."""
    from boundary_plugins.codecs.icalendar import open_calendar
    from boundary_plugins.codecs.icalendar_structure import read_components

    data = sys.stdin.buffer.read() if name == "-" else _read(Path(name).expanduser())
    title = "standard input" if name == "-" else Path(name).name
    if not read_components(data):
        raise UsageProblem(f"{title} is not a calendar; allowed: a file in iCalendar form (.ics)")
    # What this program published says what it says, too.
    return open_calendar(data, zone=zone, name=title, reads_own=True).between(between)


def _read(path: Path) -> bytes:
    """The content of a file. Raises UsageProblem."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageProblem(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageProblem(f"{path} is a folder; allowed: a file in iCalendar form (.ics)") from None
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read ({error.strerror})") from None


def _of_address(url: str, between: Interval, zone: str) -> "CalendarContents":
    """What the calendar at an address holds, as the plugin reads it that a configuration would name.

    Raises UsageProblem where it is no address, ProviderError where it cannot be read.
    """
    from boundary_plugins.config.load import validate_settings
    from boundary_plugins.config.schema import CalendarTable, Plugins
    from boundary_plugins.daemon.log import LateLog
    from boundary_plugins.host.manager import PluginHost
    from boundary_plugins.host.services import make_services

    host = PluginHost.load(Plugins().enable)
    provider = host.calendars[_KIND]
    table = CalendarTable(name="calendar", kind=_KIND, settings={"url": url, "zone": zone})
    try:
        with TemporaryDirectory(prefix="boundary-") as spare:
            settings = validate_settings(provider.settings, table)
            services = make_services(
                "calendar", secret=lambda _: None, now=now, log=LateLog(), zone=zone,
                state_directory=Path(spare), config_directory=Path.cwd(),
            )  # fmt: skip
            port = provider.open(settings, services)
            try:
                contents: CalendarContents = port.contents(between)
            finally:
                port.close()
    except ConfigError as error:
        raise UsageProblem("; ".join(each.problem for each in error.problems)) from None
    finally:
        host.close()
    return contents


def _evaluated(contents: "Sequence[CalendarContents]", between: Interval) -> tuple[FreeBusy, ...]:
    """What all calendars come to."""
    layers = chain.from_iterable(each.availabilities for each in contents)
    periods = chain.from_iterable(each.periods for each in contents)
    return free_busy(layers, ((each.interval, each.busy_type) for each in periods), between)


def _type(found: FreeBusy) -> str:
    """How an interval is called."""
    return found.busy_type.value.lower() if found.busy_type else _FREE


def _values(found: FreeBusy) -> dict[str, object]:
    """An interval for a program."""
    return {"start": found.interval.start, "end": found.interval.end, "type": _type(found)}


def _rows(found: Sequence[FreeBusy], zone: str) -> list[tuple[str, str, str]]:
    """The intervals for a table, by the clocks of the zone; the offset tells the hour that comes twice."""
    from zoneinfo import ZoneInfo

    here = ZoneInfo(zone)
    edges = [edge for each in found for edge in (each.interval.start, each.interval.end)]
    unit = "seconds" if any(edge.second or edge.microsecond for edge in edges) else "minutes"

    def shown(at: datetime) -> str:
        """ "Sun 2026-03-29 01:30 +01:00"."""
        local = at.astimezone(here)
        offset = f"{local:%z}"
        return f"{local:%a} {local.replace(tzinfo=None).isoformat(' ', unit)} {offset[:3]}:{offset[3:5]}"

    return [(shown(each.interval.start), shown(each.interval.end), _type(each)) for each in found]
