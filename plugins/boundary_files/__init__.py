"""The embedded default: Maildir and SMTP, .ics calendars, availability as .ics and page, files of clients."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from boundary_plugins import (
    Calendar,
    CalendarProvider,
    Capability,
    ClientDirectory,
    ClientDirectoryProvider,
    Mailbox,
    MailboxProvider,
    Publisher,
    PublisherProvider,
    Services,
    hookimpl,
)

if TYPE_CHECKING:
    from boundary_files.settings import MaildirSettings
    from boundary_files.web_settings import WebSettings


def _open_mailbox(settings: "MaildirSettings", services: Services) -> Mailbox:
    """Open a Maildir."""
    from boundary_files.mailbox import MaildirMailbox

    return MaildirMailbox(settings, services)


def _open_calendar(settings: Any, services: Services) -> Calendar:
    """Open .ics files, or the calendar at an address."""
    if settings.url is not None:
        from boundary_files.web_calendar import WebCalendar

        return WebCalendar(settings, services)
    from boundary_files.calendar import IcsCalendar

    return IcsCalendar(settings, services)


def _open_publisher(settings: Any, services: Services) -> Publisher:
    """Open the calendar that is written."""
    from boundary_files.publisher import IcsPublisher

    return IcsPublisher(settings, services)


def _open_page(settings: Any, services: Services) -> Publisher:
    """Open the page that is written."""
    from boundary_files.publisher import PagePublisher

    return PagePublisher(settings, services)


def _open_csv_clients(settings: Any, services: Services) -> ClientDirectory:
    """Open a table of clients."""
    from boundary_files.client_directory import csv_clients

    return csv_clients(settings, services)


def _open_vcard_clients(settings: Any, services: Services) -> ClientDirectory:
    """Open a file of vCards."""
    from boundary_files.client_directory import vcard_clients

    return vcard_clients(settings, services)


def _mailbox_lacks(settings: "MaildirSettings") -> frozenset[Capability]:
    """Without `sent` the therapist's own mail is not seen."""
    return frozenset() if settings.sent else frozenset({Capability.SEE_SENT})


def _web_lacks(settings: "WebSettings") -> frozenset[Capability]:
    """An address is on the network, also where it is one of this machine."""
    return frozenset({Capability.WITHOUT_NETWORK}) if settings.url is not None else frozenset()


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[Any]]:
    """A Maildir, with responses by SMTP submission."""
    from boundary_files.settings import MaildirSettings

    yield MailboxProvider(
        name="maildir",
        summary="a Maildir that any mail server or fetcher delivers to; responses go by SMTP",
        settings=MaildirSettings,
        open=_open_mailbox,
        capabilities=frozenset(
            {Capability.SEE_SENT, Capability.NULL_REVERSE_PATH, Capability.NOTICE_AT_ONCE}
        ),
        lacks=_mailbox_lacks,
    )


@hookimpl
def register_calendars() -> Iterator[CalendarProvider[Any]]:
    """Files of iCalendar."""
    from boundary_files.settings import IcsCalendarSettings

    yield CalendarProvider(
        name="ics",
        summary="calendars in iCalendar form (.ics): files, or an address that gives one",
        settings=IcsCalendarSettings,
        open=_open_calendar,
        capabilities=frozenset({Capability.READ_AVAILABILITY, Capability.WITHOUT_NETWORK}),
        lacks=_web_lacks,
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """A file of iCalendar that others subscribe to, and a page of HTML that they read."""
    from boundary_files.settings import IcsPublisherSettings, PagePublisherSettings

    capabilities = frozenset({Capability.PUBLISH_ABSENCES, Capability.WITHOUT_NETWORK})
    yield PublisherProvider(
        name="ics",
        summary="writes availability into a calendar (.ics): a file, or an address that takes it (WebDAV)",
        settings=IcsPublisherSettings,
        open=_open_publisher,
        capabilities=capabilities,
        lacks=_web_lacks,
    )
    yield PublisherProvider(
        name="page",
        summary="writes availability into a page for a website (.html): a file, or an address that takes it (WebDAV)",
        settings=PagePublisherSettings,
        open=_open_page,
        capabilities=capabilities,
        lacks=_web_lacks,
    )


@hookimpl
def register_client_directories() -> Iterator[ClientDirectoryProvider[Any]]:
    """Files of clients that an address book or a practice's own system exports."""
    from boundary_files.settings import CsvClientSettings, VcardClientSettings

    yield ClientDirectoryProvider(
        name="csv",
        summary="a table of clients in text (CSV), as Google, Outlook and others export it",
        settings=CsvClientSettings,
        open=_open_csv_clients,
        capabilities=frozenset({Capability.WITHOUT_NETWORK}),
        suffixes=(".csv", ".tsv", ".txt"),
    )
    yield ClientDirectoryProvider(
        name="vcard",
        summary="clients in a file of vCards (2.1, 3.0 and 4.0)",
        settings=VcardClientSettings,
        open=_open_vcard_clients,
        capabilities=frozenset({Capability.WITHOUT_NETWORK}),
        suffixes=(".vcf", ".vcard"),
    )
