"""A mailbox that the daemon serves: its name, its port behind the guard, and what it can see."""

from dataclasses import dataclass

from boundary_plugins.ports import Mailbox


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
