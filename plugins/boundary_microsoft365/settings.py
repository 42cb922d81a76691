"""What the configuration says of an account of Microsoft 365, and which permissions its use needs.

Kept apart from what talks to Microsoft, so that a command that does not begins sooner.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_GUID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_SECRET_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"  # noqa: S105
#: Tenants that stand for many; an application on its own needs one.
_SHARED_TENANTS = frozenset({"common", "organizations", "consumers"})

MAIL_READ, MAIL_SEND = "Mail.Read", "Mail.Send"
CALENDARS_READ, CALENDARS_WRITE = "Calendars.Read", "Calendars.ReadWrite"
SETTINGS_WRITE = "MailboxSettings.ReadWrite"


class Microsoft365Settings(BaseModel):
    """A sign-in that is used: the practice's own application, and the name of the secret with its token.

    With `account` (a mailbox) and `client_secret` (a secret's name) the application signs in by itself;
    without them a person does once, by a code. `api_endpoint` is for a server on this machine in
    Microsoft's place, as in a test; `timeout` is in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: Annotated[str, Field(pattern=_GUID)]
    tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")] = "organizations"
    sign_in: Annotated[str, Field(pattern=_SECRET_NAME)] = "microsoft365"
    account: Annotated[str, Field(pattern=r"^[^@\s/]+@[^@\s/]+$")] | None = None
    client_secret: Annotated[str, Field(pattern=_SECRET_NAME)] | None = None
    api_endpoint: str | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0

    @field_validator("api_endpoint")
    @classmethod
    def _endpoint_is_on_this_machine(cls, endpoint: str | None) -> str | None:
        """Refuse to send anybody's mail elsewhere than to Microsoft."""
        from boundary_plugins import is_loopback

        if endpoint is None:
            return None
        parts = urlsplit(endpoint)
        if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
            raise ValueError('allowed: a server on this machine, such as "http://127.0.0.1:8080/"')
        return endpoint if endpoint.endswith("/") else f"{endpoint}/"

    @model_validator(mode="after")
    def _application_is_whole(self) -> "Microsoft365Settings":
        """An application by itself needs a secret, a mailbox and a tenant."""
        if bool(self.account) != bool(self.client_secret):
            raise ValueError("account and client_secret belong together: give both or neither")
        if self.account and self.tenant in _SHARED_TENANTS:
            raise ValueError(
                "tenant is missing; allowed for an application: the id or a domain of your organisation"
            )
        return self

    def permissions(self) -> frozenset[str]:
        """The least permissions that this use needs."""
        return frozenset()


class MailboxSettings(Microsoft365Settings):
    """A mailbox of Exchange Online."""

    def permissions(self) -> frozenset[str]:
        """To read, and to send; nothing is written."""
        return frozenset({MAIL_READ, MAIL_SEND})


class CalendarSettings(Microsoft365Settings):
    """Calendars that are read, by their names; the default one where none is named."""

    calendars: tuple[str, ...] = ()

    @field_validator("calendars", mode="before")
    @classmethod
    def _take_a_list(cls, calendars: Any) -> Any:
        """A list, as TOML gives it."""
        return tuple(calendars) if isinstance(calendars, list) else calendars

    def permissions(self) -> frozenset[str]:
        """To read calendars."""
        return frozenset({CALENDARS_READ})


class RepliesSettings(Microsoft365Settings):
    """The automatic replies of a mailbox."""

    def permissions(self) -> frozenset[str]:
        """To change the mailbox's settings."""
        return frozenset({SETTINGS_WRITE})


class WorkingHoursSettings(RepliesSettings):
    """The working hours of a mailbox."""


class CalendarPublisherSettings(Microsoft365Settings):
    """The calendar that absences are entered in (None: the default one), and how they show."""

    calendar: str | None = None
    subject: Annotated[str, Field(min_length=1, max_length=200)] = "Out of office"
    show_as: Literal["oof", "busy"] = "oof"

    def permissions(self) -> frozenset[str]:
        """To write in calendars."""
        return frozenset({CALENDARS_WRITE})
