"""The facts of a message, and those that are unknown."""

import pytest

from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.message import (
    Headers,
    SubjectMessage,
    addressed_own,
    author_of,
    authors_of,
    in_reply_to_of,
    message_id_of,
    recipients_of,
    references_of,
    reverse_path_of,
    sender_of,
    subject_of,
)
from boundary_plugins.core.message import SubjectMessage as Message
from builders import OWN, message


def nothing_known() -> SubjectMessage:
    """A message of which the mailbox gives no field at all."""
    plain = message()
    return Message(plain.provider_id, plain.arrived_at, Headers({}, frozenset()))


def test_unknown_is_neither_present_nor_absent() -> None:
    """A mailbox that gives only some fields."""
    headers = Headers({"subject": ("x",)}, frozenset({"subject", "from"}))

    assert headers.all("subject") == ("x",)
    assert headers.all("from") == ()
    assert UNKNOWN is headers.all("to")
    assert (headers.first("from"), headers.first("to")) == (None, UNKNOWN)
    assert headers.has_any(frozenset({"subject", "to"})) is True
    assert headers.has_any(frozenset({"from"})) is False
    assert headers.has_any(frozenset({"from", "to"})) is UNKNOWN
    assert headers.knows_all(frozenset({"subject", "from"}))
    assert not headers.knows_all(frozenset({"subject", "to"}))


@pytest.mark.parametrize(
    "envelope, field, expected",
    [
        (UNKNOWN, "<ab@example.org>", "ab@example.org"),
        (UNKNOWN, "<>", ""),
        # A missing Return-Path is not the null one.
        (UNKNOWN, "", None),
        ("", "<ab@example.org>", ""),
        ("<x@example.net>", "<ab@example.org>", "x@example.net"),
    ],
)
def test_the_reverse_path_is_the_envelopes_else_the_fields(
    envelope: str | Unknown, field: str, expected: str | None
) -> None:
    """RFC 5321, section 4.4."""
    plain = message(return_path=field)

    found = reverse_path_of(Message("1", plain.arrived_at, plain.headers, envelope_sender=envelope))

    assert expected == found


def test_every_fact_copes_with_an_unknown_field() -> None:
    """UNKNOWN where the difference matters, else nothing."""
    unknown = nothing_known()

    assert UNKNOWN is reverse_path_of(unknown)
    assert UNKNOWN is author_of(unknown)
    assert UNKNOWN is authors_of(unknown)
    assert sender_of(unknown) is None
    assert message_id_of(unknown) is None
    assert subject_of(unknown) == ""
    assert () == recipients_of(unknown) == references_of(unknown) == in_reply_to_of(unknown)
    assert addressed_own(unknown, (OWN,)) is None


def test_every_fact_copes_without_a_header_block() -> None:
    """Nothing is there."""
    empty = Message("1", message().arrived_at, None)

    assert (
        reverse_path_of(empty),
        author_of(empty),
        sender_of(empty),
        message_id_of(empty),
        subject_of(empty),
    ) == (None, None, None, None, "")
    assert () == recipients_of(empty) == references_of(empty) == in_reply_to_of(empty) == authors_of(empty)


@pytest.mark.parametrize(
    "return_path, author, expected",
    [
        ("<path@example.org>", "ab@example.org", "path@example.org"),
        ("", "ab@example.org", "ab@example.org"),
        ("<>", "ab@example.org", "ab@example.org"),
        ("<MAILER-DAEMON>", "ab@example.org", "ab@example.org"),
        # A forwarder's path is not the sender's.
        ("<x+caf_=office=example.com@example.net>", "ab@example.org", "ab@example.org"),
        ("<SRS0=a=b=example.org=ab@example.net>", "ab@example.org", "ab@example.org"),
        ("<>", "nobody", None),
    ],
)
def test_the_sender_is_the_reverse_path_else_the_author(
    return_path: str, author: str, expected: str | None
) -> None:
    """RFC 3834, section 4; never Reply-To."""
    plain = message(return_path=return_path, FROM=author, reply_to="x@example.net")

    assert expected == sender_of(plain)


@pytest.mark.parametrize(
    "to, delivered_to, expected",
    [
        ("Therapist+x@EXAMPLE.com", "", OWN),
        ("x@example.net, two@example.com", OWN, "two@example.com"),
        ("x@example.net", "two+y@example.com", "two@example.com"),
        ("x@example.net", "", None),
    ],
)
def test_the_own_address_written_to_comes_before_the_one_delivered_to(
    to: str, delivered_to: str, expected: str | None
) -> None:
    """The response comes from the address that the client wrote to."""
    plain = message(to=to, delivered_to=delivered_to)

    assert expected == addressed_own(plain, (OWN, "two@example.com"))


def test_recipients_are_those_of_every_field() -> None:
    """To, Cc and the delivered-to fields, in order."""
    plain = message(
        to="a@example.net",
        cc="B <b@example.net>",
        delivered_to="c@example.net",
        x_original_to="d@example.net",
    )

    assert recipients_of(plain) == ("a@example.net", "b@example.net", "c@example.net", "d@example.net")


@pytest.mark.parametrize(
    "references, in_reply_to, expected",
    [
        ("<1@example.org> <2@example.org>", "<2@example.org>", ("<1@example.org>", "<2@example.org>")),
        ("", "<2@example.org>", ("<2@example.org>",)),
        # RFC 5322, section 3.6.4: more than one parent makes no thread.
        ("", "<2@example.org> <3@example.org>", ()),
        ("", "", ()),
    ],
)
def test_references_are_the_threads(references: str, in_reply_to: str, expected: tuple[str, ...]) -> None:
    """RFC 5322, section 3.6.4."""
    assert expected == references_of(message(references=references, in_reply_to=in_reply_to))
