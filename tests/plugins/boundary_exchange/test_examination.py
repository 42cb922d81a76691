"""What `boundary doctor` learns of a mailbox on Exchange, without anything being sent, written or marked."""

import pytest

from boundary_exchange.oof import as_html
from boundary_plugins import Condition, Examined
from builders_exchange import Site
from servers.ews import Fault


def examined(exchange: Site) -> dict[str, Examined]:
    """Each part of the mailbox."""
    return {each.part: each for each in exchange.open_mailbox().examine()}


def test_all_is_well_with_a_server_of_ones_own(exchange: Site) -> None:
    """It names the server's version."""
    found = examined(exchange)

    assert ["plugin", "server", "sending", "automatic replies"] == list(found)
    assert {Condition.OK} == {each.condition for each in found.values()}
    assert "15.2.2562.17" in found["server"].found


@pytest.mark.parametrize(
    "fault, words",
    [
        (Fault("GetFolder", status=401), "does not take the sign-in"),
        (Fault("GetFolder", status=403), "does not allow EWS"),
        (Fault("GetFolder", code="ErrorNonExistentMailbox"), "no such mailbox"),
        (Fault("GetFolder", code="ErrorImpersonateUserDenied"), "ApplicationImpersonation"),
        (Fault("GetFolder", code="ErrorOrganizationAccessBlocked"), "blocked in this organisation"),
        (Fault("GetUserOofSettings", code="ErrorServerBusy", soap=True, wait=9), "asks for patience"),
    ],
    ids=repr,
)
def test_what_stands_in_the_way_is_a_value(exchange: Site, fault: Fault, words: str) -> None:
    """With what an administrator must allow."""
    exchange.fail_next(fault)

    found = examined(exchange)["server"]

    assert Condition.BROKEN is found.condition
    assert words in found.found


def test_a_server_that_is_not_there_is_named(exchange: Site) -> None:
    """The plugin that it needs is told all the same."""
    mailbox = exchange.open_mailbox(server="https://127.0.0.1:1/EWS/Exchange.asmx")

    place, server = mailbox.examine()

    assert (Condition.OK, Condition.BROKEN) == (place.condition, server.condition)
    assert "refused" in server.found


def test_a_right_that_is_missing_is_told(exchange: Site) -> None:
    """Without drafts and sent messages nothing can be sent."""
    exchange.mailbox.rights = {"drafts": False}

    assert Condition.BROKEN is examined(exchange)["sending"].condition


@pytest.mark.parametrize(
    "text, condition",
    [("<p>I am ill.</p>", Condition.LOOK), (as_html("Thank you."), Condition.OK)],
)
def test_exchange_answering_by_itself_is_told(exchange: Site, text: str, condition: Condition) -> None:
    """Together with this program that would be two answers, unless it is ours."""
    oof = exchange.mailbox.oof
    oof.state, oof.internal, oof.external = "Enabled", text, text

    assert condition is examined(exchange)["automatic replies"].condition


def test_a_calendar_that_may_not_be_written_to_is_told_to_who_would_write(exchange: Site) -> None:
    """And is fine for who only reads."""
    exchange.mailbox.rights = {"calendar": False}

    reading, writing = (part.examine() for part in (exchange.open_calendar(), exchange.open_entries()))

    assert {Condition.OK} == {each.condition for each in reading}
    assert Condition.BROKEN is writing[-1].condition
