"""Pigeonhole itself runs the script at many instants and on the corpus, and must say what the core says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.fixed_offsets import offsets_of
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.codecs.mime import read_message
from boundary_plugins.codecs.sieve import sieve_answers, write_sieve
from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.core.decision import Classification, decide
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.headers import is_address
from boundary_plugins.core.history import History
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import SubjectMessage, reverse_path_of
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.daemon.timetable import ServedCalendar
from boundary_plugins.data import platform_domains
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.store.records import AvailabilityChange, ChangeKind
from boundary_plugins.testing.doubles import MemoryCalendar
from builders import message
from builders_sieve import OWN, policy_in, publication_of, timetable_of, utc
from servers.pigeonhole import Pigeonhole, Run, Vacation

CORPUS = Path(__file__).parent.parent / "corpus"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WEEKLY = "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00; sun 03:30-05:00"
#: Whose whole Saturday is between two openings, and whose last night goes over midnight.
LATE = "mon 22:00-02:00; thu 10:00-18:00; fri 22:00-24:00"
PLAIN = b"From: ab@example.org\nTo: therapist@example.com\nSubject: A question\n\nHello.\n"
NO_CRISIS = Classification(CrisisPhrases(()))


@dataclass(frozen=True, slots=True)
class Case:
    """A practice somewhere, when its script was written, and the days whose windows are looked at."""

    zone: str
    weekly: str
    written_at: datetime
    days: tuple[date, ...]
    region: str | None = None
    beyond: tuple[datetime, ...] = ()


CASES = {
    # Both nights of the clocks, one of them beyond the horizon; Thanksgiving; the season; a week far beyond.
    "New York": Case(
        "America/New_York",
        WEEKLY,
        utc(2026, 10, 5, 12),
        (date(2026, 10, 31), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 20), date(2027, 3, 13)),
        "US",
        # An instant of each kind, long after what is known of the hours.
        (utc(2028, 7, 12, 22), utc(2028, 7, 12, 15), utc(2028, 7, 13, 10), utc(2029, 1, 12, 16, 59, 59)),
    ),
    "Berlin": Case(
        "Europe/Berlin",
        LATE,
        utc(2027, 3, 1, 12),
        (date(2027, 3, 26), date(2027, 3, 27), date(2027, 5, 17), date(2027, 10, 29), date(2027, 10, 30)),
        "DE",
    ),
    # Half an hour, in autumn (April) and spring (October).
    "Lord Howe": Case(
        "Australia/Lord_Howe",
        "sat-sun 05:00-06:00; wed 00:30-02:15",
        utc(2027, 3, 22, 12),
        (date(2027, 4, 2), date(2027, 4, 3), date(2027, 10, 1), date(2027, 10, 2)),
    ),
    "Sydney": Case(
        "Australia/Sydney",
        "mon-fri 08:00-18:00; sun 01:30-02:30, 05:30-06:00",
        utc(2026, 9, 14, 12),
        (date(2026, 10, 2), date(2026, 10, 3), date(2027, 4, 2), date(2027, 4, 3)),
        "AU",
    ),
}


def settings_of(case: Case) -> HoursSettings:
    """Hours with a season around the year's end, and a day with hours of its own."""
    return HoursSettings(
        case.zone,
        case.weekly,
        seasons=(Season(date(2026, 12, 21), date(2027, 1, 8), "tue 10:00-12:00"),),
        exceptions=(DatedHours(date(2026, 11, 11), date(2026, 11, 11), "10:00-11:00, 16:00-17:00"),),
        holiday_region=case.region,
    )


def changed(kind: ChangeKind, start: datetime, hours: int) -> AvailabilityChange:
    """Something that was commanded by hand."""
    interval = Interval(start, start + timedelta(hours=hours))
    return AvailabilityChange(
        kind=kind, interval=interval, said="", zone="UTC", made_by="somebody", made_at=start
    )


def judged(hours: ContactHours, policy: ResponsePolicy, at: datetime) -> bool:
    """Whether the core answers what arrives at an instant."""
    return decide(message(at), None, hours, policy, History(), at, NO_CRISIS).respond


def edges(hours: ContactHours, days: Iterable[date], policy: ResponsePolicy) -> Iterator[datetime]:
    """Every instant at which something changes near some days, the second before it and the one after."""
    for day in days:
        noon = utc(day.year, day.month, day.day, 12)
        around = Interval(noon - 1.5 * DAY, noon + 1.5 * DAY)
        yield from (period.start for period, _ in offsets_of(policy.zone, around))
        for window in hours.windows:
            start, end = window.interval.start, window.interval.end
            soon = end - policy.opens_soon
            near = [start - SECOND, start, end - SECOND, end]
            if start < soon and not window.is_open:
                near += [soon, soon + SECOND]
            yield from (each for each in near if each in around)


def disagreements(
    expected: Sequence[bool], answers: Sequence[Vacation | None], at: Sequence[datetime]
) -> list[str]:
    """Where the script says otherwise than the core."""
    return [
        f"{instant}: core {core}, Sieve {answer is not None}"
        for instant, core, answer in zip(at, expected, answers, strict=True)
        if core is not (answer is not None)
    ]


@pytest.mark.parametrize("name", CASES)
def test_the_script_answers_exactly_when_the_core_does(pigeonhole: Pigeonhole, name: str) -> None:
    """To the second, in the horizon and beyond it, on nights when clocks change (RFC 5260, section 4)."""
    case = CASES[name]
    week = case.written_at + 7 * DAY
    changes = [
        changed(ChangeKind.OPEN, week, 5),
        changed(ChangeKind.CLOSE, week + 2 * DAY, 30),
        changed(ChangeKind.CLOSE, case.written_at + 100 * DAY, 300),
    ]
    ill = Interval(week + 4 * DAY, week + 6 * DAY)
    calendar = MemoryCalendar(CalendarPeriod(ill, AbsenceKind.OUT_OF_OFFICE))
    served = ServedCalendar("sick days", calendar, closes=False, available=False)
    timetable = timetable_of(settings_of(case), case.written_at, changes=changes, calendars=[served])
    policy = policy_in(case.zone)
    script = write_sieve(publication_of(timetable, policy, case.written_at))
    unusual = [each.interval.start for each in changes if each.interval] + [ill.end] if case.beyond else []
    days = {*case.days, *(each.date() for each in unusual)}
    hours = timetable.hours_around(case.written_at)
    known = sorted(each for each in set(edges(hours, days, policy)) if each > case.written_at)
    at = [*known, *case.beyond]

    answers = pigeonhole.answers(script, [plain(each) for each in at])

    expected = [judged(timetable.hours_around(each), policy, each) for each in at]
    assert [] == disagreements(expected, answers, at)
    assert 3 < sum(expected) < len(at) - 3
    assert [] == not_one_handle_a_window(hours, known, answers)
    told = [sieve_answers(script, Interval(each, each + SECOND)) for each in at]
    assert expected == [bool(each) for each in told]


def not_one_handle_a_window(
    hours: ContactHours, at: Sequence[datetime], answers: Sequence[Vacation | None]
) -> list[str]:
    """Windows whose answers do not share one handle (RFC 5230, section 4.7), and handles of several windows."""
    pairs = {
        (hours.window_at(each).interval.start, answer.facts["handle"])
        for each, answer in zip(at, answers, strict=False)
        if answer is not None
    }
    windows, handles = ([pair[part] for pair in pairs] for part in (0, 1))
    return [str(pair) for pair in pairs if windows.count(pair[0]) > 1 or handles.count(pair[1]) > 1]


def test_a_window_of_nearly_a_week_is_another_one_each_week(pigeonhole: Pigeonhole) -> None:
    """The handle changes each week, also over the end of the week, so that :days never silences the next one."""
    written_at = utc(2026, 10, 5, 12)
    timetable = timetable_of(HoursSettings("Europe/Berlin", "mon 09:00-10:00"), written_at)
    policy = policy_in("Europe/Berlin")
    script = write_sieve(publication_of(timetable, policy, written_at, weeks=1))
    mondays = [utc(2028, 1, 3, 9) + week * 7 * DAY for week in range(4)]
    at = [
        monday + after
        for monday in mondays
        for after in (SECOND, 4 * DAY, 6 * DAY, 6 * DAY + 20 * 3600 * SECOND)
    ]

    answers = pigeonhole.answers(script, [plain(each) for each in at])

    handles = [answer.facts["handle"] if answer else "" for answer in answers]
    weeks = [set(handles[first : first + 4]) for first in range(0, 16, 4)]
    assert [1, 1, 1, 1] == [len(week) for week in weeks]
    assert weeks[0] == weeks[2] != weeks[1] == weeks[3]


def test_the_script_answers_no_message_of_the_corpus_that_the_core_refuses(pigeonhole: Pigeonhole) -> None:
    """RFC 3834, section 2: and it answers what a person wrote to an own address."""
    written_at, zone = utc(2026, 11, 20, 12), "America/New_York"
    at = utc(2026, 11, 21, 1)
    timetable = timetable_of(HoursSettings(zone, "mon-fri 09:00-17:00"), written_at)
    policy = replace(policy_in(zone), platforms=platform_domains())
    script = write_sieve(publication_of(timetable, policy, written_at))
    files = sorted(CORPUS.glob("*.eml"))
    messages = {each.stem: read_message(each.read_bytes(), provider_id=each.stem) for each in files}

    runs = [Run(at, each.read_bytes(), *envelope_of(messages[each.stem])) for each in files]

    answers = pigeonhole.answers(script, runs)

    answered = {name for name, answer in zip(messages, answers, strict=True) if answer is not None}
    hours = timetable.hours_around(at)
    expected = {
        name
        for name, each in messages.items()
        if decide(replace(each, arrived_at=at), None, hours, policy, History(), at, NO_CRISIS).respond
    }
    assert QUIETER == expected - answered
    assert set() == answered - expected


def plain(at: datetime) -> Run:
    """A client's message."""
    return Run(at, PLAIN, "ab@example.org", OWN)


def envelope_of(each: SubjectMessage) -> tuple[str, str]:
    """The addresses with which a message was handed in, as far as its own fields say them."""
    path, to = reverse_path_of(each), each.headers.first("delivered-to") if each.headers else None
    recipient = to if isinstance(to, str) else OWN
    if path is None or path is UNKNOWN:
        return "ab@example.org", recipient
    # A command line takes no quotes, which say nothing here.
    return path.replace('"', "") if not path or is_address(path) else "MAILER-DAEMON@example.net", recipient


#: What the core answers and a script does not: it looks into attached messages, reads on where a line has no
#: colon, and takes a carriage return alone for no end of a line.
QUIETER = {
    "a_forwarded_invitation_as_attachment",
    "a_line_without_a_colon_in_the_headers",
    "bare_carriage_returns",
}
