"""What the configuration says of a Google account, and which scopes its use needs.

Kept apart from what talks to Google, so that a command that does not begins sooner.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boundary_google import scopes


class GoogleSettings(BaseModel):
    """A sign-in that is used: the name of its secret, and whose account it is.

    `account` is needed only for a service account, which acts in somebody's name. `api_endpoint` is for a
    server on this machine in Google's place, as in a test; `timeout` is in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sign_in: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = "google"
    account: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    api_endpoint: str | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0

    @field_validator("api_endpoint")
    @classmethod
    def _endpoint_is_on_this_machine(cls, endpoint: str | None) -> str | None:
        """Refuse to send anybody's mail elsewhere than to Google."""
        from boundary_plugins import is_loopback

        if endpoint is None:
            return None
        parts = urlsplit(endpoint)
        if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
            raise ValueError('allowed: a server on this machine, such as "http://127.0.0.1:8080/"')
        return endpoint if endpoint.endswith("/") else f"{endpoint}/"

    def scopes(self) -> frozenset[str]:
        """The least scopes that this use needs."""
        return frozenset()

    def unwanted_scopes(self) -> frozenset[str]:
        """Scopes with which a sign-in may not do what this use needs, whatever else it may."""
        return frozenset()


class GmailSettings(GoogleSettings):
    """A Gmail mailbox.

    `read` is how much of a message is looked at: its header fields, or also how it is put together;
    never its text. `label_answered` puts the label `Boundary/Answered` on what was answered. With
    `watch_topic` and `watch_subscription` (of Pub/Sub) Gmail tells at once that something came.
    """

    read: Literal["headers", "structure"] = "headers"
    label_answered: bool = False
    watch_topic: Annotated[str, Field(pattern=r"^projects/[^/]+/topics/[^/]+$")] | None = None
    watch_subscription: Annotated[str, Field(pattern=r"^projects/[^/]+/subscriptions/[^/]+$")] | None = None

    @model_validator(mode="after")
    def _names_both_or_neither(self) -> "GmailSettings":
        """A topic that nobody reads, or the reverse, is a forgotten line."""
        if (self.watch_topic is None) is not (self.watch_subscription is None):
            raise ValueError("watch_topic and watch_subscription belong together: give both or neither")
        return self

    def scopes(self) -> frozenset[str]:
        """Header fields and sending; more only where it is asked for."""
        watching = frozenset({scopes.PUBSUB} if self.watch_topic else ())
        if self.label_answered:
            return watching | {scopes.GMAIL_MODIFY}
        reading = scopes.GMAIL_METADATA if self.read == "headers" else scopes.GMAIL_READONLY
        return watching | {reading, scopes.GMAIL_SEND}

    def unwanted_scopes(self) -> frozenset[str]:
        """With gmail.metadata among its scopes a sign-in gives header fields alone, even beside a wider one."""
        return frozenset() if self.read == "headers" else frozenset({scopes.GMAIL_METADATA})


#: "primary", or an address such as Google shows as the calendar's ID.
CalendarId = Annotated[str, Field(min_length=1, max_length=254, pattern=r"^\S+$")]


class GoogleCalendarSettings(GoogleSettings):
    """Calendars of one account that are read.

    `calendars` are their IDs, as Google's settings of a calendar show them; "primary" is the account's own.
    `holds` says whether events take time, or are the hours in which one is available.
    """

    calendars: Annotated[tuple[CalendarId, ...], Field(min_length=1, max_length=20)] = ("primary",)
    holds: Literal["events", "available hours"] = "events"

    def scopes(self) -> frozenset[str]:
        """To read events."""
        return frozenset({scopes.CALENDAR_EVENTS_READONLY})


class CalendarPublisherSettings(GoogleSettings):
    """A calendar that availability is written into.

    `shows` says whether open times are written as free events, closed ones as busy events, or closed
    contact hours as Google's own out-of-office events, which only the main calendar of a Workspace account takes.
    """

    calendar: CalendarId
    shows: Literal["open", "closed", "out of office"] = "closed"
    absences: Literal["this week", "all weeks"] = "this week"

    def scopes(self) -> frozenset[str]:
        """To write events."""
        return frozenset({scopes.CALENDAR_EVENTS})


class VacationSettings(GoogleSettings):
    """Gmail's own vacation responder; with `contacts_only` it answers nobody else, not even once."""

    contacts_only: bool = False

    def scopes(self) -> frozenset[str]:
        """To read and change Gmail's settings."""
        return frozenset({scopes.GMAIL_SETTINGS})
