"""A response over EWS is sent once, whatever breaks on the way, and leaves with the fields it must have."""

import logging
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes

import pytest

from boundary_plugins import (
    AuthorizationNeeded,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    SentSearch,
    Unavailable,
)
from boundary_plugins.ports import OutgoingResponse
from boundary_plugins.testing.benches import invented_response
from builders_exchange import Site
from servers.ews import Fault

CONTENT = (
    "From: therapist@example.com\r\nTo: client@example.org\r\nSubject: Automatic reply\r\n"
    "Message-ID: <r-1.boundary@example.com>\r\nIn-Reply-To: <7@example.org>\r\n"
    "References: <6@example.org> <7@example.org>\r\nAuto-Submitted: auto-replied\r\n"
    "X-Auto-Response-Suppress: All\r\nX-Boundary-Response: r-1\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGruß.\r\n"
).encode()
RESPONSE = OutgoingResponse("r-1", "therapist@example.com", "client@example.org", CONTENT)


def places(exchange: Site) -> list[str]:
    """The folders in which messages lie."""
    return sorted(item.folder for item in exchange.mailbox.items.values())


def test_it_leaves_with_every_field_that_a_response_must_have(exchange: Site) -> None:
    """Exchange drops those it does not know out of a MIME message, so they go as properties, too."""
    exchange.open_mailbox().send(RESPONSE)

    (left,) = map(message_from_bytes, exchange.mailbox.left)
    assert "auto-replied" == left["Auto-Submitted"]
    assert "All" == left["X-Auto-Response-Suppress"]
    assert "r-1" == left["X-Boundary-Response"]
    assert "<r-1.boundary@example.com>" == left["Message-ID"]
    assert "<7@example.org>" == left["In-Reply-To"]
    assert "<6@example.org> <7@example.org>" == left["References"]
    assert "Gruß.\n" == left.get_payload(decode=True).decode().replace("\r\n", "\n")  # type: ignore[union-attr]


def test_it_stands_among_the_sent_messages_and_is_known_again(exchange: Site) -> None:
    """As the therapist sees it in Outlook."""
    mailbox = exchange.open_mailbox()
    cursor = mailbox.changes(None).cursor

    receipt = mailbox.send(RESPONSE)

    assert ["sentitems"] == places(exchange)
    assert not receipt.reverse_path_is_null
    assert ["r-1"] == [sent.response_id for sent in mailbox.changes(cursor).sent]


@pytest.mark.parametrize(
    "fault",
    [
        # A load balancer gives up, though Exchange has done it.
        Fault("SendItem", status=500, after=True),
        Fault("SendItem", status=502, after=True),
        Fault("SendItem", status=504, after=True),
        Fault("SendItem", drop=True, after=True),
    ],
    ids=repr,
)
def test_a_failure_after_it_was_sent_is_told_as_unknown_and_found_by_asking(
    exchange: Site, fault: Fault
) -> None:
    """And asking again sends no second one."""
    mailbox = exchange.open_mailbox()
    exchange.fail_next(fault)

    with pytest.raises(OutcomeUnknown):
        mailbox.send(RESPONSE)

    assert SentSearch.FOUND is mailbox.find_sent("r-1")
    assert 1 == len(exchange.mailbox.left)
    assert 1 == exchange.asked().count("SendItem")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("SendItem", status=500),
        Fault("SendItem", status=503),
        Fault("SendItem", drop=True),
        Fault("SendItem", code="ErrorInternalServerError"),
        Fault("SendItem", code="ErrorTimeoutExpired"),
        Fault("SendItem", code="ErrorInternalServerTransientError"),
    ],
    ids=repr,
)
def test_a_failure_before_it_was_sent_is_told_as_unknown_and_the_very_draft_is_sent_later(
    exchange: Site, fault: Fault
) -> None:
    """A draft that is still there was not sent; a second one would be a second message."""
    mailbox = exchange.open_mailbox()
    exchange.fail_next(fault)

    with pytest.raises(OutcomeUnknown):
        mailbox.send(RESPONSE)
    between = (mailbox.find_sent("r-1"), places(exchange))
    mailbox.send(RESPONSE)

    assert (SentSearch.ABSENT, ["drafts"]) == between
    assert 1 == len(exchange.mailbox.left)
    assert ["sentitems"] == places(exchange)
    assert 1 == exchange.asked().count("CreateItem")


def test_a_draft_that_was_sent_between_looking_and_sending_is_not_sent_again(exchange: Site) -> None:
    """A request that was thought lost came through late."""
    mailbox = exchange.open_mailbox()
    exchange.fail_next(Fault("SendItem", code="ErrorItemNotFound"))

    with pytest.raises(OutcomeUnknown):
        mailbox.send(RESPONSE)


@pytest.mark.parametrize(
    "fault, kind",
    [
        (Fault("CreateItem", drop=True), Unavailable),
        (Fault("CreateItem", drop=True, after=True), Unavailable),
        (Fault("CreateItem", status=500, after=True), Unavailable),
        (Fault("FindItem", code="ErrorMailboxMoveInProgress"), Unavailable),
        (Fault("CreateItem", code="ErrorQuotaExceeded"), Unavailable),
        (Fault("CreateItem", code="ErrorMimeContentInvalid"), Refused),
        (Fault("CreateItem", code="ErrorAccessDenied"), AuthorizationNeeded),
        (Fault("SendItem", code="ErrorSendAsDenied"), Refused),
        (Fault("SendItem", code="ErrorMessageSizeExceeded"), Refused),
        (Fault("SendItem", code="ErrorInvalidRecipients"), Refused),
        (Fault("SendItem", code="ErrorPasswordExpired"), AuthorizationNeeded),
        (Fault("SendItem", status=403), AuthorizationNeeded),
        (Fault("SendItem", status=429, wait=60), RateLimited),
        (Fault("SendItem", code="ErrorExceededConnectionCount"), RateLimited),
        (Fault("SendItem", status=404), Unavailable),
    ],
    ids=repr,
)
def test_what_surely_was_not_sent_is_told_so_and_goes_once_later(
    exchange: Site, fault: Fault, kind: type[ProviderError]
) -> None:
    """Keeping a draft sends nothing, so a failure of that is never a doubt."""
    mailbox = exchange.open_mailbox()
    exchange.fail_next(fault)

    with pytest.raises(ProviderError) as caught:
        mailbox.send(RESPONSE)
    left = len(exchange.mailbox.left)
    mailbox.send(RESPONSE)

    assert (kind, 0, 1) == (type(caught.value), left, len(exchange.mailbox.left))
    assert ["sentitems"] == places(exchange)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("SendItem", code="ErrorServerBusy", soap=True, wait=297.749),
        Fault("SendItem", code="ErrorServerBusy", wait=297.749),
        Fault("FindItem", code="ErrorServerBusy", soap=True, wait=297.749),
    ],
    ids=repr,
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(exchange: Site, fault: Fault) -> None:
    """Its back-off is told, and nothing waits in the plugin."""
    services = exchange.services()
    mailbox = exchange.open_mailbox()
    exchange.fail_next(fault)
    before = services.now()

    with pytest.raises(RateLimited) as caught:
        mailbox.send(RESPONSE)

    assert caught.value.retry_at is not None
    waits = caught.value.retry_at - before
    assert timedelta(seconds=297) < waits < timedelta(seconds=310)
    assert [] == exchange.mailbox.left


def test_a_server_that_is_not_there_is_unavailable(exchange: Site) -> None:
    """Nobody can have taken anything."""
    mailbox = exchange.open_mailbox(server="https://127.0.0.1:1/EWS/Exchange.asmx")

    with pytest.raises(Unavailable, match="cannot be reached: refused"):
        mailbox.send(RESPONSE)


@pytest.mark.parametrize("act", [lambda mailbox: mailbox.send(RESPONSE), lambda mailbox: mailbox.fetch("x")])
def test_nothing_of_a_message_or_an_address_is_logged_or_told(
    exchange: Site,
    act: Callable[[object], object],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """exchangelib would write whole requests into its log where something goes wrong."""
    mailbox = exchange.open_mailbox()
    exchange.fail_next(Fault(status=500))

    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        act(mailbox)

    out = capfd.readouterr()
    for private in ("client@example.org", "therapist@example.com", "Gruß", "Automatic reply"):
        assert private not in f"{caught.value}{exchange.log.lines}{out.out}{out.err}"
        assert not any(private in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("also", [[], [Fault("DeleteItem", status=500)]], ids=["", "it cannot be"])
def test_a_draft_that_is_refused_for_good_is_taken_away(exchange: Site, also: list[Fault]) -> None:
    """Where that fails it stays, and the refusal is told all the same."""
    mailbox = exchange.open_mailbox()
    for fault in (Fault("SendItem", code="ErrorSendAsDenied"), *also):
        exchange.fail_next(fault)

    with pytest.raises(Refused):
        mailbox.send(RESPONSE)

    assert ["drafts"] * len(also) == places(exchange)


def test_other_responses_are_not_found_for_this_one(exchange: Site) -> None:
    """Each has an id of its own."""
    mailbox = exchange.open_mailbox()
    mailbox.send(invented_response("r-2"))

    assert SentSearch.ABSENT is mailbox.find_sent("r-1")


def test_a_response_that_the_therapist_threw_away_is_still_found(exchange: Site) -> None:
    """It was sent all the same."""
    mailbox = exchange.open_mailbox()
    mailbox.send(RESPONSE)
    (sent,) = exchange.mailbox.items
    exchange.mailbox.move(sent, "deleteditems")

    assert SentSearch.FOUND is mailbox.find_sent("r-1")
