"""The page on which availability is published: what it says, and what it never says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.core.availability import Window
from boundary_plugins.data.page_words import page_words
from boundary_plugins.ports import PublishedPractice
from boundary_plugins.rendering.page import is_page, page_made_at, write_page
from builders_publication import published
from rendering.reading_pages import read

#: Tuesday 24 November 2026, 9:12 in New York, in contact hours.
TUESDAY = datetime(2026, 11, 24, 14, 12, tzinfo=UTC)
#: The same evening.
EVENING = datetime(2026, 11, 25, 1, tzinfo=UTC)
BERLIN = PublishedPractice("Praxis am Hafen", "de", "DE")


def test_the_page_tells_the_day_its_week_and_the_next() -> None:
    page = read(write_page(published(EVENING)))

    assert [
        *("Quiet Harbor", "Contact hours"),
        *("Tuesday, November 24, 2026", "9:00 AM – 12:30 PM", "1:30 PM – 5:00 PM"),
        *("Next opening", "Wednesday, November 25 at 9:00 AM"),
        "Nov 25 – 29, 2026",
        *("Wednesday, November 25", "9:00 AM – 12:30 PM", "1:30 PM – 5:00 PM"),
        *("Thursday, November 26", "Closed"),
        *("Friday, November 27", "9:00 AM – 12:00 PM"),
        *("Saturday, November 28", "Closed", "Sunday, November 29", "Closed"),
        "Nov 30 – Dec 6, 2026",
    ] == page.lines[:20]


def test_in_contact_hours_it_tells_their_end_and_the_opening_after_it() -> None:
    page = read(write_page(published(TUESDAY)))

    assert [
        "Open until 12:30 PM",
        "Next opening after that",
        "Tuesday, November 24 at 1:30 PM",
    ] == page.lines[5:8]


def test_at_the_foot_it_says_when_it_was_made_and_what_to_do_if_something_cannot_wait() -> None:
    page = read(write_page(published(TUESDAY)))

    assert [
        "All times are New York time. As of Tuesday, November 24, 2026 at 9:12 AM.",
        "Messages are not monitored.",
        "If something cannot wait: call your local emergency number ( 911 in the USA), or call or text 988 "
        "at any hour.",
    ] == page.lines[-3:]
    assert {"tel:911", "tel:988"} <= {each.get("href", "") for each in page.root.iterfind(".//a")}


def test_no_word_is_wrong_on_a_page_that_is_read_late() -> None:
    """Each day has its date, and nothing is told of the reader's own time."""
    page = read(write_page(published(TUESDAY), holidays=True))

    assert not re.search(r"\b(today|tomorrow|now|this week|next week)\b", " ".join(page.lines), re.IGNORECASE)


def test_it_asks_for_nothing_else_and_runs_nothing() -> None:
    """No script, and no address but those of schema.org, which nobody fetches."""
    page = write_page(published(TUESDAY)).decode()

    assert not re.search(r"<script|<img|<iframe|@import|url\(|\bsrc=|\bon\w+=", page)
    assert {"schema.org"} == set(re.findall(r"https?://([^/\"]+)", page))


@pytest.mark.parametrize("language", sorted(page_words()))
def test_each_language_has_its_own_words_and_dates(language: str) -> None:
    page = read(write_page(published(EVENING), language=language))

    assert page.root.get("lang", "").startswith(language)
    assert page_words()[language].title == page.lines[1]
    assert {"en": "Tuesday", "es": "Martes", "fr": "Mardi", "de": "Dienstag"}[language] in page.lines[2]
    assert not re.search(r"[{}]", " ".join(page.lines))


def test_the_languages_are_the_four_of_the_texts() -> None:
    assert {"de", "en", "es", "fr"} == set(page_words())


@pytest.mark.parametrize("tag, title", [("de-CH", "Erreichbarkeit"), ("it", "Contact hours")])
def test_without_a_setting_the_practices_language_counts(tag: str, title: str) -> None:
    """English, where there are no words in it."""
    practice = PublishedPractice("Quiet Harbor", tag, "CH")

    page = read(write_page(published(TUESDAY, zone="Europe/Zurich", practice=practice)))

    assert title == page.lines[1]


def test_words_of_another_language_within_a_page_are_marked_as_such() -> None:
    """A screen reader then speaks them rightly; here the name of a holiday that has no Spanish one."""
    page = read(write_page(published(TUESDAY), language="es", holidays=True))

    marked = page.root.findall(".//*[@class='holiday']")

    assert [("en", "Thanksgiving Day")] == [(each.get("lang"), each.text) for each in marked]


def test_holidays_are_named_only_where_the_therapist_says_so() -> None:
    publication = published(TUESDAY)

    assert b"Thanksgiving" not in write_page(publication)
    assert "Thanksgiving Day" in read(write_page(publication, holidays=True)).lines


def test_a_holiday_is_named_in_the_language_of_the_page() -> None:
    christmas = datetime(2026, 12, 22, 12, tzinfo=UTC)
    publication = published(christmas, zone="Europe/Berlin", practice=BERLIN)

    assert "Erster Weihnachtstag" in read(write_page(publication, holidays=True)).lines
    assert "Christmas Day" in read(write_page(publication, holidays=True, language="en")).lines


def test_a_holiday_on_which_it_is_open_is_not_named() -> None:
    """Whoever opens on Thanksgiving is not closed for it."""
    exception = DatedHours(date(2026, 11, 26), date(2026, 11, 26), "10:00-12:00")

    page = read(write_page(published(TUESDAY, exceptions=(exception,)), holidays=True))

    assert [("10:00", "12:00")] == page.hours_on("2026-11-26")
    assert "Thanksgiving Day" not in page.lines


def test_why_it_is_closed_is_not_told() -> None:
    """Whatever closes, the page is the same: an absence, a holiday, a hand."""
    publication = published(TUESDAY)
    disguised = tuple(
        Window(window.interval, window.is_open, ("private matter",), window.busy_type)
        for window in publication.windows
    )

    assert write_page(publication) == write_page(replace(publication, windows=disguised))


def test_a_closed_week_is_closed_on_each_of_its_days() -> None:
    closed = DatedHours(date(2026, 11, 25), date(2026, 12, 6), "closed")

    page = read(write_page(published(EVENING, exceptions=(closed,))))

    assert 12 == page.lines.count("Closed")
    assert "Monday, December 7 at 9:00 AM" in page.lines


def test_where_no_opening_is_known_the_page_says_up_to_which_day() -> None:
    closed = DatedHours(date(2026, 11, 1), date(2027, 12, 31), "closed")

    page = read(write_page(published(TUESDAY, exceptions=(closed,))))

    assert ["Next opening", "none up to Monday, January 18, 2027"] == page.lines[4:6]


def test_an_opening_in_another_year_has_its_year() -> None:
    closed = DatedHours(date(2026, 11, 1), date(2027, 1, 3), "closed")

    page = read(write_page(published(TUESDAY, exceptions=(closed,))))

    assert "Monday, January 4, 2027 at 9:00 AM" in page.lines


def test_a_window_over_midnight_is_open_on_both_of_its_days() -> None:
    page = read(write_page(published(TUESDAY, "fri 22:00-02:00")))

    assert [("22:00", "00:00")] == page.hours_on("2026-11-27")
    assert [("00:00", "02:00")] == page.hours_on("2026-11-28")
    assert {"10:00 PM – midnight", "midnight – 2:00 AM"} <= set(page.lines)


def test_after_midnight_the_end_of_a_window_is_that_of_its_second_day() -> None:
    """Saturday 0:30, while Friday's window lasts."""
    page = read(write_page(published(datetime(2026, 11, 28, 5, 30, tzinfo=UTC), "fri 22:00-02:00")))

    assert ["midnight – 2:00 AM", "Open until 2:00 AM", "Next opening after that"] == page.lines[3:6]


def test_before_midnight_the_end_has_its_day() -> None:
    page = read(write_page(published(datetime(2026, 11, 28, 4, tzinfo=UTC), "fri 22:00-02:00")))

    assert "Open until Saturday, November 28 at 2:00 AM" in page.lines


def test_a_whole_day_is_open_all_day() -> None:
    page = read(write_page(published(TUESDAY, "tue 00:00-24:00")))

    assert [("00:00", "23:59")] == page.hours_on("2026-12-01")
    assert ["Open all day", "Open until midnight"] == page.lines[3:5]


@pytest.mark.parametrize(
    ("at", "day", "says"),
    [
        # The clocks go back in the night to Sunday 1 November, and forward in the night to 14 March.
        (datetime(2026, 10, 30, 18, tzinfo=UTC), "2026-11-01", "midnight (GMT-04:00) – 6:00 AM (GMT-05:00)"),
        (datetime(2027, 3, 12, 18, tzinfo=UTC), "2027-03-14", "midnight (GMT-05:00) – 6:00 AM (GMT-04:00)"),
    ],
)
def test_on_a_change_night_the_times_say_which_clock_they_mean(at: datetime, day: str, says: str) -> None:
    page = read(write_page(published(at, "sat 22:00-06:00")))

    assert [("00:00", "06:00")] == page.hours_on(day)
    assert says in page.lines
    assert "midnight – 6:00 AM" in page.lines


@pytest.mark.parametrize(
    "at, says",
    [
        (datetime(2026, 10, 31, 18, tzinfo=UTC), "Monday, November 2 at 9:00 AM"),
        (datetime(2027, 3, 13, 18, tzinfo=UTC), "Monday, March 15 at 9:00 AM"),
    ],
)
def test_the_hours_after_a_change_night_are_those_of_the_clock(at: datetime, says: str) -> None:
    """Neither an hour early nor late."""
    page = read(write_page(published(at)))

    assert says in page.lines


def test_schema_org_knows_a_closed_day_by_its_missing_opening() -> None:
    """The place is open if the opens property is specified, and closed otherwise (OpeningHoursSpecification)."""
    page = read(write_page(published(EVENING)))

    thanksgiving = next(each for each in page.opening_hours if each["validFrom"] == "2026-11-26")

    assert {
        "dayOfWeek": "https://schema.org/Thursday",
        "validFrom": "2026-11-26",
        "validThrough": "2026-11-26",
    } == thanksgiving
    assert [("09:00", "12:30"), ("13:30", "17:00")] == page.hours_on("2026-11-24")


@pytest.mark.parametrize(
    "name", ['<script>alert("x")</script>', "Berg & Tal", '"><img src=x>', "{{ 7 * 7 }}"]
)
def test_the_practices_name_is_words_and_nothing_else(name: str) -> None:
    practice = PublishedPractice(name, "en", "US")

    page = read(write_page(published(TUESDAY, practice=practice)))

    assert " ".join(name.split()) == page.lines[0]
    assert [] == page.root.findall(".//script") + page.root.findall(".//img")
    assert f"Contact hours – {name}" == page.root.findtext(".//title")


def test_the_page_is_the_same_until_something_of_it_changes() -> None:
    """An hour later in the same window, but for the instant of making."""
    later = published(datetime(2026, 11, 24, 15, 12, tzinfo=UTC))

    first = write_page(published(TUESDAY))

    assert first == write_page(later, made_at=page_made_at(first))
    assert first != write_page(later)


def test_the_page_knows_itself_and_its_age() -> None:
    page = write_page(published(TUESDAY))

    assert is_page(page)
    assert not is_page(b"<!DOCTYPE html>\n<title>My own page</title>\n")
    assert page_made_at(page) == TUESDAY


@pytest.mark.parametrize("wrong", [b"", b"2026-11-24", b"yesterday", b"2026-11-24T14:12:00", b"\xff"])
def test_an_age_that_cannot_be_meant_is_none(wrong: bytes) -> None:
    page = b'<meta name="date" content="' + wrong + b'">'

    assert page_made_at(page) is None


def test_a_week_of_which_not_all_is_known_is_not_told() -> None:
    """With one week published, from Tuesday to Monday, only the days to Sunday are there."""
    page = read(write_page(published(TUESDAY, weeks=1)))

    assert "Sunday, November 29" in page.lines
    assert "Monday, November 30" not in page.lines


def test_on_a_sunday_the_rest_of_the_week_is_left_out() -> None:
    page = read(write_page(published(datetime(2026, 11, 29, 18, tzinfo=UTC))))

    assert ["Sunday, November 29, 2026", "Closed", "Next opening"] == page.lines[2:5]
    assert "Nov 30 – Dec 6, 2026" == page.lines[6]
