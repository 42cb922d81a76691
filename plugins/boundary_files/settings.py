"""What the configuration says of a Maildir, of calendar files and of the files that are published.

Kept apart from what reads and writes them, so that a command that needs neither begins sooner.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from boundary_plugins import SmtpSettings


class MaildirSettings(BaseModel):
    """A Maildir that is read, the Maildir of the therapist's own mail, and the host that sends.

    Without `sent` the therapist's own mail is not seen; without `smtp` nothing can be sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1)]
    sent: Annotated[str, Field(min_length=1)] | None = None
    smtp: SmtpSettings | None = None


class IcsCalendarSettings(BaseModel):
    """Files of iCalendar, or folders of them (.ics), and the zone of times that name none.

    Without `zone` the practice's zone is meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    zone: str | None = None

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str | None) -> str | None:
        """Refuse a zone that nobody knows."""
        # What knows zones also reads calendars, which takes long to import.
        from boundary_plugins import is_iana_zone

        if zone is not None and not is_iana_zone(zone):
            raise ValueError('allowed: an IANA time zone such as "America/New_York"')
        return zone


class IcsPublisherSettings(BaseModel):
    """The file that is written, and how far ahead a reader sees that somebody will be away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    absences: Literal["this week", "all weeks"] = "this week"


class PagePublisherSettings(IcsPublisherSettings):
    """The page that is written; its language (None: the practice's), and whether it names public holidays."""

    language: Literal["de", "en", "es", "fr"] | None = None
    holidays: bool = False
