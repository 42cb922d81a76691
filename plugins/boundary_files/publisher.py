"""Publishers that write availability into a file, here or on the web: a calendar, and a page to read."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from boundary_files.settings import IcsPublisherSettings, PagePublisherSettings
from boundary_files.written_file import WrittenFile
from boundary_plugins import (
    Examined,
    Publication,
    Services,
    is_page,
    is_publication,
    page_made_at,
    shown_this_week,
    write_availability,
    write_page,
)


class _Written(Protocol):
    """A file in one place or another (written_file.py, written_address.py)."""

    def content(self) -> bytes | None:
        """What it says now; None where there is none."""
        ...

    def write(self, content: bytes) -> bool:
        """Write it where it would differ; True where it was written."""
        ...

    def remove(self) -> None:
        """Delete it where it is one of ours."""
        ...

    def examine(self) -> tuple[Examined, ...]:
        """Whether it could be written."""
        ...


def _written(
    settings: IcsPublisherSettings, services: Services, is_ours: Callable[[bytes], bool], content_type: str
) -> _Written:
    """The file that the settings name."""
    name = services.name or "publisher"
    if settings.url is None:
        return WrittenFile(services.path(str(settings.path)), name, is_ours)
    # What speaks HTTP takes long to import.
    from boundary_files.web import Web
    from boundary_files.written_address import WrittenAddress

    return WrittenAddress(Web(settings, services, follows=False), name, is_ours, content_type)


class _FilePublisher:
    """What both have in common."""

    def __init__(self, file: _Written, absences: str) -> None:
        """Publish into one file, which it alone writes."""
        self._file, self._absences = file, absences

    def _shown(self, publication: Publication) -> Publication:
        """The publication with no more of absences than the therapist wants to be seen."""
        return shown_this_week(publication) if self._absences == "this week" else publication

    def remove(self) -> None:
        """Delete the file where it is one of ours."""
        self._file.remove()

    def examine(self) -> tuple[Examined, ...]:
        """Whether the file could be written."""
        return self._file.examine()

    def close(self) -> None:
        """Nothing stays open."""


class IcsPublisher(_FilePublisher):
    """The port `Publisher` over a calendar file."""

    def __init__(self, settings: IcsPublisherSettings, services: Services) -> None:
        """Open nothing yet."""
        file = _written(settings, services, is_publication, "text/calendar; charset=utf-8")
        super().__init__(file, settings.absences)

    def publish(self, publication: Publication) -> bool:
        """Write the file where it would differ. Raises ProviderError."""
        return self._file.write(write_availability(self._shown(publication)))


class PagePublisher(_FilePublisher):
    """The port `Publisher` over a page of HTML."""

    def __init__(self, settings: PagePublisherSettings, services: Services) -> None:
        """Open nothing yet."""
        super().__init__(_written(settings, services, is_page, "text/html; charset=utf-8"), settings.absences)
        self._language, self._holidays = settings.language, settings.holidays

    def publish(self, publication: Publication) -> bool:
        """Write the page where it would differ in more than when it was made. Raises ProviderError."""
        shown, before = self._shown(publication), self._file.content()
        made_at = page_made_at(before) if before else None
        if made_at is not None and self._page(shown, made_at) == before:
            return False
        return self._file.write(self._page(shown))

    def _page(self, shown: Publication, made_at: datetime | None = None) -> bytes:
        """The page, as made at an instant (None: that of the publication)."""
        return write_page(shown, language=self._language, holidays=self._holidays, made_at=made_at)
