"""What is known of a message on Exchange, where the cursor stands, and what of a mailbox is history."""

from datetime import UTC, datetime, timedelta

import pytest

from boundary_exchange.connection import Connection
from boundary_exchange.settings import MailboxSettings
from boundary_exchange.sync import Cursor, synced
from boundary_exchange.time_marks import marked_minutes
from boundary_plugins import UNKNOWN, SubjectMessage, Unavailable
from boundary_plugins.core.suppression import SUPPRESSION_RULES
from boundary_plugins.testing.benches import invented_message, own_message
from builders_exchange import Site
from servers.ews import Fault
from servers.ews_items import SPAM, TRANSPORT_HEADERS, Item

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)


def fetched(exchange: Site, item: Item) -> SubjectMessage:
    """The facts of one item."""
    return exchange.open_mailbox().fetch(item.item_id)


def test_a_message_has_every_field_as_it_arrived_in_order(exchange: Site) -> None:
    """EWS's own list of headers holds only some; the block of the transport holds all."""
    block = b"Received: from b\r\nReceived: from a\r\nX-Odd: =?utf-8?q?=C3=A4?=\r\n\tfolded\r\n"
    message = fetched(exchange, exchange.mailbox.deliver(block + invented_message(1), at=NOW))

    assert message.headers is not None
    assert ("from b", "from a") == message.headers.all("received")
    assert "=?utf-8?q?=C3=A4?= folded" == " ".join(str(message.headers.first("x-odd")).split())
    assert () == message.headers.all("list-id")
    assert NOW == message.arrived_at


def test_no_body_is_asked_for(exchange: Site) -> None:
    """One question, and none for the MIME form."""
    item = exchange.mailbox.deliver(invented_message(1))

    fetched(exchange, item)

    assert ["GetItem"] == exchange.asked()


@pytest.mark.parametrize(
    "confidence, spam",
    [
        # Trusted by the organisation's own rules.
        ("-1", False),
        ("4", False),
        ("5", True),
        ("9", True),
        # Not looked at.
        (None, UNKNOWN),
    ],
)
def test_the_spam_verdict_is_exchanges_own(exchange: Site, confidence: str | None, spam: object) -> None:
    """Its spam confidence level; what Exchange moves to Junk Email is never named at all."""
    item = exchange.mailbox.deliver(invented_message(1))
    if confidence is not None:
        item.extended[SPAM] = confidence

    assert spam == fetched(exchange, item).spam


def test_what_lies_in_junk_email_is_never_named(exchange: Site) -> None:
    """Exchange's own verdict stands."""
    mailbox = exchange.open_mailbox()
    cursor = mailbox.changes(None).cursor
    exchange.mailbox.move(exchange.mailbox.deliver(invented_message(1)).item_id, "junkemail")

    assert () == mailbox.changes(cursor).received


@pytest.mark.parametrize(
    "item_class, field, value",
    [
        ("REPORT.IPM.Note.NDR", "content-type", "multipart/report"),
        ("REPORT.IPM.Note.IPNRN", "content-type", "multipart/report"),
        ("IPM.Note.Rules.OofTemplate.Microsoft", "auto-submitted", "auto-replied"),
        ("IPM.Note.Rules.ReplyTemplate.Microsoft", "auto-submitted", "auto-replied"),
        ("IPM.Recall.Report.Success", "auto-submitted", "auto-generated"),
        ("IPM.Note", "auto-submitted", None),
        ("IPM.Note.SMIME", "auto-submitted", None),
    ],
)
def test_what_a_program_wrote_is_known_by_exchanges_class_of_it(
    exchange: Site, item_class: str, field: str, value: str | None
) -> None:
    """Also where the mail never left the organisation and bears no field that says so."""
    item = exchange.mailbox.deliver(invented_message(1))
    item.fields["ItemClass"] = item_class

    message = fetched(exchange, item)

    assert message.headers is not None
    assert value == message.headers.first(field)
    assert "client@example.org" in str(message.headers.first("from"))


@pytest.mark.parametrize(
    "kind, item_class, expected",
    [
        ("MeetingRequest", "IPM.Schedule.Meeting.Request", True),
        ("MeetingResponse", "IPM.Schedule.Meeting.Resp.Pos", True),
        ("MeetingCancellation", "IPM.Schedule.Meeting.Canceled", True),
        ("Message", "IPM.Note", False),
    ],
)
def test_an_invitation_is_one_by_its_class(
    exchange: Site, kind: str, item_class: str, expected: bool
) -> None:
    """Without looking into its parts."""
    item = exchange.mailbox.deliver(invented_message(1), kind=kind)
    item.fields["ItemClass"] = item_class

    assert expected is fetched(exchange, item).calendar_method


def test_without_a_header_block_the_fields_of_the_mime_form_are_read(exchange: Site) -> None:
    """As of mail that another program put there."""
    item = exchange.mailbox.deliver(invented_message(1))
    del item.extended[TRANSPORT_HEADERS]

    message = fetched(exchange, item)

    assert message.headers is not None
    assert ("<1@example.org>",) == message.headers.all("message-id")
    assert () == message.headers.all("auto-submitted")


def test_of_a_message_with_a_broken_mime_form_a_few_fields_are_known_and_the_rest_is_unknown(
    exchange: Site,
) -> None:
    """It neither stops the mailbox nor gets invented fields."""
    item = exchange.mailbox.deliver(invented_message(1))
    del item.extended[TRANSPORT_HEADERS]
    item.mime_is_broken = True

    message = fetched(exchange, item)

    assert message.headers is not None
    assert ("client@example.org",) == message.headers.authors()
    assert ("therapist@example.com",) == message.headers.all("to")
    assert ("<1@example.org>",) == message.headers.all("message-id")
    assert message.headers.all("auto-submitted") is UNKNOWN
    assert message.headers.all("list-id") is UNKNOWN
    assert SUPPRESSION_RULES


def test_a_sync_state_that_exchange_lost_is_a_gap(exchange: Site) -> None:
    """As after a move of the mailbox: what is there then is history."""
    mailbox = exchange.open_mailbox()
    cursor = mailbox.changes(None).cursor
    exchange.mailbox.deliver(invented_message(1))
    exchange.mailbox.epoch += 1

    changes = mailbox.changes(cursor)

    assert changes.gap
    assert 1 == len(changes.received)
    assert not mailbox.changes(changes.cursor).gap


@pytest.mark.parametrize("words", ["", "{}", "[]", "rubbish", '{"inbox": "rubbish"}'])
def test_a_cursor_that_cannot_be_read_is_a_gap(exchange: Site, words: str) -> None:
    """Nothing breaks."""
    assert exchange.open_mailbox().changes(words).gap


def test_a_gap_among_the_sent_ones_alone_is_none(exchange: Site) -> None:
    """They are only read again."""
    mailbox = exchange.open_mailbox()
    before = Cursor.read(mailbox.changes(None).cursor)
    exchange.mailbox.file_sent(own_message(b"To: one@example.org\r\n"))

    changes = mailbox.changes(Cursor(before.inbox, None).written())

    assert not changes.gap
    assert 1 == len(changes.sent)


@pytest.mark.parametrize("page", [1, 2, 3, 7, 8])
def test_pages_of_any_size_give_everything_once_and_in_order(exchange: Site, page: int) -> None:
    """Exchange tells 512 changes at most."""
    items = [exchange.mailbox.deliver(invented_message(number)).item_id for number in range(7)]
    connection = Connection(MailboxSettings.model_validate(exchange.settings()), exchange.services())

    found = synced(connection, "inbox", None, (), page)
    connection.close()

    assert items == [change.item_id for change in found.changes]
    assert found.from_start


def test_messages_are_named_from_old_to_new_whatever_order_they_were_put_in(exchange: Site) -> None:
    """A mailbox that was imported has old mail with new numbers."""
    mailbox = exchange.open_mailbox()
    cursor = mailbox.changes(None).cursor
    late, early = (
        exchange.mailbox.deliver(invented_message(number), at=NOW - timedelta(days=number)).item_id
        for number in (1, 2)
    )

    assert (early, late) == mailbox.changes(cursor).received


def test_only_the_last_sixty_days_of_sent_mail_are_asked_for(exchange: Site) -> None:
    """Fifty at a time; a first look at ten thousand is not a thousand questions."""
    old = b"From: t@example.com\r\nTo: old@example.org\r\nDate: Fri, 02 Jan 2015 10:00:00 +0000\r\n\r\n"
    exchange.mailbox.file_sent(old)
    for number in range(51):
        exchange.mailbox.file_sent(own_message(f"To: c{number}@example.org\r\n".encode()))

    sent = exchange.open_mailbox().changes(None).sent

    assert [(f"c{number}@example.org",) for number in range(51)] == [each.recipients for each in sent]
    assert 2 == exchange.asked().count("GetItem")


def test_a_recipient_of_the_organisations_own_kind_is_left_out(exchange: Site) -> None:
    """An X.500 name is no address."""
    item = exchange.mailbox.file_sent(own_message(b"To: one@example.org\r\n"))
    item.people["CcRecipients"] = ("/o=Example/ou=First/cn=Recipients/cn=me@here", "two@example.org")

    (sent,) = exchange.open_mailbox().changes(None).sent

    assert ("one@example.org", "two@example.org") == sent.recipients


def test_a_sent_message_that_is_moved_away_meanwhile_does_no_harm(exchange: Site) -> None:
    """Between naming it and asking for it."""
    exchange.mailbox.file_sent(own_message(b"To: one@example.org\r\n"))
    exchange.fail_next(Fault("GetItem", code="ErrorItemNotFound"))

    assert () == exchange.open_mailbox().changes(None).sent


@pytest.mark.parametrize(
    "categories, minutes",
    [
        (("Boundary/12 min",), 12),
        (("boundary 12 min",), 12),
        (("Boundary-12-min",), 12),
        (("Boundary/12",), 12),
        (("Boundary/5 min", "Boundary/12 minutes", "Red category"), 17),
        (("Boundary",), 0),
        (("Boundaryless 12 min",), 0),
        (("Boundary/12 hours",), 0),
        # A slip of the finger is no bill.
        (("Boundary/9999 min",), 0),
        ((), 0),
    ],
)
def test_a_category_logs_minutes(categories: tuple[str, ...], minutes: int) -> None:
    """Several add up."""
    assert minutes == marked_minutes(categories, "Boundary")


def test_marks_from_before_the_first_look_are_history_and_none_are_read_where_none_are_wanted(
    exchange: Site,
) -> None:
    """With time_marks = "" a category is only a category."""
    item = exchange.mailbox.deliver(invented_message(1))
    item.categories = ("Boundary/5 min",)
    first = exchange.open_mailbox().changes(None)
    exchange.mailbox.changed(item.item_id)

    marks = [
        exchange.open_mailbox(time_marks=word).changes(first.cursor).time_marks for word in ("Boundary", "")
    ]

    assert () == first.time_marks
    assert [[5], []] == [[mark.minutes for mark in each] for each in marks]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("SyncFolderItems", status=503),
        Fault("SyncFolderItems", status=500),
        Fault("SyncFolderItems", drop=True),
        Fault("SyncFolderItems", code="ErrorInternalServerTransientError"),
        Fault("SyncFolderItems", code="ErrorMailboxStoreUnavailable"),
        Fault("SyncFolderItems", code="ErrorInternalServerError", soap=True),
    ],
    ids=repr,
)
def test_a_failure_while_reading_is_told_once_and_the_next_look_has_everything(
    exchange: Site, fault: Fault
) -> None:
    """Nothing is asked again by itself, and no word of the server's is told."""
    mailbox = exchange.open_mailbox()
    cursor = mailbox.changes(None).cursor
    exchange.mailbox.deliver(invented_message(1))
    exchange.fail_next(fault)
    before = len(exchange.asked())

    with pytest.raises(Unavailable) as caught:
        mailbox.changes(cursor)

    assert 1 == len(exchange.asked()) - before
    assert "@" not in str(caught.value)
    assert 1 == len(mailbox.changes(cursor).received)
