"""What the daemon serves: a mailbox, publisher or client directory by its name, with its port behind the guard."""

from dataclasses import dataclass

from boundary_plugins.ports import ClientDirectory, Mailbox, Publisher


@dataclass(frozen=True, slots=True)
class ServedMailbox:
    """`watches_sent` False: the therapist's own mail is not looked at, by configuration.

    `trusted_received_hop` names the Received field that tells the arrival (0 the topmost).
    """

    name: str
    port: Mailbox
    watches_sent: bool
    trusted_received_hop: int = 0

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"mailbox {self.name}"


@dataclass(frozen=True, slots=True)
class ServedPublisher:
    """A publisher by the name that the configuration gives it."""

    name: str
    port: Publisher


@dataclass(frozen=True, slots=True)
class ServedClientDirectory:
    """A client directory by the name that the configuration gives it."""

    name: str
    port: ClientDirectory

    @property
    def title(self) -> str:
        """How it is told."""
        return f"client directory {self.name}"
