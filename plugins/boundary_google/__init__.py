"""Gmail and Google Calendar through Google's own client; the sign-in is `boundary google authorize`."""

from collections.abc import Iterator
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
    hookimpl,
)

if TYPE_CHECKING:
    import click

    from boundary_google.settings import GmailSettings


def _open_mailbox(settings: Any, services: Services) -> Mailbox:
    """Open a Gmail mailbox."""
    from boundary_google.mailbox import GmailMailbox

    return GmailMailbox(settings, services)


def _open_calendar(settings: Any, services: Services) -> Calendar:
    """Open calendars."""
    from boundary_google.calendar import GoogleCalendar

    return GoogleCalendar(settings, services)


def _open_calendar_publisher(settings: Any, services: Services) -> Publisher:
    """Open what writes events."""
    from boundary_google.publisher import CalendarPublisher

    return CalendarPublisher(settings, services)


def _open_vacation(settings: Any, services: Services) -> Publisher:
    """Open what programs the vacation responder."""
    from boundary_google.vacation import VacationPublisher

    return VacationPublisher(settings, services)


def _mailbox_lacks(settings: "GmailSettings") -> frozenset[Capability]:
    """Without a watch new mail is noticed only now and then."""
    return frozenset() if settings.watch_topic else frozenset({Capability.NOTICE_AT_ONCE})


def _load_command(services: CommandServices) -> "click.Command":
    """The command that signs in."""
    from boundary_google.authorize import command

    return command(services)


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[Any]]:
    """A Gmail mailbox."""
    from boundary_google.settings import GmailSettings

    yield MailboxProvider(
        name="gmail",
        summary="a mailbox of Gmail or Google Workspace",
        settings=GmailSettings,
        open=_open_mailbox,
        capabilities=frozenset(
            {
                Capability.SEE_SENT,
                Capability.FIND_SENT,
                Capability.SEE_SPAM_VERDICT,
                Capability.NOTICE_AT_ONCE,
                Capability.READ_TIME_MARKS,
            }
        ),
        lacks=_mailbox_lacks,
    )


@hookimpl
def register_calendars() -> Iterator[CalendarProvider[Any]]:
    """Google calendars."""
    from boundary_google.settings import GoogleCalendarSettings

    yield CalendarProvider(
        name="google-calendar",
        summary="calendars of a Google account",
        settings=GoogleCalendarSettings,
        open=_open_calendar,
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """Events in a Google calendar, and Gmail's vacation responder."""
    from boundary_google.settings import CalendarPublisherSettings, VacationSettings

    yield PublisherProvider(
        name="google-calendar",
        summary="writes availability into a Google calendar",
        settings=CalendarPublisherSettings,
        open=_open_calendar_publisher,
        capabilities=frozenset({Capability.PUBLISH_ABSENCES}),
    )
    yield PublisherProvider(
        name="gmail-vacation",
        summary="lets Gmail's vacation responder answer everyone in the coming closed window",
        settings=VacationSettings,
        open=_open_vacation,
        capabilities=frozenset({Capability.ANSWER_EVERYONE}),
    )


@hookimpl
def register_commands() -> Iterator[PluginCommand]:
    """The sign-in."""
    yield PluginCommand(name="google", summary="signs in to a Google account", load=_load_command)
