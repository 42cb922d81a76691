"""What the configuration says of a calendar on a CalDAV server, and of what is published there."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boundary_plugins import is_loopback


class CaldavSettings(BaseModel):
    """Where the server is and who signs in.

    `url` is that of the server or of one calendar; `calendar` is a calendar's name or address, where `url`
    is the server's. `ca_file` is a file of trusted certificates in PEM beside the system's; `timeout` is in
    seconds and holds for each step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    username: str = ""
    password_secret: str = ""
    calendar: str = ""
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 30.0

    @field_validator("url")
    @classmethod
    def _is_private_on_the_way(cls, url: str) -> str:
        """Without TLS a calendar and a password may not leave this machine; neither stands in the address."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError('allowed: an address such as "https://dav.example.com/"') from None
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError('allowed: an address that begins with "https://"')
        if parts.scheme == "http" and not is_loopback(host):
            raise ValueError('"http://" is allowed only for a server on this machine; use "https://"')
        if "@" in parts.netloc:
            raise ValueError("no user name in the address; use username and password_secret")
        return url

    @model_validator(mode="after")
    def _names_both_or_neither(self) -> "CaldavSettings":
        """A user name without a secret, or the reverse, is a forgotten line."""
        if bool(self.username) != bool(self.password_secret):
            raise ValueError("username and password_secret belong together: give both or neither")
        return self


class CaldavCalendarSettings(CaldavSettings):
    """A calendar that is read.

    `mode` is "free-busy" where the account may see no more of it than busy times; `inbox` also reads the
    availability that the server keeps for the account.
    """

    mode: Literal["events", "free-busy"] = "events"
    inbox: bool = False


class CaldavPublisherSettings(CaldavSettings):
    """Where availability is written: the account's own, or (with `calendar`) events in a calendar.

    `shows` says whether open times are written as free events, or closed ones as busy events.
    """

    shows: Literal["open", "closed"] = "open"
    absences: Literal["this week", "all weeks"] = "this week"
