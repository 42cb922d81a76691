"""What a plugin registers: frozen values that say how a mailbox, a calendar and the like are opened."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from boundary_plugins.core.topic import TopicRule
from boundary_plugins.host.services import CommandServices, Services
from boundary_plugins.ports import Biller, Calendar, ClientDirectory, Mailbox, Publisher

if TYPE_CHECKING:
    # Plugins that only register rules never need pydantic, nor click where they have no command.
    import click
    from pydantic import BaseModel

SettingsT = TypeVar("SettingsT", bound="BaseModel")


class Capability(Enum):
    """What not every provider can do; the value completes "it can …"."""

    SEE_SENT = "see the therapist's own mail"
    FIND_SENT = "tell whether a response was sent"
    NULL_REVERSE_PATH = "send with the null reverse-path"
    SEE_SPAM_VERDICT = "see the provider's spam verdict"
    NOTICE_AT_ONCE = "notice new mail at once"
    READ_AVAILABILITY = "read VAVAILABILITY"
    PUBLISH_ABSENCES = "publish absences"
    READ_TIME_MARKS = "read time that is logged by a mark on a message"
    ANSWER_EVERYONE = "answer everyone by itself, also while the program is off"
    WITHOUT_NETWORK = "work without a network"


class _Provider(Generic[SettingsT]):
    """What kinds have in common that can do less with some settings."""

    __slots__ = ()

    capabilities: frozenset[Capability]
    lacks: Callable[[SettingsT], frozenset[Capability]] | None

    def capabilities_with(self, settings: SettingsT) -> frozenset[Capability]:
        """What this kind can do with these settings."""
        return self.capabilities - (self.lacks(settings) if self.lacks else frozenset())


@dataclass(frozen=True, slots=True)
class MailboxProvider(_Provider[SettingsT]):
    """One kind of mailbox. `name` is what `kind` in the configuration says; `plugin` is stamped by the host.

    `settings` is a pydantic model of all keys but `name` and `kind`; `open` connects to nothing yet if it
    can help it, and raises ProviderError. `capabilities` is what this kind can do at best; `lacks` what
    it cannot with the settings at hand.
    """

    name: str
    summary: str
    settings: type[SettingsT]
    open: Callable[[SettingsT, Services], Mailbox]
    capabilities: frozenset[Capability] = frozenset()
    lacks: Callable[[SettingsT], frozenset[Capability]] | None = None
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class CalendarProvider(_Provider[SettingsT]):
    """One kind of calendar; the fields are those of `MailboxProvider`."""

    name: str
    summary: str
    settings: type[SettingsT]
    open: Callable[[SettingsT, Services], Calendar]
    capabilities: frozenset[Capability] = frozenset()
    lacks: Callable[[SettingsT], frozenset[Capability]] | None = None
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class PublisherProvider(_Provider[SettingsT]):
    """One kind of publisher; the fields are those of `MailboxProvider`."""

    name: str
    summary: str
    settings: type[SettingsT]
    open: Callable[[SettingsT, Services], Publisher]
    capabilities: frozenset[Capability] = frozenset()
    lacks: Callable[[SettingsT], frozenset[Capability]] | None = None
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class BillerProvider(Generic[SettingsT]):
    """One kind of biller; the fields are those of `MailboxProvider`."""

    name: str
    summary: str
    settings: type[SettingsT]
    open: Callable[[SettingsT, Services], Biller]
    capabilities: frozenset[Capability] = frozenset()
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class ClientDirectoryProvider(Generic[SettingsT]):
    """One kind of client directory; the fields are those of `MailboxProvider`.

    `suffixes` are the ends of the names of files that this kind reads (".csv"), where it reads files: its
    settings then have `path`, and `boundary client import FILE` finds it by them.
    """

    name: str
    summary: str
    settings: type[SettingsT]
    open: Callable[[SettingsT, Services], ClientDirectory]
    capabilities: frozenset[Capability] = frozenset()
    suffixes: tuple[str, ...] = ()
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class PluginCommand:
    """A command of a plugin's own, `boundary NAME …`; `plugin` is stamped by the host.

    `load` is called when the command is given, so what it needs is imported there; it returns a command or
    a group of click's. A name of the program's own commands is not to be had.
    """

    name: str
    summary: str
    load: "Callable[[CommandServices], click.Command]"
    plugin: str = ""


__all__ = [
    "BillerProvider",
    "CalendarProvider",
    "Capability",
    "ClientDirectoryProvider",
    "CommandServices",
    "MailboxProvider",
    "PluginCommand",
    "PublisherProvider",
    "Services",
    "TopicRule",
]
