"""Microsoft 365 over Graph: mailbox, calendar, automatic replies, working hours; `boundary microsoft365 authorize`."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from boundary_plugins import (
    Calendar,
    CalendarProvider,
    Capability,
    CommandServices,
    Mailbox,
    MailboxProvider,
    PluginCommand,
    Publisher,
    PublisherProvider,
    Services,
    Unavailable,
    hookimpl,
)

if TYPE_CHECKING:
    import click


def _imported(module: str, services: Services) -> Any:
    """A module of this plugin that talks to Microsoft. Raises Unavailable where its libraries are not there."""
    try:
        return import_module(f"boundary_microsoft365.{module}")
    except ImportError as error:
        problem = f"{error.name} is not installed: pip install --constraint constraints.txt '.[microsoft365]'"
        raise Unavailable(services.name or "microsoft365", problem) from None


def _open_mailbox(settings: Any, services: Services) -> Mailbox:
    """Open a mailbox of Exchange Online."""
    mailbox: Mailbox = _imported("mailbox", services).Microsoft365Mailbox(settings, services)
    return mailbox


def _open_calendar(settings: Any, services: Services) -> Calendar:
    """Open calendars that are read."""
    calendar: Calendar = _imported("calendar", services).Microsoft365Calendar(settings, services)
    return calendar


def _open_replies(settings: Any, services: Services) -> Publisher:
    """Open the automatic replies of a mailbox."""
    publisher: Publisher = _imported("replies", services).RepliesPublisher(settings, services)
    return publisher


def _open_published_calendar(settings: Any, services: Services) -> Publisher:
    """Open the calendar that absences are entered in."""
    publisher: Publisher = _imported("published_calendar", services).CalendarPublisher(settings, services)
    return publisher


def _open_working_hours(settings: Any, services: Services) -> Publisher:
    """Open the working hours of a mailbox."""
    publisher: Publisher = _imported("working_hours", services).WorkingHoursPublisher(settings, services)
    return publisher


def _load_command(services: CommandServices) -> "click.Command":
    """The command that signs in."""
    from boundary_microsoft365.authorize import command

    return command(services)


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[Any]]:
    """A mailbox of Exchange Online."""
    from boundary_microsoft365.settings import MailboxSettings

    yield MailboxProvider(
        name="microsoft365",
        summary="a mailbox of Microsoft 365 (Exchange Online)",
        settings=MailboxSettings,
        open=_open_mailbox,
        capabilities=frozenset(
            {
                Capability.SEE_SENT,
                Capability.FIND_SENT,
                Capability.SEE_SPAM_VERDICT,
                Capability.READ_TIME_MARKS,
            }
        ),
    )


@hookimpl
def register_calendars() -> Iterator[CalendarProvider[Any]]:
    """Calendars of Exchange Online."""
    from boundary_microsoft365.settings import CalendarSettings

    yield CalendarProvider(
        name="microsoft365",
        summary="calendars of Microsoft 365 (Exchange Online)",
        settings=CalendarSettings,
        open=_open_calendar,
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """Automatic replies, absences in a calendar, and working hours."""
    from boundary_microsoft365.settings import (
        CalendarPublisherSettings,
        RepliesSettings,
        WorkingHoursSettings,
    )

    yield PublisherProvider(
        name="microsoft365-replies",
        summary="programs the automatic replies of a mailbox of Microsoft 365",
        settings=RepliesSettings,
        open=_open_replies,
        capabilities=frozenset({Capability.ANSWER_EVERYONE}),
    )
    yield PublisherProvider(
        name="microsoft365-calendar",
        summary="enters absences in a calendar of Microsoft 365",
        settings=CalendarPublisherSettings,
        open=_open_published_calendar,
        capabilities=frozenset({Capability.PUBLISH_ABSENCES}),
    )
    yield PublisherProvider(
        name="microsoft365-working-hours",
        summary="keeps the working hours of a mailbox of Microsoft 365",
        settings=WorkingHoursSettings,
        open=_open_working_hours,
    )


@hookimpl
def register_commands() -> Iterator[PluginCommand]:
    """The sign-in."""
    yield PluginCommand(
        name="microsoft365", summary="signs in to an account of Microsoft 365", load=_load_command
    )
