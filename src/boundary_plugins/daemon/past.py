"""What explaining asks of the time before: a practice's store, or a past in which nothing happened yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from boundary_plugins.config.schema import Config
from boundary_plugins.core.client import Client
from boundary_plugins.core.history import History, NotWatched
from boundary_plugins.daemon.opening import look_into_store, store_exists
from boundary_plugins.store.records import AvailabilityChange, Sender


class ClientsOnFile(Protocol):
    """Who is on file (store/clients.py)."""

    def client_at(self, canonical: str) -> Client | None:
        """The client with this canonical address."""
        ...


class Past(Protocol):
    """What a store tells to who only looks (store/repository.py)."""

    def directory(self) -> ClientsOnFile:
        """Every client. Raises StoreError."""
        ...

    def availability_changes(self) -> Sequence[AvailabilityChange]:
        """The one-off commands, oldest first. Raises StoreError."""
        ...

    def history(
        self,
        mailbox: str,
        sender: Sender,
        at: datetime,
        *,
        therapist_mail: NotWatched | None = None,
        only_before: bool = False,
    ) -> History:
        """What bears on a decision at `at`. Raises StoreError."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class NothingYet:
    """The past of a practice that has no store: nobody is on file, and nobody was answered."""

    def directory(self) -> ClientsOnFile:
        """Nobody."""
        return self

    def client_at(self, canonical: str) -> None:  # noqa: ARG002
        """Nobody."""
        return

    def availability_changes(self) -> Sequence[AvailabilityChange]:
        """No command."""
        return ()

    def history(
        self,
        mailbox: str,  # noqa: ARG002
        sender: Sender,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
        *,
        therapist_mail: NotWatched | None = None,
        only_before: bool = False,  # noqa: ARG002
    ) -> History:
        """Nothing that was answered."""
        return History(therapist_wrote_at=() if therapist_mail is None else therapist_mail)

    def close(self) -> None:
        """Nothing to let go of."""


def past_of(config: Config) -> Past:
    """The practice's store to read from, or nothing where there is none yet. Raises StoreError or SecretError."""
    return look_into_store(config) if store_exists(config) else NothingYet()
