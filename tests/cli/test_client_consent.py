"""`boundary client consent` and `client fees`: what a client agreed to, and what bears on their fees."""

from typing import Any

import pytest

from cli.money import FEES, Boundary


def consents(money: Boundary, client: str = "AB") -> list[dict[str, Any]]:
    """Those on record."""
    found: list[dict[str, Any]] = money.json("client", "consent", client)["consents"]
    return found


def test_a_consent_of_a_day_counts_from_its_end_on(money: Boundary) -> None:
    """No contact of that day costs."""
    [consent] = consents(money)
    assert ("2026-1", "2026-01-16T04:59:59.999999Z", "signed form", None) == (
        *(consent["policy_version"], consent["given_at"], consent["how"], consent["revoked_at"]),
    )
    money.log(at="2026-01-15 23:59")
    money.log(at="2026-01-16 00:00")

    assert [[2]] == [each["contacts"] for each in money.json("charge", "list")]


def test_a_consent_given_now_counts_from_now_on(money: Boundary) -> None:
    money("client", "add", "EF", "--address", "ef@example.org")
    money.log("EF", at="2026-11-24 08:59")

    said = money("client", "consent", "EF", "--how", "by phone")

    assert "On record: EF agreed to fee policy 2026-1 (by phone).\n" == money.said
    assert ["2026-1", "Tue", "24", "Nov", "2026,", "10:00", "by", "phone", "—"] == said.splitlines()[
        1
    ].split()
    assert [] == money.json("charge", "list", "--client", "EF")


def test_a_consent_that_is_taken_back_ends_with_the_beginning_of_the_day(money: Boundary) -> None:
    """What was proposed for that day is dropped; before it nothing changes."""
    money.log(at="2026-11-21 12:00")
    money.log(at="2026-11-22 12:00")
    assert {1: "proposed", 2: "proposed"} == money.states()

    money("client", "consent", "AB", "--revoke", "--on", "2026-11-22")

    assert "Taken back: AB no longer agrees to fee policy 2026-1.\n" == money.said
    assert {1: "proposed"} == money.states()
    assert "2026-11-22T05:00:00Z" == consents(money)[0]["revoked_at"]
    assert "no consent of the client" in money("charge", "why", "2", "--contact")
    assert "Consents     2026-1 (taken back)" in money("client", "fees", "AB")


def test_a_consent_can_be_given_again(money: Boundary) -> None:
    money("client", "consent", "AB", "--revoke", "--on", "2026-11-20")
    money("client", "consent", "AB", "--how", "by email", "--on", "2026-11-21 10:00")
    money("client", "consent", "AB", "--how", "by email", "--on", "2026-11-21 10:00")
    for day in ("2026-11-19", "2026-11-21", "2026-11-22"):
        money.log(at=f"{day} 08:30")

    assert 2 == len(consents(money))
    assert ["2026-11-19", "2026-11-22"] == [each["first_on"] for each in money.json("charge", "list")]


@pytest.mark.parametrize(
    "said, ends_at",
    [
        ("yesterday", "2026-11-23T05:00:00Z"),
        ("on Sunday", "2026-11-22T05:00:00Z"),
        ("today", "2026-11-24T05:00:00Z"),
        ("2026-11-20", "2026-11-20T05:00:00Z"),
    ],
)
def test_a_day_is_understood_in_words(money: Boundary, said: str, ends_at: str) -> None:
    """Each is taken for the whole day, in the practice's zone."""
    money("client", "consent", "AB", "--revoke", "--on", said)

    assert ends_at == consents(money)[0]["revoked_at"]


def test_a_consent_of_yesterday_counts_from_its_end_on(money: Boundary) -> None:
    """So that no contact of that day costs."""
    money("client", "add", "EF", "--address", "ef@example.org")

    money("client", "consent", "EF", "--how", "by phone", "--on", "yesterday")

    assert "2026-11-24T04:59:59.999999Z" == consents(money, "EF")[0]["given_at"]


def test_without_a_consent_it_says_that_nothing_is_charged(money: Boundary) -> None:
    money("client", "add", "EF", "--address", "ef@example.org")

    assert "EF agreed to no fee policy; nothing is charged.\n" == money("client", "consent", "EF")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["XY", "--how", "x"], "no client XY is on file; see: boundary client list"),
        (["XY"], "no client XY is on file"),
        (["AB", "--how", "x", "--version", "2025-9"], 'there is no fee policy "2025-9"; allowed: 2026-1'),
        (
            ["AB", "--how", "x", "--on", "2026-11-25"],
            '"2026-11-25" is still to come; allowed: a day that has begun',
        ),
        (["AB", "--how", "x", "--on", "2026-02-30"], 'there is no day "2026-02-30" in the calendar'),
        (["AB", "--how", "x", "--on", "someday"], '"someday" is not understood; allowed: "now"'),
        (["AB", "--revoke", "--on", "tomorrow 10:00"], "allowed:"),
        (["AB", "--revoke", "--on", "tuesday"], 'today is Tuesday; allowed: "today", or "2026-11-17"'),
    ],
)
def test_what_cannot_be_is_refused(money: Boundary, arguments: list[str], sentence: str) -> None:
    before = consents(money)

    assert sentence in money.refused("client", "consent", *arguments)
    assert before == consents(money)


def test_what_was_taken_back_cannot_be_taken_back_again(money: Boundary) -> None:
    money("client", "consent", "AB", "--revoke")

    assert (
        "AB has no consent to fee policy 2026-1 that is in force then; see: boundary client consent AB"
    ) == money.refused("client", "consent", "AB", "--revoke")


def test_without_fees_there_is_nothing_to_agree_to(money: Boundary) -> None:
    money.configure()
    money.path.with_name("state").rename(money.path.with_name("elsewhere"))
    money("client", "add", "AB", "--address", "ab@example.org")

    said = money.refused("client", "consent", "AB", "--how", "x")

    assert 'there is no fee policy ""; allowed: none; configure [billing] and [[fees]] first' == said


def test_fees_of_a_client_are_shown_and_changed_each_by_itself(money: Boundary) -> None:
    money("client", "fees", "AB", "--session-fee", "150", "--session-minutes", "50")
    money("client", "fees", "AB", "--invoice-to", "A. Bell\\n4 Mill Road", "--standing", "suspended")

    shown = money("client", "fees", "AB")

    assert "Session fee  150.00 USD for 50 minutes" in shown
    assert "Fees         suspended" in shown
    assert "Invoices to  A. Bell, 4 Mill Road" in shown
    answer = money.json("client", "fees", "AB", "--session-minutes", "60")
    assert {"minor": 15000, "currency": "USD", "minutes": 60} == answer["session_fee"]
    assert "A. Bell\n4 Mill Road" == answer["invoice_to"]
    assert None is money.json("client", "fees", "AB", "--session-fee", "")["session_fee"]
    assert None is money.json("client", "fees", "AB", "--invoice-to", " ")["invoice_to"]


def test_a_session_fee_keeps_its_currency_until_it_is_set_anew(money: Boundary) -> None:
    """150 USD are not 150 EUR."""
    money("client", "fees", "AB", "--session-fee", "150", "--session-minutes", "50")
    money.configure(FEES.replace("USD", "EUR").replace("2026-1", "2026-2"))

    kept = money.json("client", "fees", "AB", "--session-minutes", "60")["session_fee"]
    anew = money.json("client", "fees", "AB", "--session-fee", "140")["session_fee"]

    assert (("USD", 15000), ("EUR", 14000)) == tuple(
        (each["currency"], each["minor"]) for each in (kept, anew)
    )


def test_a_suspended_client_is_charged_nothing(money: Boundary) -> None:
    money.log()
    money("client", "fees", "AB", "--standing", "never")

    assert {} == money.states()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["XY"], "no client XY is on file"),
        (["AB", "--session-fee", "150"], "a session fee needs --session-fee and --session-minutes"),
        (["AB", "--session-minutes", "50"], "a session fee needs --session-fee and --session-minutes"),
        (["AB", "--session-fee", "a lot", "--session-minutes", "50"], '"a lot" is not an amount'),
        (["AB", "--session-minutes", "0"], "--session-minutes"),
        (["AB", "--standing", "maybe"], "'maybe' is not one of"),
    ],
)
def test_fees_that_cannot_be_are_refused(money: Boundary, arguments: list[str], sentence: str) -> None:
    assert sentence in money.refused("client", "fees", *arguments)


def test_editing_a_client_keeps_what_they_agreed_to(money: Boundary) -> None:
    money("client", "fees", "AB", "--session-fee", "150", "--session-minutes", "50")
    before = money.json("client", "fees", "AB")

    money("client", "edit", "AB", "--add-address", "ab@example.com", "--language", "de")

    assert before == money.json("client", "fees", "AB")


def test_a_consent_that_was_taken_back_is_not_given_again_by_the_same_moment(money: Boundary) -> None:
    """Nobody is told that it is on record while it is not in force."""
    money("client", "consent", "AB", "--revoke", "--on", "2026-11-20")

    said = money.refused("client", "consent", "AB", "--how", "signed form", "--on", "2026-01-15")

    assert "was taken back" in said
    assert "2026-11-20T05:00:00Z" == consents(money)[0]["revoked_at"]


def test_how_a_consent_was_given_is_kept_without_addresses(money: Boundary) -> None:
    """It is read out with each charge, and addresses stay in the client directory."""
    money("client", "consent", "AB", "--how", "by email from ab@example.org", "--on", "2026-01-14")
    money.log()

    explained = money("charge", "why", "1")

    assert "by email from" in explained
    assert "ab@example.org" not in explained


def test_the_last_day_of_all_is_refused(money: Boundary) -> None:
    said = money.refused("client", "consent", "AB", "--how", "signed form", "--on", "9999-12-31")

    assert 'there is no day "9999-12-31"' in said
