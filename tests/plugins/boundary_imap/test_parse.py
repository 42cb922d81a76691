"""What flags and a BODYSTRUCTURE say; the structures are as IMAPClient gives them."""

from typing import Any

import pytest
from imapclient.response_parser import parse_fetch_response

from boundary_imap.parse import holds_calendar, is_spam, minutes_marked
from boundary_plugins import UNKNOWN, Unknown

TEXT = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1)'
REQUEST = '("TEXT" "CALENDAR" ("charset" "utf-8" "METHOD" "REQUEST") NIL NIL "7bit" 5 1)'
WITHOUT_METHOD = '("text" "calendar" ("charset" "utf-8") NIL NIL "7bit" 5 1)'


def structure(text: str) -> Any:
    """A BODYSTRUCTURE as it is fetched."""
    return parse_fetch_response([f"1 (UID 1 BODYSTRUCTURE {text})".encode()])[1][b"BODYSTRUCTURE"]


@pytest.mark.parametrize(
    "text, expected",
    [
        (TEXT, False),
        (REQUEST, True),
        # Outlook's form.
        (f'({TEXT}{REQUEST} "alternative")', True),
        (f'(({TEXT}{REQUEST} "ALTERNATIVE"){TEXT} "MIXED")', True),
        # A file of appointments that somebody attached may still hold the line.
        (f'({TEXT}{WITHOUT_METHOD} "mixed")', UNKNOWN),
        (f'({TEXT}{WITHOUT_METHOD}{REQUEST} "mixed")', True),
        # A forwarded invitation is a person's attachment.
        (f'({TEXT}("message" "rfc822" NIL NIL NIL "7bit" 9 NIL {REQUEST} 3) "mixed")', False),
        (f'({TEXT}{REQUEST} "digest")', False),
        ('("application" "ics" ("name" "x.ics") NIL NIL "base64" 5)', False),
        ('("text" "calendar" NIL NIL NIL "7bit" 5 1)', UNKNOWN),
        # Nobody nests so deep for a person.
        ("(" * 8 + REQUEST + ' "mixed")' * 8, UNKNOWN),
    ],
)
def test_a_calendar_request_is_seen_in_the_structure(text: str, expected: bool | Unknown) -> None:
    """By its METHOD, without reading the part."""
    assert expected is holds_calendar(structure(text))


def test_a_structure_that_is_none_is_unknown() -> None:
    """Never an error."""
    assert UNKNOWN is holds_calendar(())
    assert UNKNOWN is holds_calendar((None,))


@pytest.mark.parametrize(
    "flags, expected",
    [
        (("\\Seen",), UNKNOWN),
        (("$Junk",), True),
        (("JUNK", "\\Seen"), True),
        (("NonJunk",), False),
        # Who says both was corrected by the therapist.
        (("$Junk", "$NotJunk"), False),
    ],
)
def test_keywords_tell_the_providers_verdict(flags: tuple[str, ...], expected: bool | Unknown) -> None:
    """As registered with IANA, and as Thunderbird writes them."""
    assert expected is is_spam(flags)


@pytest.mark.parametrize(
    "flags, expected",
    [
        (("Boundary-12-min",), 12),
        (("boundary_12min",), 12),
        # Thunderbird makes this of the tag "Boundary 12 min".
        (("boundary_12_min",), 12),
        (("Boundary/5", "boundary.10.minutes"), 15),
        (("BOUNDARY7M",), 7),
        (("Boundary",), 0),
        (("Boundary-12-hours", "Boundaryless-12", "xBoundary-12", "Boundary-1200"), 0),
        (("\\Seen", "$Label1"), 0),
        (("Boundary-720", "boundary_720_min"), 1440),
        # More than a day is a slip of the finger, and must not hold up the mailbox.
        (("Boundary-999", "boundary_999_min"), 0),
    ],
)
def test_keywords_log_minutes(flags: tuple[str, ...], expected: int) -> None:
    """All of them together."""
    assert expected == minutes_marked(flags, "Boundary")


def test_without_a_word_nothing_is_a_mark() -> None:
    """Switched off."""
    assert 0 == minutes_marked(("12-min", "12"), "")
