"""What the daemon serves: a mailbox, publisher or client directory by its name, with its port behind the guard."""

from collections.abc import Callable
from dataclasses import dataclass

from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import ClientDirectory, Mailbox, Publisher


def _always() -> bool:
    """What is never busy."""
    return True


@dataclass(frozen=True, slots=True)
class ServedMailbox:
    """`watches_sent` False: the therapist's own mail is not looked at, by configuration.

    `trusted_received_hop` names the Received field that tells the arrival (0 the topmost). `is_idle` tells
    whether the plugin is busy with no call, also none that was given up.
    """

    name: str
    port: Mailbox
    watches_sent: bool
    trusted_received_hop: int = 0
    is_idle: Callable[[], bool] = _always

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"mailbox {self.name}"


@dataclass(frozen=True, slots=True)
class ServedPublisher:
    """A publisher by the name that the configuration gives it; `is_remote` where it needs a network.

    `answers_for` names the mailbox that its provider answers by itself, and `answers_during` tells when, as
    read back from it (UNKNOWN: it cannot be told); both None for what only shows availability.
    """

    name: str
    port: Publisher
    is_remote: bool = False
    answers_for: str | None = None
    answers_during: Callable[[Interval], tuple[Interval, ...] | Unknown | None] | None = None

    @property
    def title(self) -> str:
        """How it is told."""
        return f"publisher {self.name}"


@dataclass(frozen=True, slots=True)
class ServedClientDirectory:
    """A client directory by the name that the configuration gives it."""

    name: str
    port: ClientDirectory

    @property
    def title(self) -> str:
        """How it is told."""
        return f"client directory {self.name}"
