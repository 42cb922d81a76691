"""Past mail judged offline as the daemon would at its arrival; nothing is changed and nobody is asked."""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Protocol

from boundary_plugins.codecs.mime import read_message
from boundary_plugins.core.address import canonical, domain_of
from boundary_plugins.core.client import Client
from boundary_plugins.core.decision import Decision
from boundary_plugins.core.history import NOT_WATCHED, History
from boundary_plugins.core.message import SubjectMessage, recipients_of
from boundary_plugins.core.policy import Audience
from boundary_plugins.daemon.judging import Correspondent, Judge, correspondent
from boundary_plugins.daemon.past import ClientsOnFile, Past
from boundary_plugins.daemon.replaying import ReplayedHistory
from boundary_plugins.store.records import Sender

_NOTHING_BEFORE = History(therapist_wrote_at=())
_NOTHING_SEEN = History(therapist_wrote_at=NOT_WATCHED)


class Archived(Protocol):
    """A message in a file: where it lies, its bytes, and when the file was written."""

    @property
    def path(self) -> str:
        """The file."""
        ...

    @property
    def index(self) -> int:
        """Its index there, from 0."""
        ...

    @property
    def data(self) -> bytes:
        """Its bytes."""
        ...

    @property
    def file_time(self) -> datetime:
        """When the file was written; aware, UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Explained:
    """A message in a file, with the decision about it."""

    path: str
    index: int
    message: SubjectMessage
    decision: Decision


@dataclass(frozen=True, slots=True)
class Explainer:
    """Judges messages alone, each at its arrival (`at`, where given, in place of it).

    `as_client` treats every sender as a client on file; `watches_sent` False means that the mailbox does
    not see the therapist's own mail, as its daemon would not.
    """

    judge: Judge
    past: Past
    mailbox: str
    at: datetime | None = None
    as_client: bool = False
    trusted_received_hop: int = 0
    watches_sent: bool = False
    # Who is on file at the beginning: past mail is judged by one directory, and asked for it only once.
    directory: ClientsOnFile = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the client directory. Raises StoreError."""
        object.__setattr__(self, "directory", self.past.directory())

    def read(self, archived: Archived) -> SubjectMessage:
        """The facts of a message in a file."""
        return read_message(
            archived.data,
            provider_id=f"{archived.path}#{archived.index}",
            arrived_at=self.at,
            file_time=archived.file_time,
            trusted_hop=self.trusted_received_hop,
        )

    def explained(self, messages: Iterable[Archived]) -> Iterator[Explained]:
        """Each message judged against the store, one at a time."""
        for archived in messages:
            message = self.read(archived)
            who = self._who(message)
            decision = self.judge.decide(message, who.client, self._history(message, who), message.arrived_at)
            yield Explained(archived.path, archived.index, message, decision)

    def replayed(self, messages: Iterable[Archived]) -> Iterator[Explained]:
        """The messages in the order of their arrival, each with the history that the ones before made."""
        history = ReplayedHistory()
        with tempfile.TemporaryFile() as spool:
            for path, index, message in _sorted_by_arrival(messages, self.read, spool):
                who = self._who(message)
                sender = _sender(who)
                at = message.arrived_at
                decision = self.judge.decide(message, who.client, history.before(sender, at), at)
                history.answered(sender, decision, at)
                if decision.reason == "own-address":
                    history.therapist_wrote(self._recipients(message), at)
                yield Explained(path, index, message, decision)

    def _who(self, message: SubjectMessage) -> Correspondent:
        """Who writes, by the store, or (as a client) as if the address were on file."""
        return correspondent(message, self._find, self.judge.policy)

    def _find(self, plain: str) -> Client | None:
        """The client at a canonical address."""
        on_file = self.directory.client_at(plain)
        if on_file is not None or not self.as_client:
            return on_file
        return Client(id=f"as-client {plain}", addresses=(plain,))

    def _history(self, message: SubjectMessage, who: Correspondent) -> History:
        """What the store knows from before the arrival; a stranger who is not answered needs none."""
        everyone = self.judge.policy.audience is Audience.EVERYONE
        on_file = who.client is not None and not who.client.id.startswith("as-client ")
        if not on_file and not everyone:
            return _NOTHING_BEFORE if self.watches_sent else _NOTHING_SEEN
        return self.past.history(
            self.mailbox,
            _sender(who),
            message.arrived_at,
            therapist_mail=None if self.watches_sent else NOT_WATCHED,
            only_before=True,
        )

    def _recipients(self, message: SubjectMessage) -> Iterator[Sender]:
        """The clients whom a message of the therapist went to."""
        for address in recipients_of(message):
            client = self._find(canonical(address))
            if client is not None:
                yield _sender(Correspondent(client, address))


def _sender(who: Correspondent) -> Sender:
    """The value that history is kept by."""
    plain = canonical(who.address) if who.address else None
    return Sender(who.client.id if who.client else None, plain, domain_of(plain) if plain else None)


def _sorted_by_arrival(
    messages: Iterable[Archived], read: Callable[[Archived], SubjectMessage], spool: IO[bytes]
) -> Iterator[tuple[str, int, SubjectMessage]]:
    """The messages by arrival; their facts wait in a nameless temporary file, so that memory stays small."""
    order: list[tuple[datetime, int]] = []
    for archived in messages:
        message = read(archived)
        order.append((message.arrived_at, spool.tell()))
        pickle.dump((archived.path, archived.index, message), spool, pickle.HIGHEST_PROTOCOL)
    for _, position in sorted(order):
        spool.seek(position)
        # Our own words of a moment ago, from a file that nobody else can open.
        yield pickle.load(spool)
