"""The corpus: each message with one thing that is special, named in its file name (all of them invented)."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.codecs.mime import read_message
from boundary_plugins.core.asked_fields import ASKED_FIELDS
from boundary_plugins.core.availability import Window
from boundary_plugins.core.circumstances import Circumstances
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.history import History
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import Headers, SubjectMessage, author_of, subject_of
from boundary_plugins.core.suppression import MESSAGE_RULES
from boundary_plugins.data import platform_domains
from builders import CLIENT, MONDAY_OPENING, POLICY

CORPUS = Path(__file__).parent.parent / "corpus"
AT = datetime(2026, 11, 20, 20, tzinfo=UTC)

#: The rules that hit, in the order of the table; none for a person's.
EXPECTED = {
    "a_plain_question": "",
    "a_reply_in_a_thread": "",
    "a_newsletter": "system-address list",
    "a_newsletter_from_an_ordinary_sender": "list",
    "a_delivery_status_notification_of_postfix": "null-reverse-path system-address auto-submitted report",
    "a_bounce_without_null_path_or_fields": "report",
    "a_bounce_of_exim_with_failed_recipients": "report autoresponder",
    "a_read_receipt_without_auto_submitted": "report",
    "a_feedback_report": "report",
    "an_out_of_office_of_exchange": "null-reverse-path auto-submitted response-suppressed autoresponder",
    "an_out_of_office_of_exchange_without_any_field": "autoresponder",
    "an_out_of_office_of_gmail": "auto-submitted list autoresponder",
    "an_out_of_office_in_german_with_an_encoded_subject": "autoresponder",
    "a_vacation_of_cpanel": "autoresponder",
    "a_question_about_out_of_office_hours": "",
    "a_reply_to_an_automatic_reply": "",
    "a_message_of_listserv": "system-address",
    "a_shop_that_takes_no_reply": "system-address",
    "a_platform_notification": "platform-notification",
    "a_meeting_invitation_of_google": "calendar",
    "a_meeting_answer_of_outlook": "calendar",
    "a_forwarded_invitation_as_attachment": "",
    "eight_bit_headers_in_latin_1": "",
    "eight_bit_headers_in_utf_8": "",
    "an_encoded_subject_cut_in_two": "",
    "no_header_block": "unparsable no-sender not-addressed",
    "an_empty_file": "unparsable no-sender not-addressed",
    "binary_rubbish": "unparsable no-sender not-addressed",
    "only_an_empty_line_and_a_body": "unparsable no-sender not-addressed",
    "a_group_address_and_nobody_named": "",
    "a_group_address_with_the_own_one": "",
    "a_blind_copy_to_an_alias_nobody_configured": "not-addressed",
    "a_forged_from_with_another_return_path": "",
    "from_the_therapist_with_detail": "own-address",
    "forwarded_by_an_own_mailbox_elsewhere": "",
    "no_sender_at_all": "no-sender",
    "a_return_path_of_mailer_daemon_without_domain": "system-address",
    "auto_submitted_no_with_a_comment": "",
    "auto_submitted_twice_and_folded": "auto-submitted",
    "auto_submitted_with_a_space_before_the_colon": "auto-submitted",
    "suppressed_by_an_exchange_site": "response-suppressed",
    "suppresses_only_receipts": "",
    "spam_as_spamassassin_marks_it": "spam",
    "not_spam_as_spamassassin_marks_it": "",
    "a_loop_of_a_ticket_system": "autoresponder",
    "our_own_response_comes_back": "autoresponder",
    "crlf_line_ends_and_a_byte_order_mark": "",
    "bare_carriage_returns": "",
    "an_mbox_line_on_top": "",
    "nul_bytes_in_the_headers": "",
    # The standard library and Postfix take what follows for the body, and so do we.
    "a_line_without_a_colon_in_the_headers": "",
    "quoted_local_parts_everywhere": "",
}


def read(name: str) -> SubjectMessage:
    """The message of that name."""
    return read_message((CORPUS / f"{name}.eml").read_bytes(), provider_id=name)


def hits(message: SubjectMessage) -> list[str]:
    """The rules that hit a message."""
    around = Circumstances(
        message=message,
        client=CLIENT,
        window=Window(Interval(AT, MONDAY_OPENING), False, ()),
        next_opening_at=MONDAY_OPENING,
        policy=replace(POLICY, platforms=platform_domains()),
        history=History(),
        at=AT,
    )
    return [rule.id for rule in MESSAGE_RULES if rule.check(around).hit]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_message_of_the_corpus_is_what_its_name_says(name: str) -> None:
    """Hits in the order of the table; the first is the reason."""
    assert EXPECTED[name].split() == hits(read(name))


def only(headers: Headers | None, known: frozenset[str]) -> Headers | None:
    """The fields of these names, as a mailbox gives them that fetches no others."""
    if headers is None:
        return None
    there = {name: headers.all(name) for name in headers.names() if name in known}
    return Headers({name: values for name, values in there.items() if values is not UNKNOWN}, known)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_message_is_the_same_by_the_asked_fields_alone(name: str) -> None:
    """A mailbox that fetches no other field loses nothing."""
    message = read(name)

    assert hits(message) == hits(replace(message, headers=only(message.headers, ASKED_FIELDS)))


def test_without_the_asked_fields_some_are_not_recognised() -> None:
    """The comparison can fail."""
    known = ASKED_FIELDS - {"feedback-id", "list-id", "list-unsubscribe", "list-help", "list-post"}

    missed = [
        name
        for name in EXPECTED
        if hits(read(name)) != hits(replace(read(name), headers=only(read(name).headers, known)))
    ]

    assert missed


def test_what_the_mailbox_sorted_with_bulk_mail_is_bulk_mail() -> None:
    """Its own verdict counts, whatever the fields say."""
    message = read("a_plain_question")

    assert ["list"] == hits(replace(message, bulk=True))
    assert [] == hits(replace(message, bulk=False))


def test_every_file_of_the_corpus_is_expected() -> None:
    """Nothing lies there unread."""
    assert set(EXPECTED) == {path.stem for path in CORPUS.glob("*.eml")}


@pytest.mark.parametrize(
    "name, subject",
    [
        ("eight_bit_headers_in_latin_1", "Rückfrage"),
        ("eight_bit_headers_in_utf_8", "Rückfrage ☂"),
        ("an_encoded_subject_cut_in_two", "Grüße ☂"),
        ("nul_bytes_in_the_headers", "A question about last time"),
    ],
)
def test_subjects_are_read_right(name: str, subject: str) -> None:
    """Raw bytes, encoded words, NULs."""
    message = read_message((CORPUS / f"{name}.eml").read_bytes(), provider_id=name)

    assert subject == subject_of(message)
    assert author_of(message) == "ab@example.org"
    assert message.arrived_at == AT
