"""What commands print: JSON for programs, tables for people, aligned text in between."""

import io
import json
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from boundary_plugins.cli import output


class Colour(Enum):
    RED = "red"


class Pair(NamedTuple):
    first: int
    second: str


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    colours: frozenset[Colour]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal()
    monkeypatch.setattr(sys, "stdout", made)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return made


EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # Instants are told in UTC, whatever zone they came in, with and without a fraction.
        (datetime(2026, 11, 24, 2, 0, tzinfo=EAST), "2026-11-24T00:00:00Z"),
        (datetime(2026, 11, 24, 2, 0, 0, 5, tzinfo=UTC), "2026-11-24T02:00:00.000005Z"),
        (date(2026, 11, 24), "2026-11-24"),
        (timedelta(minutes=2), 120.0),
        (Colour.RED, "red"),
        (Path("/a/b"), "/a/b"),
        (Pair(1, "é"), {"first": 1, "second": "é"}),
        (
            Row(datetime(2026, 1, 1, tzinfo=UTC), frozenset({Colour.RED})),
            {"at": "2026-01-01T00:00:00Z", "colours": ["red"]},
        ),
        ({"a": (1, None, True)}, {"a": [1, None, True]}),
    ],
)
def test_each_kind_of_value_has_one_form_in_json(value: Any, expected: Any) -> None:
    text = output.json_text(value)

    assert expected == json.loads(text)


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), object(), {"a": b""}])  # noqa: DTZ001
def test_what_has_no_clear_form_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        output.json_text(value)


def test_off_a_terminal_a_table_is_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("Name", "Count"), [("a", 1), ("日本", None), ("[red]x", True)])

    expected = ["Name    Count", "a       1", "日本    —", "[red]x  yes"]
    assert expected == capsys.readouterr().out.splitlines()


def test_a_table_without_heads_begins_with_its_first_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("", ""), [("Client", "AB"), ("Active", True)])

    assert "Client  AB\nActive  yes\n" == capsys.readouterr().out


def test_a_table_without_heads_has_no_line_for_them_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)

    output.print_table(("", ""), [("Client", "AB")])

    assert ["╭", "│ Client", "╰"] == [
        line[: len(begin)]
        for line, begin in zip(terminal.getvalue().splitlines(), ["╭", "│ Client", "╰"], strict=True)
    ]


def test_a_table_without_rows_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("Name",), [], empty="No client is on file.")

    assert "No client is on file.\n" == capsys.readouterr().out


def test_control_characters_never_reach_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)

    output.print_table(("Name",), [("a\x1b[2Jb",)])

    assert "a [2Jb" in terminal.getvalue()


def test_on_a_terminal_a_table_is_boxed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)

    output.print_table(("Name",), [("[red]a",)])

    assert "╭" in terminal.getvalue()
    assert "[red]a" in terminal.getvalue()


def test_a_table_that_is_too_wide_for_the_terminal_keeps_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "80")
    heads = (
        "Number",
        "When (America/New_York)",
        "Client",
        "Channel",
        "Topic",
        "Boundary",
        "Minutes",
        "Crisis",
    )

    output.print_table(
        heads, [(6, "Mon 23 Nov 2026, 22:40", "AB", "email", "unclassified", "out", 10, "crisis")]
    )

    said = terminal.getvalue()
    assert all(
        word in said for word in ("(America/New_York)", "Boundary", "unclassified", "Crisis", "crisis")
    )
    assert "…" not in said


def test_a_long_line_is_broken_between_words_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    line = "  no  the sender is a client on file"

    plain = output.folded(line, 6)
    on_terminal(monkeypatch)
    broken = output.folded(line, 6)

    assert line == plain
    assert "  no  the sender is\n      a client on\n      file" == broken


def test_colours_are_left_out_where_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)

    coloured = output.coloured("well", "green")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = output.coloured("well", "green")

    assert ("\x1b[32mwell\x1b[0m", "well") == (coloured, plain)


def test_progress_says_nothing_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    items = list(output.progress(range(3), "Reading", total=3))

    assert [0, 1, 2] == items
    assert ("", "") == capsys.readouterr()


def test_progress_on_a_terminal_goes_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    errors = Terminal()
    monkeypatch.setattr(sys, "stderr", errors)

    items = list(output.progress(range(3), "Reading", total=3))

    assert [0, 1, 2] == items
    assert "Reading" in errors.getvalue()
    assert "" == terminal.getvalue()


def test_a_local_time_is_told_in_its_zone() -> None:
    text = output.local_text(datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "America/New_York")

    assert "Tue 24 Nov 2026, 09:00" == text
