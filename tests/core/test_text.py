"""Text that people look at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.text import one_line, text_width, wrapped


@pytest.mark.parametrize(
    "text, expected",
    [
        ("  A \t B\r\nC ", "A B C"),
        # What steers a terminal, or ends a line.
        ("A\x1b[31mB", "A [31mB"),
        ("A\u2028B\x00C", "A B C"),
        # Marks that turn or hide what follows, half a character, characters that nobody defined.
        ("A\u202eB\u200bC\ud800D\ue000E", "ABCDE"),
        ("", ""),
    ],
)
def test_one_line_has_nothing_that_nobody_sees(text: str, expected: str) -> None:
    """Spaces become one."""
    assert expected == one_line(text)


@pytest.mark.parametrize(
    "text, expected",
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("山田", 4), ("ｱ", 1), ("Ａ", 2)],
)
def test_the_width_is_the_terminals(text: str, expected: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert expected == text_width(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        # A word that no line holds is cut; it begins a line of its own.
        ("a bcdefghijkl m", ["a", "bcdefghi", "jkl m"]),
        ("山田太郎山田", ["山田太郎", "山田"]),
        # A space that does not break.
        ("about 12\u00a0min", ["about", "12\u00a0min"]),
    ],
)
def test_words_are_wrapped(text: str, expected: list[str]) -> None:
    """At eight columns."""
    assert expected == wrapped(text, 8)


@given(st.text("ab 山\u0301", max_size=60).map(one_line), st.integers(2, 12))
def test_nothing_is_lost_and_no_line_too_wide(text: str, width: int) -> None:
    """Whatever the text."""
    lines = wrapped(text, width)

    assert text.replace(" ", "") == "".join(lines).replace(" ", "")
    assert all(text_width(line) <= width for line in lines)
