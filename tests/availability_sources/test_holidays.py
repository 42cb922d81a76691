"""Public holidays: which days, under which names, and what is refused."""

import os
from datetime import date
from unittest import mock

import pytest

from boundary_plugins.availability_sources import holidays
from boundary_plugins.availability_sources.holidays import check_holidays, holiday_rules, public_holidays


def sources(region: str, subdivision: str | None, year: int, *work_on: str) -> dict[date, str]:
    """The source of each closed day of a year."""
    rules = holiday_rules(region, subdivision, work_on, date(year, 1, 1), date(year, 12, 31))
    return {day: rule.source for day, rule in rules.items()}


@pytest.mark.parametrize(
    ("region", "subdivision", "day", "source"),
    [
        ("US", "NY", date(2026, 9, 7), "holiday: Labor Day"),
        # Moved from a weekend: both days are closed, the observed one is named so.
        ("US", None, date(2026, 7, 3), "holiday: Independence Day (observed)"),
        ("US", None, date(2026, 7, 4), "holiday: Independence Day"),
        # Two holidays on one day.
        ("US", "NY", date(2027, 2, 15), "holiday: Susan B. Anthony Day, Washington's Birthday"),
        # In a part of a country only; movable ones; names in English.
        ("DE", "BE", date(2026, 3, 8), "holiday: Women's Day"),
        ("DE", "BE", date(2026, 4, 6), "holiday: Easter Monday"),
        ("AU", "NSW", date(2026, 1, 26), "holiday: Australia Day"),
    ],
)
def test_a_holiday_closes_its_day_under_its_name(
    region: str, subdivision: str | None, day: date, source: str
) -> None:
    found = sources(region, subdivision, day.year)

    assert source == found[day]


def test_a_holiday_of_one_part_of_a_country_is_an_ordinary_day_in_another() -> None:
    found = sources("DE", "BY", 2026)

    assert date(2026, 3, 8) not in found


def test_without_a_region_no_holiday_is_kept() -> None:
    rules = holiday_rules(None, None, (), date(2026, 1, 1), date(2026, 12, 31))

    assert {} == rules


@pytest.mark.parametrize(
    ("region", "work_on", "day"),
    [
        ("US", "Columbus Day", date(2026, 10, 12)),
        # Capitals make no difference, nor does the apostrophe that a phone types.
        ("US", "columbus day", date(2026, 10, 12)),
        ("US", "Washington\u2019s Birthday", date(2026, 2, 16)),
        # The name means the observed day too.
        ("US", "Independence Day", date(2026, 7, 3)),
        # In the region's own language, and in English.
        ("DE", "Erster Mai", date(2026, 5, 1)),
        ("DE", "Labor Day", date(2026, 5, 1)),
    ],
)
def test_a_holiday_that_one_works_on_is_an_ordinary_day(region: str, work_on: str, day: date) -> None:
    kept, without = sources(region, None, day.year), sources(region, None, day.year, work_on)

    assert day in kept
    assert day not in without


def test_a_day_stays_closed_while_one_of_its_holidays_is_kept() -> None:
    found = sources("US", "NY", 2027, "Susan B. Anthony Day")

    assert "holiday: Washington's Birthday" == found[date(2027, 2, 15)]


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "en_US.UTF-8", "C"])
def test_names_do_not_depend_on_the_language_of_the_process(language: str) -> None:
    holidays._named_days.cache_clear()
    with mock.patch.dict(os.environ, {"LANG": language, "LC_ALL": language, "LANGUAGE": language}):
        found = sources("DE", None, 2026)

    assert "holiday: Labor Day" == found[date(2026, 5, 1)]


@pytest.mark.parametrize(
    ("region", "subdivision", "work_on", "sentence"),
    [
        ("XX", None, (), 'no holidays are known for "XX"'),
        ("US", "QQ", (), '"QQ" is not a part of US'),
        # A part of another country.
        ("DE", "NY", (), "allowed: BB, BE"),
        ("US", "NY", ("Columbus",), 'did you mean "Columbus Day"?'),
        ("US", None, ("Zzz",), "allowed: Christmas Day"),
        (None, "NY", (), "need a region"),
        (None, None, ("Columbus Day",), "need a region"),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_allowed(
    region: str | None, subdivision: str | None, work_on: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(ValueError, match="allowed: ") as refusal:
        check_holidays(region, subdivision, work_on)

    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("region", "subdivision", "work_on"),
    [
        ("US", "NY", ("Columbus Day", "lincoln's birthday")),
        ("DE", "BE", ("Erster Mai", "Labor Day")),
        ("US", "", ()),
        (None, None, ()),
    ],
)
def test_what_is_known_passes(region: str | None, subdivision: str | None, work_on: tuple[str, ...]) -> None:
    check_holidays(region, subdivision, work_on)


def named(region: str, subdivision: str | None, *work_on: str) -> dict[date, dict[str, str]]:
    """The public holidays of December 2026 and January 2027, by day and language."""
    first, last = date(2026, 12, 1), date(2027, 1, 31)
    return {
        holiday.day: dict(holiday.names)
        for holiday in public_holidays(region, subdivision, work_on, first, last)
    }


@pytest.mark.parametrize(
    ("region", "language", "name"),
    [
        # The region's own, English, and another language of the region.
        ("DE", "de", "Erster Weihnachtstag"),
        ("DE", "en", "Christmas Day"),
        ("CH", "fr", "Noël"),
        ("ES", "es", "Natividad del Señor"),
        ("GB", "en", "Christmas Day"),
    ],
)
def test_a_public_holiday_is_known_by_its_name_in_each_language(
    region: str, language: str, name: str
) -> None:
    assert name == named(region, None)[date(2026, 12, 25)][language]


def test_the_public_holidays_are_the_days_that_are_closed() -> None:
    """And in their order; the ones that are ordinary days are not among them."""
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    work_on = ("Columbus Day", "Election Day")

    days = [holiday.day for holiday in public_holidays("US", "NY", work_on, first, last)]

    assert sorted(holiday_rules("US", "NY", work_on, first, last)) == days


def test_of_two_holidays_on_a_day_only_the_one_that_is_kept_is_named() -> None:
    found = public_holidays("US", "NY", ("Susan B. Anthony Day",), date(2027, 2, 15), date(2027, 2, 15))

    assert ["Washington's Birthday"] == [dict(holiday.names)["en"] for holiday in found]


def test_without_a_region_there_is_no_public_holiday() -> None:
    assert () == public_holidays(None, None, (), date(2026, 1, 1), date(2026, 12, 31))


def test_english_is_that_of_the_region() -> None:
    """In Canada it is Labour Day."""
    found = public_holidays("CA", None, (), date(2026, 9, 7), date(2026, 9, 7))

    assert ["Labour Day"] == [dict(holiday.names)["en"] for holiday in found]
