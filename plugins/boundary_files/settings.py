"""What the configuration says of a Maildir, calendar files, files that are published, and files of clients.

Kept apart from what reads and writes them, so that a command that needs neither begins sooner.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boundary_files.web_settings import WebSettings
from boundary_plugins import SmtpSettings


class MaildirSettings(BaseModel):
    """A Maildir that is read, the Maildir of the therapist's own mail, and the host that sends.

    Without `sent` the therapist's own mail is not seen; without `smtp` nothing can be sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1)]
    sent: Annotated[str, Field(min_length=1)] | None = None
    smtp: SmtpSettings | None = None


class IcsCalendarSettings(WebSettings):
    """Files of iCalendar, or folders of them (.ics), or an address of one; and the zone of times that name none.

    Without `zone` the practice's zone is meant.
    """

    paths: tuple[Path, ...] = ()
    zone: str | None = None

    @model_validator(mode="after")
    def _is_in_one_place(self) -> "IcsCalendarSettings":
        """Files and addresses each have a table of their own, so that each is told by its own name."""
        if bool(self.paths) == (self.url is not None):
            raise ValueError(
                'allowed: either paths, a list of files such as ["calendar.ics"], or url, the address of a calendar'
            )
        return self

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str | None) -> str | None:
        """Refuse a zone that nobody knows."""
        # What knows zones also reads calendars, which takes long to import.
        from boundary_plugins import is_iana_zone

        if zone is not None and not is_iana_zone(zone):
            raise ValueError('allowed: an IANA time zone such as "America/New_York"')
        return zone


class IcsPublisherSettings(WebSettings):
    """The file, or the address (WebDAV), that is written, and how far ahead a reader sees an absence."""

    path: Path | None = None
    absences: Literal["this week", "all weeks"] = "this week"

    @model_validator(mode="after")
    def _is_in_one_place(self) -> "IcsPublisherSettings":
        """One file or one address."""
        if (self.path is None) == (self.url is None):
            raise ValueError(
                "allowed: either path, a file that is written, or url, an address that takes it (WebDAV)"
            )
        if self.url is not None and self.url.partition("?")[0].endswith("/"):
            raise ValueError(
                "url names a folder; allowed: the address of the file in it that is to be written"
            )
        return self


class PagePublisherSettings(IcsPublisherSettings):
    """The page that is written; its language (None: the practice's), and whether it names public holidays."""

    language: Literal["de", "en", "es", "fr"] | None = None
    holidays: bool = False


ClientField = Literal["id", "initials", "name", "email", "zone", "language", "region", "auto_reply", "active"]


class CsvClientSettings(BaseModel):
    """A table of clients in text, and the headings of its columns where they are not recognised.

    A field may have several columns (a list), or none ("").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    columns: Mapping[ClientField, tuple[str, ...]] = {}

    @field_validator("columns", mode="before")
    @classmethod
    def _one_heading_is_a_list(cls, columns: Any) -> Any:
        """Take a single heading for a list of one."""
        if not isinstance(columns, Mapping):
            return columns
        return {field: _several(each) for field, each in columns.items()}


def _several(headings: Any) -> Any:
    """One heading, or a list of them, as pydantic takes several in its strict mode."""
    if isinstance(headings, str):
        return (headings,)
    return tuple(headings) if isinstance(headings, list) else headings


class VcardClientSettings(BaseModel):
    """A file of vCards (.vcf)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
