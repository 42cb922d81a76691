"""Calendars cut into components: whole events at once, and everything else line by line."""

import gc
from collections.abc import Iterator
from time import process_time
from types import FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar import open_calendar
from boundary_plugins.codecs.icalendar_lines import Component
from boundary_plugins.codecs.icalendar_structure import read_components

LINES = (
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VEVENT",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VALARM",
    "begin:valarm",
    "BEGIN;X=1:VTODO",
    "END:VTODO",
    "BEGIN:VTIMEZONE",
    "END:VTIMEZONE",
    "DTSTART:20260302T090000Z",
    'DTSTART;TZID="a:b":20260302T090000',
    "dtend:20260302T100000Z",
    "SUMMARY:Private",
    "UID:1",
    "",
    " folded",
)
#: What nothing follows would be a fold of the line before it.
Tree = tuple[str, int, str, list[Any], list[Any]]


@settings(max_examples=500, deadline=None)
@given(lines=st.lists(st.sampled_from(LINES), max_size=24), end=st.sampled_from(["\r\n", "\n", "\r"]))
def test_an_event_that_is_cut_out_whole_is_the_one_that_is_read_by_lines(lines: list[str], end: str) -> None:
    """Small letters keep one from being cut out; in whatever disorder the lines are."""
    whole = end.join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:0", "END:VEVENT", *lines, ""]).encode()

    by_lines = read_components(whole.replace(b"BEGIN:VEVENT", b"BEGIN:vevent"))

    assert [_tree(one) for one in by_lines] == [_tree(one) for one in read_components(whole)]


def _tree(component: Component) -> Tree:
    """What is known of a component; alarms in events are nothing that matters."""
    children = [] if component.name == "VEVENT" else [_tree(child) for child in component.children]
    return component.name, component.number, component.problem, component.properties, children


@pytest.mark.parametrize(
    "lines",
    [
        ["BEGIN:VEVENT"],
        ["BEGIN:VEVENT", "BEGIN:VALARM"],
        ["BEGIN:VALARM"],
        ["END:VALARM"],
        ["BEGIN:VALARM", "END:VALARM"],
        ["BEGIN:VEVENT", "END:VALARM"],
        ["END:VEVENT"],
    ],
)
def test_what_begins_and_never_ends_keeps_nobody_waiting(lines: list[str]) -> None:
    """Anybody can send a file; a megabyte of it takes no longer than any other megabyte."""
    repeated = "\n".join(lines * (60_000 // len(lines)))
    data = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{repeated}\nEND:VEVENT\nEND:VCALENDAR\n".encode()
    began = process_time()

    read_components(data)

    # Half a second here; looking through the rest again at each line would take minutes.
    assert process_time() - began < 10


def test_no_summary_stays_in_memory() -> None:
    """Of an event that recurs, of one that does not, and of one that is broken."""
    event = "BEGIN:VEVENT\nUID:{0}\nDTSTART:20260302T090000Z\nDURATION:{1}\nSUMMARY:Private words\n{2}END:VEVENT\n"
    events = [
        event.format(1, "PT1H", ""),
        event.format(2, "PT1H", "RRULE:FREQ=DAILY\n"),
        event.format(3, "P", ""),
    ]

    calendar = open_calendar(
        f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n".encode(), zone="UTC", name="a.ics"
    )

    texts = list(_texts(calendar))
    assert "RRULE" in texts
    assert not [text for text in texts if "Private" in text]


def _texts(held: object) -> Iterator[str]:
    """Every text that an object holds on to."""
    seen: set[int] = set()
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FunctionType):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            yield one if isinstance(one, str) else one.decode("utf-8", "replace")
        waiting += gc.get_referents(one)
