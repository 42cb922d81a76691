"""A practice whose fees are tried: its store, a biller in the test's hands, a set clock; and a biller that fails."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.daemon.billing import Billing, ServedBiller
from boundary_plugins.daemon.charge_review import ChargeReview
from boundary_plugins.daemon.log import open_log
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.proposing import Proposing
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.errors import PluginError
from boundary_plugins.ports import ChargeLine
from boundary_plugins.store.charge_records import ChargeRecord, ChargeState
from boundary_plugins.store.repository import Store
from boundary_plugins.testing.doubles import MemoryBiller
from builders_money import NOW, agreed, kept, logged, on_file, the_charge

ZONE = "America/New_York"
LEASE = timedelta(minutes=5)


class Stopped(BaseException):
    """The program was stopped here: no handler of errors sees it."""


class Books(MemoryBiller):
    """The double, with a switch for each thing that can go wrong on the way."""

    def __init__(self) -> None:
        """All is well."""
        super().__init__()
        self.stops: set[str] = set()
        self.after: Exception | None = None
        self.forgets = self.is_broken = False
        self.unanswerable: set[str] = set()
        self.before_post: Callable[[], None] = lambda: None
        self.asked = 0

    def post(self, line: ChargeLine) -> str:
        """Post, or be stopped before or after it, or lose the answer."""
        self._stop("before post")
        self.before_post()
        reference = super().post(line)
        self._lose("after post")
        return reference

    def void(self, reference: str, line: ChargeLine) -> str:
        """Counter, likewise."""
        self._stop("before void")
        counter = super().void(reference, line)
        self._lose("after void")
        return counter

    def find(self, key: str) -> str | None | Unknown:
        """Look, unless these books cannot tell."""
        self.asked += 1
        self._stop("before find")
        if self.is_broken or key in self.unanswerable:
            raise PluginError("books")
        return UNKNOWN if self.forgets else super().find(key)

    def _lose(self, where: str) -> None:
        """What was done is done, and nobody hears of it."""
        self._stop(where)
        lost, self.after = self.after, None
        if lost is not None:
            raise lost

    def _stop(self, where: str) -> None:
        """Be stopped here once, if that is wanted."""
        if where in self.stops:
            self.stops.remove(where)
            raise Stopped


@dataclass
class Money:
    """Billing over a real store with books in memory; AB agreed to the policy."""

    store: Store
    folder: Path
    books: Books = field(default_factory=Books)
    at: datetime = NOW
    holder: str = "this daemon"

    def __post_init__(self) -> None:
        """Put client and policy on record."""
        self.log = io.StringIO()
        kept(self.store)
        on_file(self.store, "AB")
        agreed(self.store)
        self.begin()

    def begin(self) -> None:
        """As after a start of the program: nothing stays in memory."""
        log = open_log(self.log)
        notices = Notices(self.store, log, self.now)
        self.billing = Billing(
            proposing=Proposing(self.store, ZONE, self.now),
            biller=ServedBiller("books", self.books),
            notices=notices,
            health=ProviderHealth(notices),
            log=log,
            lock_path=self.folder / "billing.lock",
            holder=self.holder,
            lease=LEASE,
        )
        self.review = ChargeReview(self.store, "me", ZONE, self.now)

    def now(self) -> datetime:
        """The clock."""
        return self.at

    def proposed(self, *minutes: float) -> list[int]:
        """Charges proposed for contacts with so much time."""
        logged(self.store, *minutes)
        self.billing.review()
        return [each.number for each in self.store.charges(states=[ChargeState.PROPOSED])]

    def confirmed(self, minutes: float = 12) -> int:
        """A charge that the therapist confirmed."""
        number = self.proposed(minutes)[-1]
        self.review.confirm(number)
        return number

    def posted(self, minutes: float = 12) -> int:
        """A charge in the books."""
        number = self.confirmed(minutes)
        assert 1 == self.billing.settle()
        return number

    def charge(self, number: int) -> ChargeRecord:
        """The charge as it is now."""
        return the_charge(self.store, number)

    def state(self, number: int) -> ChargeState:
        """Where it stands."""
        return self.charge(number).state

    @property
    def told(self) -> list[str]:
        """What the therapist is told."""
        return [notice.text for notice in self.store.notices()]

    @property
    def balance(self) -> int:
        """What all clients owe by the books."""
        lines = [*self.books.posted.values(), *self.books.countered.values()]
        return sum(line.amount.gross for line in lines)

    @contextmanager
    def stopped(self, where: str) -> Iterator[None]:
        """The program is stopped there, and begins again."""
        self.books.stops.add(where)
        try:
            yield
        except Stopped:
            self.begin()
        else:
            raise AssertionError(f"it was never {where}")
