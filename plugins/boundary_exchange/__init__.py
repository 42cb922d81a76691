"""Exchange Server: a mailbox and a calendar over EWS, automatic replies and calendar entries that are published."""

from collections.abc import Iterator
from contextlib import contextmanager
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

    from boundary_exchange.settings import CalendarSettings, MailboxSettings


@contextmanager
def _library(services: Services) -> Iterator[None]:
    """Say how to get what is imported here, where it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("exchangelib", "lxml"):
            raise
        problem = "Exchange needs the extra: pip install --constraint constraints.txt '.[exchange]'"
        raise Unavailable(services.name, problem) from None


def _open_mailbox(settings: "MailboxSettings", services: Services) -> Mailbox:
    """Open a mailbox; nothing is asked of the server yet."""
    with _library(services):
        from boundary_exchange.mailbox import ExchangeMailbox
    return ExchangeMailbox(settings, services)


def _open_calendar(settings: Any, services: Services) -> Calendar:
    """Open a calendar; nothing is asked of the server yet."""
    with _library(services):
        from boundary_exchange.calendar import ExchangeCalendar
    return ExchangeCalendar(settings, services)


def _open_replies(settings: Any, services: Services) -> Publisher:
    """Open the mailbox's automatic replies; nothing is asked of the server yet."""
    with _library(services):
        from boundary_exchange.replies import AutomaticReplies
    return AutomaticReplies(settings, services)


def _open_entries(settings: Any, services: Services) -> Publisher:
    """Open the calendar that is written to; nothing is asked of the server yet."""
    with _library(services):
        from boundary_exchange.entries import CalendarEntries
    return CalendarEntries(settings, services)


def _mailbox_lacks(settings: "MailboxSettings") -> frozenset[Capability]:
    """What is switched off in the settings."""
    lacks = set()
    if not settings.streaming:
        lacks.add(Capability.NOTICE_AT_ONCE)
    if not settings.time_marks:
        lacks.add(Capability.READ_TIME_MARKS)
    return frozenset(lacks)


def _calendar_lacks(settings: "CalendarSettings") -> frozenset[Capability]:
    """What is switched off in the settings."""
    return frozenset() if settings.working_hours else frozenset({Capability.READ_AVAILABILITY})


def _load_command(services: CommandServices) -> "click.Command":
    """The command that signs a person in."""
    from boundary_exchange.authorize import command

    return command(services)


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[Any]]:
    """A mailbox on Exchange Server."""
    from boundary_exchange.settings import MailboxSettings

    yield MailboxProvider(
        name="exchange",
        summary="a mailbox on Exchange Server (EWS); responses go through it",
        settings=MailboxSettings,
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
    """A calendar on Exchange Server."""
    from boundary_exchange.settings import CalendarSettings

    yield CalendarProvider(
        name="exchange",
        summary="the calendar of a mailbox on Exchange Server (EWS)",
        settings=CalendarSettings,
        open=_open_calendar,
        capabilities=frozenset({Capability.READ_AVAILABILITY}),
        lacks=_calendar_lacks,
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """Exchange's own automatic replies, and entries in a calendar that colleagues see as busy."""
    from boundary_exchange.settings import EntrySettings, ReplySettings

    yield PublisherProvider(
        name="exchange-replies",
        summary="lets Exchange Server answer by itself in the coming closed window",
        settings=ReplySettings,
        open=_open_replies,
        capabilities=frozenset({Capability.ANSWER_EVERYONE}),
    )
    yield PublisherProvider(
        name="exchange-calendar",
        summary="writes availability as entries into a calendar on Exchange Server",
        settings=EntrySettings,
        open=_open_entries,
        capabilities=frozenset({Capability.PUBLISH_ABSENCES}),
    )


@hookimpl
def register_commands() -> Iterator[PluginCommand]:
    """The sign-in with a person's own rights."""
    yield PluginCommand(
        name="exchange", summary="signs in to Exchange with your own rights", load=_load_command
    )
