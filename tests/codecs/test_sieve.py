"""A script of Sieve as text: what it asks for, what it says, and how it is known again."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.codecs.sieve import (
    SIEVE_USED,
    is_sieve_script,
    is_unchanged_sieve_script,
    sieve_answers,
    write_sieve,
)
from boundary_plugins.codecs.sieve_machines import machine_tests
from boundary_plugins.codecs.sieve_text import glob, multi_line, quoted
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.suppression import MESSAGE_RULES
from boundary_plugins.ports import OrdinaryWeek, Publication, WindowResponse
from boundary_plugins.testing.benches import at, hours, invented_publication, invented_responses
from builders_sieve import OWN, policy_in, publication_of, timetable_of, utc
from servers.pigeonhole import Pigeonhole, Run

WRITTEN_AT = utc(2026, 11, 24, 15)
MAIL = b"From: ab@example.org\nTo: therapist@example.com\nSubject: A question\n\nHello.\n"


def night(*texts: str) -> Publication:
    """Nights that are answered with these texts, one after the other."""
    nights = [
        WindowResponse(
            hours(day * 24 + 17, day * 24 + 33), hours(day * 24 + 17, day * 24 + 30), "Reply", text
        )
        for day, text in enumerate(texts)
    ]
    return replace(invented_publication(), responses=tuple(nights))


def practice(language: str = "en", weekly: str = "mon-fri 09:00-17:00") -> Publication:
    """What a practice in New York is published with."""
    zone = "America/New_York"
    timetable = timetable_of(HoursSettings(zone, weekly), WRITTEN_AT)
    return publication_of(timetable, policy_in(zone, language), WRITTEN_AT)


def test_the_script_says_the_same_whenever_it_is_made() -> None:
    """What is published decides alone."""
    later = replace(practice(), as_of=WRITTEN_AT + timedelta(hours=1))

    assert write_sieve(practice()) == write_sieve(later)


@pytest.mark.parametrize("extensions", [(), SIEVE_USED, ("mime", "fileinto", "date")])
def test_require_names_exactly_what_is_used(extensions: tuple[str, ...]) -> None:
    """RFC 5228, section 3.2."""
    script = write_sieve(practice(), extensions)

    required = set(re.findall(r'"([^"]+)"', re.findall(r"^require \[(.*)\];$", script, re.MULTILINE)[0]))
    always = {"date", "envelope", "relational", "vacation", "variables"}
    assert always | (set(extensions) & set(SIEVE_USED)) == required
    assert (":seconds 604800" in script) == ("vacation-seconds" in extensions)
    assert (":days 7" in script) == ("vacation-seconds" not in extensions)


def test_a_script_is_known_again_and_so_is_a_change_in_it() -> None:
    """Whatever the ends of its lines have become on the server."""
    script = write_sieve(practice())
    changed = script.replace("It has arrived.", "It has come.")

    assert all(map(is_unchanged_sieve_script, (script, script.replace("\n", "\r\n"), script.rstrip("\n"))))
    assert (True, False) == (is_sieve_script(changed), is_unchanged_sieve_script(changed))
    assert not is_sieve_script('require "vacation";\nvacation "Away.";\n')
    assert sieve_answers(changed, hours(0, 24)) is None


def test_when_it_answers_is_read_back_from_it() -> None:
    """What is dated, and after it each week but where something else is dated."""
    week = OrdinaryWeek(
        responses=(practice().week.responses[2],),
        except_during=(Interval(utc(2026, 3, 4, 17), utc(2026, 3, 5, 7)),),
    )
    publication = replace(invented_publication(), responses=invented_responses(), week=week)

    answered = sieve_answers(write_sieve(publication), Interval(utc(2026, 3, 2), utc(2026, 3, 18)))

    dated = tuple(each.interval for each in publication.responses)
    assert (*dated, Interval(utc(2026, 3, 11, 17), utc(2026, 3, 12, 6, 0, 1))) == answered


def test_no_closed_window_makes_a_script_that_does_nothing(pigeonhole: Pigeonhole) -> None:
    """It is a script all the same."""
    script = write_sieve(invented_publication())

    assert [None] == pigeonhole.answers(script, [Run(at(20), MAIL, "ab@example.org", OWN)])
    assert "require" not in script


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.\n\nI am back at 9.\n",
        # What a script would read as its own.
        'Say "hello" \\ or \\" and ${now} and ${dollar} and $ {x}.\n.\n..\n.hidden\ntext:\n# no comment\n',
        "Grüße, ça va, ¿qué tal? ☂ 中文\n\n- one\n- two\n",
    ],
)
def test_every_text_arrives_as_it_is(pigeonhole: Pigeonhole, text: str) -> None:
    """Also the part of it that others do not share."""
    script = write_sieve(night(text, "Thank you.\n\nSomething else.\n"))

    (answer,) = pigeonhole.answers(script, [Run(at(20), MAIL, "ab@example.org", OWN)])

    assert answer is not None
    head, _, body = answer.text.partition("\n\n")
    assert "Content-Type: text/plain; charset=utf-8" in head
    assert text.rstrip("\n") == body.rstrip("\n")


@pytest.mark.parametrize(
    "language, subject, dated, weekly",
    [
        (
            "en",
            "Automatic reply",
            "Wednesday, November 25 at 9:00 AM",
            "on Wednesday at 9:00 AM (New York time)",
        ),
        ("de", "Automatische Antwort", "Mittwoch, 25. November", "am Mittwoch, um 09:00\u00a0Uhr"),
        ("es", "Respuesta automática", "miércoles 25 de noviembre", "el miércoles a las 9:00"),
        ("fr", "Réponse automatique", "mercredi 25 novembre", "le mercredi à 9\u00a0h"),
    ],
)
def test_the_next_opening_is_named_by_its_date_and_later_by_its_weekday(
    pigeonhole: Pigeonhole, language: str, subject: str, dated: str, weekly: str
) -> None:
    """With the crisis resources in each, in the practice's language."""
    script = write_sieve(practice(language))
    runs = [Run(moment, MAIL, "ab@example.org", OWN) for moment in (utc(2026, 11, 25, 1), utc(2028, 3, 1, 1))]

    now, later = pigeonhole.answers(script, runs)

    assert now is not None
    assert later is not None
    assert (subject, subject) == (now.facts["subject"], later.facts["subject"])
    assert dated in now.text
    assert weekly in later.text
    assert all(("112" if language != "en" else "988") in answer.text for answer in (now, later))


def test_a_practice_that_is_never_open_answers_once_a_week(pigeonhole: Pigeonhole) -> None:
    """Without an opening that could be named."""
    script = write_sieve(practice(weekly="closed"))
    runs = [Run(utc(2028, 3, day, 12), MAIL, "ab@example.org", OWN) for day in (5, 11, 12)]

    answers = pigeonhole.answers(script, runs)

    handles = [answer.facts["handle"] for answer in answers if answer is not None]
    assert 3 == len(handles)
    assert all("when I am back" in answer.text for answer in answers if answer is not None)


def test_what_a_script_can_see_of_the_table_is_all_in_it() -> None:
    """And what it cannot is the server's own matter: no header block at all."""
    seen = {rule for rule, _ in machine_tests((OWN,), SIEVE_USED)}

    assert {rule.id for rule in MESSAGE_RULES} - seen == {"unparsable"}


def test_strings_are_written_so_that_they_mean_themselves() -> None:
    """RFC 5228, sections 2.4.2 and 2.7.1."""
    assert '"a\\"b\\\\c"' == quoted('a"b\\c')
    assert "\\*\\?\\\\" == glob("*?\\")
    assert "text:\n..\n..a\nb\n." == multi_line(".\n.a\nb\n")
