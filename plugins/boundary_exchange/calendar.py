"""A calendar on Exchange that is read: its occurrences, and the working hours of Outlook's options."""

from datetime import timedelta

from boundary_exchange import payloads
from boundary_exchange.connection import Connection
from boundary_exchange.examination import examined_calendar
from boundary_exchange.occurrences import occurrences
from boundary_exchange.problems import Trouble
from boundary_exchange.settings import CalendarSettings
from boundary_exchange.working_hours import read_working_hours
from boundary_plugins import Availability, CalendarContents, Examined, Interval, Services


class ExchangeCalendar:
    """The port `Calendar` over the calendar of one mailbox. It writes nothing."""

    def __init__(self, settings: CalendarSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._connection = Connection(settings, services)

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval, and the working hours where they are asked for."""
        try:
            periods = occurrences(self._connection, between)
            hours = self._working_hours(between) if self._settings.working_hours else ()
        except Trouble as trouble:
            raise self._connection.error(trouble) from None
        return CalendarContents(periods=periods, availabilities=hours)

    def close(self) -> None:
        """Let go of every connection."""
        self._connection.close()

    def examine(self) -> tuple[Examined, ...]:
        """Whether the calendar can be reached."""
        return examined_calendar(self._connection, self._services.now(), writes=False)

    def _working_hours(self, between: Interval) -> tuple[Availability, ...]:
        """The working hours of the mailbox's options, as instants."""
        day = Interval(between.start, between.start + timedelta(days=1))
        request = payloads.get_working_hours(self._settings.address, day)
        (message,) = self._connection.ask("GetUserAvailability", request)
        hours = read_working_hours(message)
        return (hours.availability(between),) if hours else ()
