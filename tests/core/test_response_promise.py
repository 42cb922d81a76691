"""A promise from the response that made it: from when it is due, and when it is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.core.response_promise import Promise, PromiseState, promise_of

CAME = datetime(2026, 11, 21, 1, tzinfo=UTC)
# Monday 23 November 2026, 9:00 in New York.
OPENING = datetime(2026, 11, 23, 14, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
MOMENT = timedelta(microseconds=1)
FACTS = ResponseFacts(
    wording=Wording.DISCREET,
    next_opening_at=OPENING,
    promised_by=None,
    promises_next_opening=True,
    zone="Asia/Tokyo",
    practice_zone="America/New_York",
    language="en",
    region="US",
    discreet=True,
)


def promised(facts: ResponseFacts) -> Promise | None:
    """The promise of a response to contact 41."""
    return promise_of(facts, "AB", 41, CAME, CAME + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("facts", "due_by", "names_day"),
    [
        # The next opening: its day, by the practice's clock.
        (FACTS, MONDAY, False),
        # Business days: the day that was named.
        (replace(FACTS, promises_next_opening=False, promised_by=TUESDAY), TUESDAY, True),
    ],
)
def test_an_answer_is_due_from_the_next_opening_on(
    facts: ResponseFacts, due_by: date, names_day: bool
) -> None:
    promise = promised(facts)

    assert promise is not None
    assert (OPENING, due_by, "America/New_York", names_day) == (
        *(promise.due_at, promise.due_by, promise.zone, promise.names_day),
    )


@pytest.mark.parametrize(
    "facts",
    [
        # No opening is in sight, so that none can be promised.
        replace(FACTS, next_opening_at=None),
        # The practice promises nothing.
        replace(FACTS, promises_next_opening=False),
        # The resources, first or alone.
        replace(FACTS, wording=Wording.CRISIS),
        replace(FACTS, wording=Wording.RESOURCES_ONLY, promised_by=TUESDAY),
    ],
)
def test_such_a_response_promises_nothing(facts: ResponseFacts) -> None:
    assert None is promised(facts)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (OPENING - MOMENT, PromiseState.AHEAD),
        (OPENING, PromiseState.DUE),
        # Midnight in New York.
        (datetime(2026, 11, 24, 5, tzinfo=UTC) - MOMENT, PromiseState.DUE),
        (datetime(2026, 11, 24, 5, tzinfo=UTC), PromiseState.LATE),
    ],
)
def test_it_is_late_when_its_day_is_over_at_the_practice(at: datetime, state: PromiseState) -> None:
    promise = promised(FACTS)

    assert promise is not None
    assert state is promise.state_at(at)
