"""The contract of the port `Biller`: post once, find by key, take back once.

A stranger's test inherits `BillerContract` and gives the fixture `bench`.
"""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.fees.price import Amount, Currency, Tax
from boundary_plugins.errors import ProviderError, RateLimited, Refused, Unavailable
from boundary_plugins.ports import Biller, ChargeLine


class BillerBench(ABC):
    """A biller with the books behind it, in a test's hands. `can_find` False: it can only say UNKNOWN."""

    biller: Biller
    can_find = True

    @abstractmethod
    def balance(self, client_id: str) -> int:
        """What a client owes by the books, in minor units, tax included."""

    @abstractmethod
    def lines(self) -> int:
        """How many lines the books have."""

    @abstractmethod
    def fail_next(self, kind: type[ProviderError]) -> bool:
        """Make the books fail once in a way that means `kind`; False where they never can."""


def invented_line(number: int = 1, *, gross: int = 1250, client_id: str = "AB") -> ChargeLine:
    """A line that nobody owes."""
    tax = Tax("VAT", 19_000, included=True)
    taxed = gross * 19 // 119
    return ChargeLine(
        key=f"{number:032x}",
        client_id=client_id,
        fee="messages",
        policy_version="2026-1",
        first_on=date(2026, 3, 2),
        last_on=date(2026, 3, 2),
        channels=(Channel.EMAIL,),
        seconds=720,
        amount=Amount(gross - taxed, taxed),
        currency=Currency("USD"),
        tax=tax,
    )


def counter_of(line: ChargeLine) -> ChargeLine:
    """The line that takes another back."""
    return replace(line, key=f"{line.key}-void", amount=line.amount.reversed())


class BillerContract(ABC):
    """The contract of the port `Biller`."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> BillerBench:
        """A biller with empty books."""

    def test_a_line_is_posted_to_the_minor_unit(self, bench: BillerBench) -> None:
        """Tax included."""
        reference = bench.biller.post(invented_line(gross=1251))

        assert isinstance(reference, str)
        assert reference
        assert bench.balance("AB") == 1251

    def test_the_same_key_is_posted_once(self, bench: BillerBench) -> None:
        """And gives the same reference."""
        references = {bench.biller.post(invented_line()) for _ in range(3)}

        assert len(references) == 1
        assert (bench.lines(), bench.balance("AB")) == (1, 1250)

    def test_other_keys_are_other_lines(self, bench: BillerBench) -> None:
        """Also where everything else is alike."""
        references = {bench.biller.post(invented_line(number)) for number in (1, 2, 3)}

        assert len(references) == 3
        assert bench.balance("AB") == 3750

    def test_what_was_posted_is_found_by_its_key(self, bench: BillerBench) -> None:
        """What was not is None, and never a guess."""
        reference = bench.biller.post(invented_line(1))

        found = (bench.biller.find(invented_line(1).key), bench.biller.find(invented_line(2).key))

        assert found == ((reference, None) if bench.can_find else (UNKNOWN, UNKNOWN))

    def test_what_is_taken_back_is_countered_once(self, bench: BillerBench) -> None:
        """Nothing is owed then, and both lines stand."""
        reference = bench.biller.post(invented_line())

        counters = {bench.biller.void(reference, counter_of(invented_line())) for _ in range(2)}

        assert len(counters) == 1
        assert reference not in counters
        assert (bench.lines(), bench.balance("AB")) == (2, 0)

    def test_clients_are_kept_apart(self, bench: BillerBench) -> None:
        """Nobody pays for another."""
        bench.biller.post(invented_line(1, gross=500))
        bench.biller.post(invented_line(2, gross=700, client_id="CD"))

        assert (bench.balance("AB"), bench.balance("CD")) == (500, 700)

    @pytest.mark.parametrize("kind", [Unavailable, RateLimited, Refused])
    def test_what_failed_was_not_posted_and_can_be_tried_again(
        self, bench: BillerBench, kind: type[ProviderError]
    ) -> None:
        """These errors mean that nothing was done."""
        if bench.fail_next(kind):
            with pytest.raises(kind):
                bench.biller.post(invented_line())
            assert bench.lines() == 0

        bench.biller.post(invented_line())

        assert bench.lines() == 1

    def test_closing_twice_is_no_error(self, bench: BillerBench) -> None:
        """As a daemon that drains may do."""
        bench.biller.close()
        bench.biller.close()
