"""Cursors and names as text and back, and when uids still hold."""

import pytest

from boundary_imap.position import Cursor, MessageName, Position, read_cursor, read_name

PLACE = Position("INBOX", 7, 42, 9)


@pytest.mark.parametrize("sent", [None, Position('Boîte "envoyés"/x', 3, 1)])
def test_a_cursor_comes_back_from_its_text(sent: Position | None) -> None:
    """Also with a name that no ASCII has."""
    cursor = Cursor(PLACE, sent)

    assert cursor == read_cursor(str(cursor))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "maildir",
        "[]",
        "{}",
        "[1]",
        "[1,null,null]",
        '[2,["INBOX",1,1,1],null]',
        '[1,["INBOX",1],null]',
    ],
)
def test_what_is_no_cursor_is_none(text: str | None) -> None:
    """Then what is there is history."""
    assert read_cursor(text) is None


@pytest.mark.parametrize(
    "folder, uid_validity, uid_next, expected",
    [
        ("INBOX", 7, 42, True),
        ("INBOX", 7, 50, True),
        # A server that does not tell the next uid.
        ("INBOX", 7, 0, True),
        ("INBOX", 8, 50, False),
        ("Inbox.Other", 7, 50, False),
        # Put back from a backup: uids are given again.
        ("INBOX", 7, 41, False),
    ],
)
def test_uids_hold_under_one_uidvalidity(
    folder: str, uid_validity: int, uid_next: int, expected: bool
) -> None:
    """RFC 3501, section 2.3.1.1."""
    assert expected is PLACE.holds_for(folder, uid_validity, uid_next)


def test_without_a_uidvalidity_nothing_holds() -> None:
    """RFC 3501, section 6.3.1: such a server has no uids that last."""
    assert not Position("INBOX", 0, 42).holds_for("INBOX", 0, 42)


@pytest.mark.parametrize(
    "uid_validity, uid_next, modseq, expected",
    [
        (7, 42, 9, False),
        (7, 43, 9, True),
        (7, 42, 10, True),
        (8, 42, 9, True),
        # A server that tells neither, or that lags behind, must not make us ask again and again.
        (7, 0, 0, False),
        (7, 41, 8, False),
    ],
)
def test_news_is_only_what_is_higher(uid_validity: int, uid_next: int, modseq: int, expected: bool) -> None:
    """Anything else would be a loop without a pause."""
    assert expected is PLACE.has_news(uid_validity, uid_next, modseq)


def test_a_name_comes_back_from_its_provider_id() -> None:
    """The folder may hold anything."""
    name = MessageName(7, 42, "Archive/2026/ä")

    assert name == read_name(str(name))


@pytest.mark.parametrize("provider_id", ["", "7", "7/42", "7/42/", "a/42/INBOX", "7/-1/INBOX", "1700.x.mx"])
def test_what_is_no_name_of_ours_is_none(provider_id: str) -> None:
    """As one of another plugin that served this mailbox before."""
    assert read_name(provider_id) is None
