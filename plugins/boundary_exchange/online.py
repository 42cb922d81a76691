"""Which of the two plugins a mailbox needs: Exchange Server keeps EWS, Exchange Online ends it (Microsoft, 2026)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from boundary_plugins import Condition, Examined, Services

#: From then on only applications on the tenant's allow list pass, and from the second on nobody.
CLOSING_SINCE = datetime(2026, 10, 1, tzinfo=UTC)
ENDS_AT = datetime(2027, 4, 1, tzinfo=UTC)
_HOSTS = ("office365.com", "outlook.com", "office365.us", "outlook.cn", "microsoftonline.com")
_WEEK = timedelta(days=7)
_FILE = "warned-of-exchange-online"
_REMEDY = (
    'move it to the plugin "microsoft365" (kind = "microsoft365"), which uses Microsoft Graph; until then an '
    "administrator must have the application on the tenant's allow list for EWS"
)


def is_online(endpoint: str | None) -> bool:
    """Whether a mailbox is in Exchange Online and not on a server of its own, by where EWS is."""
    host = (urlsplit(endpoint or "").hostname or "").lower()
    return any(host == each or host.endswith(f".{each}") for each in _HOSTS)


def examined_place(endpoint: str | None, at: datetime) -> Examined:
    """Which plugin the mailbox needs, and how long EWS still works for it at an instant."""
    part = "plugin"
    if not is_online(endpoint):
        found = "Exchange Server keeps EWS, so this plugin is the right one"
        return Examined(part, Condition.OK, found)
    if at >= ENDS_AT:
        found = "the mailbox is in Exchange Online, where EWS ended on 1 April 2027"
        return Examined(part, Condition.BROKEN, found, _REMEDY)
    found = f"the mailbox is in Exchange Online, {_how_long(at)}"
    return Examined(part, Condition.LOOK, found, _REMEDY)


def _how_long(at: datetime) -> str:
    """How long EWS still works there."""
    days = (ENDS_AT - at).days
    left = f"ends on 1 April 2027, in {days} day{'s' * (days != 1)}"
    if at < CLOSING_SINCE:
        return f"where EWS is closed tenant by tenant from 1 October 2026 and {left}"
    return f"where EWS has been closing tenant by tenant since 1 October 2026 and {left}"


class WeeklyWarning:
    """Says once a week, whatever is started meanwhile, that EWS ends for this mailbox."""

    def __init__(self, services: Services) -> None:
        """Remember when it was said last in the plugin's own folder."""
        self._services = services
        self._file = services.state_directory / _FILE
        self._said_at: datetime | None = None

    def say_where_due(self, endpoint: str | None) -> None:
        """Say it where a week went by since."""
        if not is_online(endpoint):
            return
        at = self._services.now()
        self._said_at = self._said_at or self._kept()
        if self._said_at is not None and timedelta(0) <= at - self._said_at < _WEEK:
            return
        examined = examined_place(endpoint, at)
        self._services.log.warning(f"{self._services.name}: {examined.found}; {examined.remedy}")
        self._said_at = at
        try:
            self._file.write_text(at.isoformat())
        except OSError as error:
            self._services.log.debug("not kept", because=error.strerror)

    def _kept(self) -> datetime | None:
        """When it was said last, by the file."""
        try:
            said_at = datetime.fromisoformat(self._file.read_text().strip())
        except (OSError, ValueError):
            return None
        return said_at if said_at.utcoffset() is not None else None
