"""Days, weeks and months in the practice's zone, on both change nights and at the edges of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.fees.period import Period, local_day, period_end, period_key

#: Change at two, at midnight, by half an hour, and a whole day that was left out (Samoa, 30 December 2011).
ZONES = ["America/New_York", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        # Either side of midnight in New York, in winter and in summer.
        ("America/New_York", datetime(2026, 1, 6, 4, 59, tzinfo=UTC), date(2026, 1, 5)),
        ("America/New_York", datetime(2026, 1, 6, 5, tzinfo=UTC), date(2026, 1, 6)),
        ("America/New_York", datetime(2026, 7, 6, 3, 59, tzinfo=UTC), date(2026, 7, 5)),
        ("America/New_York", datetime(2026, 7, 6, 4, tzinfo=UTC), date(2026, 7, 6)),
        # The last minute of the day of the spring change, and of the day of the autumn change.
        ("America/New_York", datetime(2026, 3, 9, 3, 59, tzinfo=UTC), date(2026, 3, 8)),
        ("America/New_York", datetime(2026, 11, 2, 4, 59, tzinfo=UTC), date(2026, 11, 1)),
        # East of Greenwich it is tomorrow already.
        ("Pacific/Auckland", datetime(2026, 1, 5, 12, tzinfo=UTC), date(2026, 1, 6)),
    ],
)
def test_a_day_is_the_practices_own(zone: str, at: datetime, day: date) -> None:
    assert day == local_day(at, zone)


@pytest.mark.parametrize(
    ("period", "day", "key"),
    [
        (Period.CONTACT, date(2026, 11, 24), "contact 17"),
        (Period.DAY, date(2026, 11, 24), "2026-11-24"),
        (Period.WEEK, date(2026, 11, 24), "2026-W48"),
        (Period.MONTH, date(2026, 11, 24), "2026-11"),
        # A week belongs to the year that most of it lies in (ISO 8601).
        (Period.WEEK, date(2027, 1, 1), "2026-W53"),
        (Period.WEEK, date(2025, 12, 29), "2026-W01"),
    ],
)
def test_a_period_has_a_key(period: Period, day: date, key: str) -> None:
    assert key == period_key(period, 17, day)


@pytest.mark.parametrize(
    ("period", "day", "end"),
    [
        # The day of the spring change has 23 hours, that of the autumn change 25.
        (Period.DAY, date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (Period.DAY, date(2026, 11, 1), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        # Sunday is a week's last day, Monday its first.
        (Period.WEEK, date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (Period.WEEK, date(2026, 3, 9), datetime(2026, 3, 16, 4, tzinfo=UTC)),
        # Months of 28 and 31 days, and the year's last.
        (Period.MONTH, date(2026, 2, 28), datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (Period.MONTH, date(2026, 10, 31), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (Period.MONTH, date(2026, 12, 1), datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_period_ends_when_the_next_begins(period: Period, day: date, end: datetime) -> None:
    assert end == period_end(period, day, "America/New_York")


def test_a_contact_by_itself_is_over_at_once() -> None:
    assert period_end(Period.CONTACT, date(2026, 11, 24), "UTC") is None


@given(
    st.datetimes(datetime(2011, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]),
)
def test_the_end_is_the_first_instant_of_another_period(at: datetime, zone: str, period: Period) -> None:
    day = local_day(at, zone)
    end = period_end(period, day, zone)

    assert end is not None
    assert at < end
    last_day = local_day(end - timedelta(microseconds=1), zone)
    assert period_key(period, 1, day) == period_key(period, 1, last_day)
    assert period_key(period, 1, day) != period_key(period, 1, local_day(end, zone))
