"""The hooks, and nothing else: what a plugin may implement with `@hookimpl`."""

from collections.abc import Iterable
from typing import Any

import pluggy

from boundary_plugins.core.circumstances import SuppressionRule
from boundary_plugins.host.providers import (
    BillerProvider,
    CalendarProvider,
    ClientDirectoryProvider,
    MailboxProvider,
    PluginCommand,
    PublisherProvider,
    TopicRule,
)

PROJECT = "boundary_plugins"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_mailboxes() -> Iterable[MailboxProvider[Any]]:
    """Offer kinds of mailbox.

    Called once, when the program starts; the mailbox itself is opened later, by `open`.
    Return an iterable of `MailboxProvider`, each with a name that `kind` in the configuration says.

    >>> from boundary_plugins import MailboxProvider, hookimpl
    >>> from boundary_plugins.testing.doubles import MemoryMailbox, MemorySettings
    >>> @hookimpl
    ... def register_mailboxes():
    ...     yield MailboxProvider(
    ...         name="memory",
    ...         summary="a mailbox that lives in memory",
    ...         settings=MemorySettings,
    ...         open=lambda settings, services: MemoryMailbox(),
    ...     )
    """
    return ()


@hookspec
def register_calendars() -> Iterable[CalendarProvider[Any]]:
    """Offer kinds of calendar that are read.

    Called once, when the program starts; the calendar itself is opened later, by `open`.
    Return an iterable of `CalendarProvider`, each with a name that `kind` in the configuration says.

    >>> from boundary_plugins import CalendarProvider, hookimpl
    >>> from boundary_plugins.testing.doubles import MemoryCalendar, MemorySettings
    >>> @hookimpl
    ... def register_calendars():
    ...     yield CalendarProvider(
    ...         name="memory",
    ...         summary="a calendar that lives in memory",
    ...         settings=MemorySettings,
    ...         open=lambda settings, services: MemoryCalendar(),
    ...     )
    """
    return ()


@hookspec
def register_publishers() -> Iterable[PublisherProvider[Any]]:
    """Offer places where availability is published.

    Called once, when the program starts; the publisher itself is opened later, by `open`.
    Return an iterable of `PublisherProvider`, each with a name that `kind` in the configuration says.

    >>> from boundary_plugins import PublisherProvider, hookimpl
    >>> from boundary_plugins.testing.doubles import MemoryPublisher, MemorySettings
    >>> @hookimpl
    ... def register_publishers():
    ...     yield PublisherProvider(
    ...         name="memory",
    ...         summary="publishes into memory",
    ...         settings=MemorySettings,
    ...         open=lambda settings, services: MemoryPublisher(),
    ...     )
    """
    return ()


@hookspec
def register_billers() -> Iterable[BillerProvider[Any]]:
    """Offer places where confirmed charges go.

    Called once, when the program starts; the biller itself is opened later, by `open`.
    Return an iterable of `BillerProvider`, each with a name that `kind` in the configuration says.

    >>> from boundary_plugins import BillerProvider, hookimpl
    >>> from boundary_plugins.testing.doubles import MemoryBiller, MemorySettings
    >>> @hookimpl
    ... def register_billers():
    ...     yield BillerProvider(
    ...         name="memory",
    ...         summary="posts into memory",
    ...         settings=MemorySettings,
    ...         open=lambda settings, services: MemoryBiller(),
    ...     )
    """
    return ()


@hookspec
def register_client_directories() -> Iterable[ClientDirectoryProvider[Any]]:
    """Offer kinds of client directory: a practice's own records, or a file of them.

    Called once, when the program starts; the directory itself is opened later, by `open`.
    Return an iterable of `ClientDirectoryProvider`, each with a name that `kind` in the configuration says.

    >>> from boundary_plugins import ClientDirectoryProvider, hookimpl
    >>> from boundary_plugins.testing.doubles import MemoryClientDirectory, MemorySettings
    >>> @hookimpl
    ... def register_client_directories():
    ...     yield ClientDirectoryProvider(
    ...         name="memory",
    ...         summary="clients that live in memory",
    ...         settings=MemorySettings,
    ...         open=lambda settings, services: MemoryClientDirectory(),
    ...     )
    """
    return ()


@hookspec
def register_suppression_rules() -> Iterable[SuppressionRule]:
    """Offer further reasons for not answering a message; they can never cause a response.

    Called once, when the program starts; each rule is asked about each message after the program's own.
    Return an iterable of `SuppressionRule`; its id is shown as `plugin:id`, and of what its check answers
    only `hit` is kept: a hit is explained by `refuses_when`, so that no text of a message is recorded.

    >>> from boundary_plugins import Finding, SuppressionRule, hookimpl
    >>> @hookimpl
    ... def register_suppression_rules():
    ...     yield SuppressionRule(
    ...         id="colleague",
    ...         clause="our practice's agreement on referrals",
    ...         refuses_when="it comes from a colleague's practice",
    ...         check=lambda circumstances: Finding(False, "it does not"),
    ...     )
    """
    return ()


@hookspec
def register_topic_rules() -> Iterable[TopicRule]:
    """Offer further rules that name what a contact is about.

    Called once, when the program starts; the rules are asked after the configuration's own.
    Return an iterable of `TopicRule`.

    >>> from boundary_plugins import TopicRule, hookimpl
    >>> @hookimpl
    ... def register_topic_rules():
    ...     yield TopicRule(topic="paperwork", words=("insurance form", "letter for work"))
    """
    return ()


@hookspec
def register_commands() -> Iterable[PluginCommand]:
    """Offer commands of the plugin's own, such as one that signs in to a provider.

    Called once, when a command is given that is none of the program's own; `load` is called for that one alone.
    Return an iterable of `PluginCommand`, each with a name that is given after `boundary`.

    >>> import click
    >>> from boundary_plugins import PluginCommand, hookimpl
    >>> @hookimpl
    ... def register_commands():
    ...     yield PluginCommand(
    ...         name="records",
    ...         summary="signs in to our own records",
    ...         load=lambda services: click.Command("records", callback=lambda: click.echo("Signed in.")),
    ...     )
    """
    return ()
