"""What the therapist decides about charges: confirm, change, waive, take back; each can be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from boundary_plugins.core.fees.meter import in_minutes
from boundary_plugins.core.fees.price import Amount, Money, amount_of, with_tax
from boundary_plugins.core.fees.steps import Step, line_step, tax_step
from boundary_plugins.core.fees.unit import session_fee_problem
from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.daemon.notices import in_words
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.charge_records import ChargeRecord, ChargeState, DecisionKind
from boundary_plugins.store.charge_rows import explained
from boundary_plugins.store.charges import CHARGES_LOCK
from boundary_plugins.store.repository import Store, Transaction

_MAY_CONFIRM = (ChargeState.PROPOSED, ChargeState.SET_ASIDE)
_MAY_CHANGE = (ChargeState.PROPOSED, ChargeState.CONFIRMED)
_MAY_WAIVE = (ChargeState.PROPOSED, ChargeState.CONFIRMED, ChargeState.SET_ASIDE)
_MAY_UNDO = (ChargeState.CONFIRMED, ChargeState.WAIVED)
_MAY_VOID = (ChargeState.POSTED, ChargeState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class ChargeReview:
    """The decisions of one person; every method raises UsageProblem for what cannot be, and StoreError."""

    store: Store
    made_by: str
    zone: str
    now: Callable[[], datetime]

    def confirm(self, number: int) -> ChargeRecord:
        """The therapist's yes: it goes to the biller; again where it was set aside on its way there."""
        charge = self._charge(number, _MAY_CONFIRM, "confirmed")
        self._refuse_posted(charge)
        self._refuse_before_end(charge)
        return self._decide(charge, DecisionKind.CONFIRM, ChargeState.CONFIRMED)

    def change(
        self, number: int, *, seconds: int | None = None, minor: int | None = None, reason: str
    ) -> ChargeRecord:
        """Confirm with less time or a lower amount (in minor units, before any tax that comes on top).

        Never with more than was worked out: more was not disclosed beforehand.
        """
        charge = self._charge(number, _MAY_CHANGE, "changed")
        self._refuse_before_end(charge)
        amount = self._changed_amount(charge, seconds, minor)
        if amount.gross > charge.amount.gross or (seconds or 0) > charge.seconds:
            most = f"{in_minutes(charge.seconds)}, {Money(charge.amount.gross, charge.currency)}"
            raise UsageProblem(
                f"charge {number} comes to less; allowed: at most what was worked out ({most}); "
                "log the time that is missing with: boundary time log"
            )
        if not amount.gross:
            raise UsageProblem(
                f"that leaves nothing of charge {number}; allowed: boundary charge waive {number}"
            )
        before, after = (Money(each.gross, charge.currency) for each in (charge.amount, amount))
        because = f"the therapist changed it from {before} to {after}: {without_addresses(reason)}"
        return self._decide(
            charge,
            DecisionKind.CHANGE,
            ChargeState.CONFIRMED,
            reason=reason,
            seconds=charge.seconds if seconds is None else seconds,
            net=amount.net,
            tax=amount.tax,
            steps=self._explained(charge, amount, charge.seconds if seconds is None else seconds, because),
        )

    def _explained(self, charge: ChargeRecord, amount: Amount, seconds: int, because: str) -> str:
        """The explanation, in which tax and line are those of what was decided."""
        policies = self.store.fee_policies()
        tax = next(policy.tax for policy in policies if policy.version == charge.policy_version)
        line = line_step(
            *(charge.first_on, charge.last_on, charge.channels, seconds, charge.fee, amount, charge.currency)
        )
        approval = Step("approval", True, because)
        return explained(charge.steps, tax_step(tax, amount, charge.currency), approval, line)

    def waive(self, number: int, reason: str) -> ChargeRecord:
        """Charge nothing for it, and say why."""
        charge = self._charge(number, _MAY_WAIVE, "waived")
        self._refuse_posted(charge)
        return self._decide(charge, DecisionKind.WAIVE, ChargeState.WAIVED, reason=reason)

    def void(self, number: int, reason: str) -> ChargeRecord:
        """Take a posted charge back by a counter-line; again where that was set aside."""
        charge = self._charge(number, _MAY_VOID, "taken back")
        if charge.reference is None:
            raise UsageProblem(
                f"charge {number} was not posted as far as is known; allowed: confirm or waive"
            )
        self._refuse_on_invoice(charge)
        return self._decide(charge, DecisionKind.VOID, ChargeState.VOIDING, reason=reason)

    def undo(self, number: int | None = None) -> tuple[ChargeRecord, str]:
        """Undo the last decision about a charge (None: about any); the charge now, and what was undone in words.

        A charge that was posted is taken back by a counter-line, and proposed anew; one that was taken
        back is posted again under a new number.
        """
        number = self.store.charge_of_last_decision() if number is None else number
        if number is None:
            raise UsageProblem("there is no decision to undo")
        at = self.now()
        with self.store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
            charge = transaction.charge_now(number)
            found = transaction.last_decision(number)
            if charge is None or found is None:
                raise UsageProblem(f"there is no decision about charge {number} to undo")
            decision, before = found
            after = self._undone(transaction, charge, decision.kind, before, at)
            transaction.mark_undone(decision, at)
        return self._after(after), f"{decision.kind.value} of charge {number}"

    def _undone(
        self,
        transaction: Transaction,
        charge: ChargeRecord,
        kind: DecisionKind,
        before: dict[str, object],
        at: datetime,
    ) -> int:
        """Put back what a decision changed; the number of the charge that stands now."""
        if kind is DecisionKind.VOID and charge.state is ChargeState.VOID:
            again = transaction.charge_again(charge, at, made_by=self.made_by)
            if again is None:
                raise UsageProblem(
                    f"something else is charged by now for what charge {charge.number} was for"
                )
            return again
        if charge.state is ChargeState.POSTED:
            self._refuse_on_invoice(charge)
            moved = transaction.move_charge(
                charge, ChargeState.VOIDING, at, reason="the confirmation was undone"
            )
        elif charge.state in _MAY_UNDO or (charge.state is ChargeState.VOIDING and kind is DecisionKind.VOID):
            back = ChargeState(str(before.pop("state")))
            moved = transaction.move_charge(charge, back, at, **before)
        else:
            raise UsageProblem(f"charge {charge.number} is {charge.state.value}, which cannot be undone now")
        if not moved:
            raise UsageProblem(f"charge {charge.number} moved meanwhile; look again")
        return charge.number

    def _charge(self, number: int, allowed: tuple[ChargeState, ...], done: str) -> ChargeRecord:
        """The charge, in a state in which it may be decided."""
        charge = self.store.charge(number)
        if charge is None or charge.state is ChargeState.DROPPED:
            raise UsageProblem(f"there is no charge {number}; see: boundary charge list")
        if charge.state not in allowed:
            states = " or ".join(state.value for state in allowed)
            raise UsageProblem(
                f"charge {number} is {charge.state.value} and cannot be {done}; allowed: one that is {states}"
            )
        return charge

    def _refuse_posted(self, charge: ChargeRecord) -> None:
        """One that was set aside while it was taken back is in the biller's books."""
        if charge.reference is not None:
            raise UsageProblem(
                f"charge {charge.number} was posted, and set aside while it was taken back; allowed: "
                f"boundary charge void {charge.number}"
            )

    def _refuse_before_end(self, charge: ChargeRecord) -> None:
        """While a day, week or month runs, more may come to it."""
        if charge.ends_at is not None and charge.ends_at > self.now():
            until = in_words(charge.ends_at, self.zone)
            raise UsageProblem(
                f"charge {charge.number} still counts until {until} ({self.zone}); "
                "allowed: once its day, week or month is over"
            )

    def _refuse_on_invoice(self, charge: ChargeRecord) -> None:
        """What stands on an issued invoice is taken back with it."""
        number = self.store.issued_invoice_of(charge.key)
        if number is not None:
            raise UsageProblem(
                f"charge {charge.number} stands on invoice {number}; void that first: boundary invoice void {number}"
            )

    def _decide(
        self,
        charge: ChargeRecord,
        kind: DecisionKind,
        to: ChargeState,
        *,
        reason: str = "",
        **changes: object,
    ) -> ChargeRecord:
        """Record the decision in one transaction."""
        at = self.now()
        with self.store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
            decided = transaction.decide_charge(
                charge, kind, to, at, made_by=self.made_by, reason=without_addresses(reason), **changes
            )
        if not decided:
            raise UsageProblem(f"charge {charge.number} moved meanwhile; look again")
        return self._after(charge.number)

    def _after(self, number: int) -> ChargeRecord:
        """The charge as it is now."""
        charge = self.store.charge(number)
        if charge is None:
            raise UsageProblem(f"there is no charge {number}")
        return charge

    def _changed_amount(self, charge: ChargeRecord, seconds: int | None, minor: int | None) -> Amount:
        """The amount of fewer minutes, or the one that was given."""
        policies = self.store.fee_policies()
        policy = next(policy for policy in policies if policy.version == charge.policy_version)
        if minor is not None:
            return with_tax(minor, policy.tax)
        tariff = next(tariff for tariff in policy.tariffs if tariff.name == charge.fee)
        terms = self.store.fee_terms(charge.client_id).get(charge.client_id)
        session = terms.session_fee if terms else None
        problem = session_fee_problem(tariff.price, session, policy.currency)
        if problem is not None:
            raise UsageProblem(f"of the price of charge {charge.number}: {problem}; allowed: --amount")
        found = amount_of(tariff.price, charge.seconds if seconds is None else seconds, session)
        return with_tax(found if tariff.at_most is None else min(found, tariff.at_most), policy.tax)
