"""Charges on their way to the biller: confirmed, *attempting*, posted; and back by a counter-line, once.

Nothing is posted that the therapist did not confirm. An attempt without an end is settled by asking the
biller by the charge's key before anything is done again; where it cannot tell, a person must look.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.fees.price import Tax
from boundary_plugins.core.retry import next_attempt
from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.daemon.notices import LOOK, Notices
from boundary_plugins.daemon.proposing import Proposing
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.errors import (
    NEVER_DONE,
    SURELY_NOT_DONE,
    OutcomeUnknown,
    PluginError,
    ProviderError,
    StoreError,
)
from boundary_plugins.host.services import Log
from boundary_plugins.ports import Biller, ChargeLine
from boundary_plugins.store.charge_records import ChargeRecord, ChargeState
from boundary_plugins.store.charges import CHARGES_LOCK, ON_THE_WAY
from boundary_plugins.store.file_lock import locked_file
from boundary_plugins.store.repository import Store

#: Its name in the table of leases; no mailbox can be called so.
_LEASE = "/billing"
_NOBODY_CAN_TELL = (
    "it was being posted when the program or the connection stopped, and nobody can tell whether it was"
)


@dataclass(frozen=True, slots=True)
class ServedBiller:
    """A biller by the name that the configuration gives it."""

    name: str
    port: Biller

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"biller {self.name}"


@dataclass(frozen=True, slots=True)
class _Act:
    """One of the two things a biller does: from which state, through which, to which."""

    wanted: ChargeState
    attempting: ChargeState
    done: ChargeState


_POST = _Act(ChargeState.CONFIRMED, ChargeState.ATTEMPTING, ChargeState.POSTED)
_VOID = _Act(ChargeState.VOIDING, ChargeState.ATTEMPTING_VOID, ChargeState.VOID)


@dataclass(frozen=True, slots=True)
class Billing:
    """The way to the biller of one practice; commands and the daemon share it, one at a time."""

    proposing: Proposing
    biller: ServedBiller
    notices: Notices
    health: ProviderHealth
    log: Log
    #: Of these the first keeps the other processes of this machine away, and a lease other machines:
    #: `holder` names this daemon in it, `lease` is its length.
    lock_path: Path
    holder: str
    lease: timedelta

    @property
    def store(self) -> Store:
        """Where the charges are."""
        return self.proposing.store

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""
        return self.proposing.now

    def review(self) -> None:
        """Bring the proposals in step with what is on record, and say so in the log. Raises StoreError."""
        made, dropped = self.proposing.review()
        if made or dropped:
            self.log.info("charges proposed", made=made, dropped=dropped)

    def work(self) -> bool:
        """Review and settle; whether the biller did what it had to do now. Raises StoreError."""
        self.review()
        return self._settle()[1]

    def settle(self) -> int:
        """Do what the biller has to do, one charge after the other; how many came to their end.

        Where another process is at it, this one waits, and then has less to do; where another machine
        is, it leaves all of it to that. Raises StoreError.
        """
        return self._settle()[0]

    def _settle(self) -> tuple[int, bool]:
        """How many charges came to their end, and whether the biller did what it had to do now."""
        if not self.store.charges(states=ON_THE_WAY):
            # Nothing waits for the biller any more, so that nobody need look after it.
            self.health.well(self.biller.title)
            return 0, True
        if not self.store.charges_to_settle(self.now()):
            return 0, True
        with self._alone() as is_ours:
            if not is_ours():
                self.log.info("another daemon is billing")
                return 0, True
            settled, problem = self._settled_in_turn(is_ours)
        if problem is not None:
            self.health.failed(self.biller.title, problem)
            return settled, False
        self.health.well(self.biller.title)
        return settled, True

    def _settled_in_turn(self, is_ours: Callable[[], bool]) -> tuple[int, ProviderError | PluginError | None]:
        """How many charges came to their end, and what went wrong first.

        A charge that the biller cannot be asked about holds up no other; a biller that is away does.
        """
        settled, problem = 0, None
        for charge in self.store.charges_to_settle(self.now()):
            if not is_ours():
                break
            try:
                settled += self._settled(charge)
            except (ProviderError, PluginError) as error:
                problem = problem or error
                if charge.state not in (_POST.attempting, _VOID.attempting):
                    break
        return settled, problem

    @contextmanager
    def _alone(self) -> Iterator[Callable[[], bool]]:
        """Keep other processes away, and other machines too while what this gives is asked now and then."""
        with locked_file(self.lock_path, what="billing", wait=True):
            try:
                yield self._is_ours
            finally:
                # Where it cannot be given back, another daemon waits for its end.
                with (
                    suppress(StoreError),
                    self.store.transaction(self.now(), check_clock=False) as transaction,
                ):
                    transaction.release_lease(_LEASE, self.holder)

    def _is_ours(self) -> bool:
        """Take or renew the lease; False where another machine has it."""
        at = self.now()
        with self.store.transaction(at, check_clock=False) as transaction:
            return transaction.acquire_lease(_LEASE, self.holder, at, self.lease.total_seconds())

    def _settled(self, charge: ChargeRecord) -> bool:
        """Take one charge to its end; whether it came there. Raises ProviderError where the biller is away."""
        act = _POST if charge.state in (_POST.wanted, _POST.attempting) else _VOID
        if charge.state is act.attempting:
            return self._asked(charge, act)
        if not self._moved(charge, act.attempting):
            return False
        begun = self.store.charge(charge.number)
        return begun is not None and self._acted(begun, act)

    def _acted(self, charge: ChargeRecord, act: _Act) -> bool:
        """Act once, after *attempting* is on record."""
        line = self._line(charge, act)
        try:
            if act is _POST:
                reference = self.biller.port.post(line)
            else:
                reference = self.biller.port.void(charge.reference or "", line)
        except SURELY_NOT_DONE as error:
            self._try_again(charge, act, error)
            raise
        except NEVER_DONE as error:
            self._set_aside(charge, f"the biller refused it: {error}")
            return False
        except (OutcomeUnknown, ProviderError) as error:
            self.log.warning("billing interrupted", charge=charge.number, because=str(error))
            return self._asked(charge, act)
        return self._done(charge, act, reference)

    def _asked(self, charge: ChargeRecord, act: _Act) -> bool:
        """Settle an attempt without an end by asking the biller, and act where it surely did nothing."""
        found = self.biller.port.find(self._line(charge, act).key)
        if found is UNKNOWN:
            self._set_aside(charge, _NOBODY_CAN_TELL)
            return False
        if found is not None:
            return self._done(charge, act, found)
        self._try_again(charge, act, None)
        return False

    def _done(self, charge: ChargeRecord, act: _Act, reference: str) -> bool:
        """Put on record that it was done."""
        values = {"reference": reference} if act is _POST else {}
        moved = self._moved(charge, act.done, next_attempt_at=None, **values)
        if moved:
            self.log.info(f"charge {act.done.value}", charge=charge.number, reference=reference)
        return moved

    def _try_again(self, charge: ChargeRecord, act: _Act, error: ProviderError | None) -> None:
        """It was surely not done; it is tried again later."""
        at = self.now()
        later = next_attempt(max(charge.attempts, 1), at, error.retry_at if error else None)
        self._moved(charge, act.wanted, next_attempt_at=later)

    def _set_aside(self, charge: ChargeRecord, why: str) -> None:
        """A person must look; told in the same transaction."""
        at, why = self.now(), without_addresses(why)
        with self.store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
            if transaction.move_charge(charge, ChargeState.SET_ASIDE, at, reason=why):
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}charge {charge.number} set aside",
                    f"Charge {charge.number} of client {charge.client_id} was set aside: {why}. "
                    "It will not be tried again; please look.",
                    at,
                )

    def _moved(self, charge: ChargeRecord, to: ChargeState, **values: object) -> bool:
        """Move a charge in a transaction of its own; False where it moved meanwhile."""
        at = self.now()
        with self.store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
            return transaction.move_charge(charge, to, at, **values)

    def _line(self, charge: ChargeRecord, act: _Act) -> ChargeLine:
        """The line for the biller; that which takes back has a key of its own and the amounts reversed."""
        is_void = act is _VOID
        return ChargeLine(
            key=f"{charge.key}-void" if is_void else charge.key,
            client_id=charge.client_id,
            fee=charge.fee,
            policy_version=charge.policy_version,
            first_on=charge.first_on,
            last_on=charge.last_on,
            channels=charge.channels,
            seconds=charge.seconds,
            amount=charge.amount.reversed() if is_void else charge.amount,
            currency=charge.currency,
            tax=self._tax_of(charge.policy_version),
        )

    def _tax_of(self, version: str) -> Tax | None:
        """The tax of the policy that a charge rests on."""
        policies = self.store.fee_policies()
        return next((policy.tax for policy in policies if policy.version == version), None)
