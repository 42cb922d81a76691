"""Every way of signing in to Exchange, verified TLS, and whose mailbox one may use."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError

from boundary_exchange.autodiscover import _is_trusted
from boundary_exchange.mailbox import ExchangeMailbox
from boundary_exchange.settings import MailboxSettings
from boundary_plugins import AuthorizationNeeded, Unavailable
from boundary_plugins.testing.benches import hours, invented_message, invented_response
from boundary_plugins.testing.certificates import make_certificate
from boundary_plugins.testing.doubles import memory_services
from builders_exchange import Site
from servers.ews import AUTODISCOVER, TOKEN, EwsServer

APPLICATION = {
    "sign_in": "application",
    "password_secret": None,
    "tenant": "contoso.example",
    "client_id": "0b1c",
    "client_secret": "app",
}
DELEGATED = {
    "sign_in": "delegated",
    "password_secret": None,
    "client_id": "0b1d",
    "token_secret": "token",
}


@pytest.fixture(autouse=True)
def _ways(ews: EwsServer) -> None:
    """Every way is open again."""
    ews.accepts = {"Basic", "NTLM", "Bearer"}
    ews.knows_redirect = None


def reads(exchange: Site, **settings: Any) -> bool:
    """Whether a sign-in reads the mailbox, and sends from it."""
    mailbox = exchange.open_mailbox(**settings)
    cursor = mailbox.changes(None).cursor
    item = exchange.mailbox.deliver(invented_message(1))
    mailbox.send(invented_response())
    return mailbox.changes(cursor).received == (item.item_id,) and len(exchange.mailbox.left) == 1


@pytest.mark.parametrize("way", ["basic", "ntlm"])
def test_a_password_signs_in(exchange: Site, way: str) -> None:
    """By NTLM the server proves it with pyspnego's acceptor, and never sees it."""
    exchange.server.accepts = {"Basic" if way == "basic" else "NTLM"}

    assert reads(exchange, sign_in=way)


@pytest.mark.parametrize("way", ["basic", "ntlm"])
def test_a_wrong_password_asks_for_a_new_sign_in_and_is_not_tried_again_at_once(
    exchange: Site, way: str
) -> None:
    """Five tries a minute would lock the account."""
    now = [datetime(2026, 3, 2, tzinfo=UTC)]
    settings = MailboxSettings.model_validate(
        exchange.settings(sign_in=way, password_secret="changing", streaming=False)
    )
    secrets = {"changing": "wrong"}
    services = memory_services(exchange.folder, secrets=secrets, log=exchange.log)
    mailbox = ExchangeMailbox(settings, with_clock(services, now))
    told = []
    for _ in range(3):
        with pytest.raises(AuthorizationNeeded) as caught:
            mailbox.changes(None)
        told.append(str(caught.value))
    exchange.server.sign_in.passwords[exchange.address] = "wrong"
    exchange.server.sign_in.add(exchange.address, "wrong")
    with pytest.raises(AuthorizationNeeded):
        mailbox.changes(None)
    now[0] += timedelta(minutes=1, seconds=1)

    assert mailbox.changes(None).gap
    assert ["mailbox test: Exchange does not take the sign-in"] == sorted(set(told))
    mailbox.close()


def test_all_parts_of_a_program_together_try_a_refused_password_once(exchange: Site) -> None:
    """A mailbox, its stream, a calendar and two publishers would otherwise lock the account in one go."""
    wrong = {"password_secret": "wrong"}
    refused = exchange.server.refused

    with pytest.raises(AuthorizationNeeded):
        exchange.open_mailbox(**wrong).changes(None)
    with pytest.raises(AuthorizationNeeded):
        exchange.open_calendar(**wrong).contents(hours(0, 24))
    with pytest.raises(AuthorizationNeeded):
        exchange.open_replies(**wrong).answers_during(hours(0, 24))
    with pytest.raises(AuthorizationNeeded):
        exchange.open_entries(**wrong).remove()

    assert 1 == exchange.server.refused - refused


def test_a_secret_that_was_changed_is_tried_at_once(exchange: Site) -> None:
    """Without waiting for the pause to end."""
    exchange.secrets["changing"] = "wrong"
    mailbox = exchange.open_mailbox(password_secret="changing")
    with pytest.raises(AuthorizationNeeded):
        mailbox.changes(None)

    exchange.secrets["changing"] = exchange.secrets["exchange"]

    assert mailbox.changes(None).gap


def with_clock(services: Any, now: list[datetime]) -> Any:
    """The services with a clock that a test sets."""
    return replace(services, now=lambda: now[0])


def test_without_the_secret_it_is_told_how_to_set_it(exchange: Site) -> None:
    """One sentence."""
    mailbox = exchange.open_mailbox(password_secret="nowhere")

    with pytest.raises(AuthorizationNeeded, match="boundary secret set nowhere"):
        mailbox.changes(None)


def application(exchange: Site) -> dict[str, Any]:
    """An application that may impersonate everybody."""
    sign_in = exchange.server.sign_in
    sign_in.clients["0b1c"], exchange.secrets["app"] = "app secret", "app secret"
    sign_in.impersonators.add("0b1c")
    return {**APPLICATION, "token_url": f"{exchange.server.base}{TOKEN}"}


def test_an_application_signs_in_by_tokens_and_acts_for_the_owner(exchange: Site) -> None:
    """OAuth 2.0, client credentials, impersonation."""
    exchange.server.accepts = {"Bearer"}

    assert reads(exchange, **application(exchange))
    assert {"0b1c"} == {user for user, address, _ in exchange.server.requests if address == exchange.address}


def test_a_token_that_was_taken_back_is_replaced_without_a_word(exchange: Site) -> None:
    """Nothing had been done with it, so the same is asked once more."""
    exchange.server.accepts = {"Bearer"}
    mailbox = exchange.open_mailbox(**application(exchange))
    cursor = mailbox.changes(None).cursor
    exchange.server.sign_in.tokens.clear()

    mailbox.send(invented_response())

    assert 1 == len(exchange.mailbox.left)
    assert not mailbox.changes(cursor).gap


def test_an_application_whose_secret_ran_out_asks_for_a_person(exchange: Site) -> None:
    """It does when two years are over."""
    settings = application(exchange)
    exchange.secrets["app"] = "old"

    with pytest.raises(AuthorizationNeeded):
        exchange.open_mailbox(**settings).changes(None)


def delegated(exchange: Site, **more: Any) -> dict[str, Any]:
    """A person's rights, lent to an application."""
    sign_in = exchange.server.sign_in
    sign_in.clients["0b1d"] = ""
    sign_in.refresh_tokens["first"], exchange.secrets["token"] = exchange.address, "first"
    return {**DELEGATED, "token_url": f"{exchange.server.base}{TOKEN}", **more}


def test_a_person_lends_their_rights_by_a_refresh_token(exchange: Site) -> None:
    """Also where the application has no secret, as one on a person's own machine."""
    exchange.server.accepts = {"Bearer"}

    assert reads(exchange, **delegated(exchange))


def test_a_refresh_token_that_replaces_the_one_before_is_kept(exchange: Site) -> None:
    """Microsoft gives a new one with each use; without it the person would sign in again in three months."""
    kept: dict[str, str] = {}
    made = exchange.settings(**delegated(exchange), streaming=False)
    services = replace(exchange.services(), keep_secret=kept.__setitem__)
    mailbox = ExchangeMailbox(MailboxSettings.model_validate(made), services)

    mailbox.changes(None)
    mailbox.close()

    assert {"token": exchange.address} == {
        name: exchange.server.sign_in.refresh_tokens[token] for name, token in kept.items()
    }


def test_a_sign_in_that_is_locked_away_for_a_while_is_used_again_when_it_is_back(exchange: Site) -> None:
    """As by a keyring that was locked; nothing hangs meanwhile."""
    mailbox = exchange.open_mailbox(**delegated(exchange))
    mailbox.changes(None)
    kept = exchange.secrets.pop("token")
    exchange.server.sign_in.refresh_tokens[kept] = exchange.address
    told = []
    for _ in range(2):
        with (
            time_machine.travel(datetime.now(UTC) + timedelta(hours=2)),
            pytest.raises(AuthorizationNeeded) as e,
        ):
            mailbox.changes(None)
        told.append("boundary secret set token" in str(e.value))

    exchange.secrets["token"] = kept

    assert [True, True] == told
    assert mailbox.changes(None).gap


def test_two_parts_with_one_sign_in_do_not_take_it_from_each_other(exchange: Site) -> None:
    """A refresh token that is good once: the other part finds the next one where it is kept."""
    made = MailboxSettings.model_validate(exchange.settings(**delegated(exchange), streaming=False))
    services = replace(exchange.services(), keep_secret=exchange.secrets.__setitem__)
    parts = [ExchangeMailbox(made, services) for _ in range(2)]

    gaps = [part.changes(None).gap for _ in range(2) for part in (parts[0], parts[1])]
    for part in parts:
        part.close()

    assert [True] * 4 == gaps
    assert {exchange.secrets["token"]} == set(exchange.server.sign_in.refresh_tokens) & {
        exchange.secrets["token"]
    }


@pytest.mark.parametrize("lifetime, tokens", [(3600, 2), (-5, 2)])
def test_a_token_that_has_run_out_is_replaced_before_anything_is_asked(
    exchange: Site, lifetime: int, tokens: int
) -> None:
    """Without a word; one that has run out when it comes is not asked for without an end."""
    sign_in = exchange.server.sign_in
    sign_in.lifetime, before = lifetime, sign_in.asked_for_tokens
    mailbox = exchange.open_mailbox(**application(exchange))
    now = datetime.now(UTC)
    for later in (0, 2):
        with time_machine.travel(now + timedelta(hours=later)):
            mailbox.changes(None)
            mailbox.changes(None)
    sign_in.lifetime = 3600

    assert tokens == sign_in.asked_for_tokens - before


def test_a_refresh_token_that_is_not_good_any_more_asks_for_a_person(exchange: Site) -> None:
    """They sign in again."""
    settings = delegated(exchange)
    exchange.server.sign_in.refresh_tokens.clear()

    with pytest.raises(AuthorizationNeeded):
        exchange.open_mailbox(**settings).changes(None)


def test_a_delegate_uses_anothers_mailbox_where_that_is_allowed(exchange: Site) -> None:
    """As in a shared mailbox: what is sent stands among its own sent messages."""
    exchange.server.sign_in.add("assistant@example.com", "battery staple")
    exchange.secrets["assistant"] = "battery staple"
    settings = {"username": "assistant@example.com", "password_secret": "assistant"}
    with pytest.raises(AuthorizationNeeded, match="may not use this mailbox"):
        exchange.open_mailbox(**settings).changes(None)

    exchange.server.sign_in.delegates.add(("assistant@example.com", exchange.address))

    assert reads(exchange, **settings)


def test_a_service_account_impersonates_where_that_is_allowed(exchange: Site) -> None:
    """A practice's one account for many mailboxes."""
    exchange.server.sign_in.add("service@example.com", "battery staple")
    exchange.secrets["service"] = "battery staple"
    settings = {
        "username": "service@example.com",
        "password_secret": "service",
        "access": "impersonation",
    }
    exchange.server.sign_in.impersonators.discard("service@example.com")
    with pytest.raises(AuthorizationNeeded, match="ApplicationImpersonation"):
        exchange.open_mailbox(**settings).changes(None)

    exchange.server.sign_in.impersonators.add("service@example.com")

    assert reads(exchange, **settings)


def test_a_certificate_that_nobody_trusts_is_refused_before_anything_is_said(
    exchange: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the environment says of other certificates."""
    other, _ = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(exchange.server.ca_file))
    before = len(exchange.server.requests)

    for trusted in (None, other):
        with pytest.raises(Unavailable, match="certificate is not trusted"):
            exchange.open_mailbox(ca_file=trusted).changes(None)

    assert before == len(exchange.server.requests)
    assert ssl.CERT_REQUIRED == ssl.create_default_context().verify_mode


def test_what_one_mailbox_trusts_no_other_does(exchange: Site) -> None:
    """exchangelib's own setting would hold for the whole process."""
    trusting = exchange.open_mailbox()
    trusting.changes(None)

    with pytest.raises(Unavailable, match="certificate is not trusted"):
        exchange.open_mailbox(ca_file=None).changes(None)

    assert not trusting.changes(trusting.changes(None).cursor).gap


def test_autodiscover_tells_where_the_server_is(exchange: Site) -> None:
    """Where none is named."""
    place = f"{exchange.server.base}{AUTODISCOVER}"

    assert reads(exchange, server=None, autodiscover=place)


def test_autodiscover_takes_no_password_to_a_strange_host(exchange: Site) -> None:
    """A redirect to elsewhere is not followed."""
    exchange.server.knows_redirect = f"{exchange.server.base}/elsewhere"
    mailbox = exchange.open_mailbox(server=None, autodiscover=f"{exchange.server.base}{AUTODISCOVER}")

    with pytest.raises(Unavailable, match='name it with "server"'):
        mailbox.changes(None)

    assert "/elsewhere" not in exchange.server.paths


@pytest.mark.parametrize(
    "place, trusted",
    [
        ("https://mail.example.com/autodiscover/autodiscover.svc", True),
        ("https://example.com/autodiscover/autodiscover.svc", True),
        ("https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc", True),
        ("http://mail.example.com/autodiscover/autodiscover.svc", False),
        ("https://example.com.example.net/autodiscover/autodiscover.svc", False),
        ("https://notexample.com/autodiscover/autodiscover.svc", False),
    ],
)
def test_a_redirect_is_trusted_within_the_domain_and_at_microsoft(place: str, trusted: bool) -> None:
    """And nowhere in the clear."""
    assert trusted is _is_trusted(place, "example.com")


LEAST = {"address": "therapist@example.com", "password_secret": "exchange"}


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"address": "nobody"}, "address"),
        ({"server": "http://mail.example.com/EWS/Exchange.asmx"}, "https://"),
        ({"autodiscover": "ftp://example.com"}, "https://"),
        ({"sign_in": "kerberos"}, "ntlm"),
        ({"sign_in": "application"}, 'also needs "tenant" and "client_id" and "client_secret"'),
        ({"sign_in": "delegated", "client_id": "0b1c"}, 'also needs "token_secret"'),
        ({"password_secret": None}, 'also needs "password_secret"'),
        # A call is given up after a minute.
        ({"timeout": 60}, "timeout"),
        ({"folder": "Inbox"}, "folder"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any], told: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError) as caught:
        MailboxSettings.model_validate({key: value for key, value in {**LEAST, **wrong}.items() if value})

    assert told in str(caught.value)


@pytest.mark.parametrize(
    "server, endpoint",
    [
        ("mail.example.com", "https://mail.example.com/EWS/Exchange.asmx"),
        ("https://mail.example.com/ews2/exchange.asmx", "https://mail.example.com/ews2/exchange.asmx"),
    ],
)
def test_a_host_name_or_a_whole_address_names_the_server(server: str, endpoint: str) -> None:
    """The usual path is known."""
    assert endpoint == MailboxSettings.model_validate({**LEAST, "server": server}).endpoint


@pytest.mark.parametrize(
    "settings, impersonates",
    [
        ({}, False),
        ({"access": "impersonation"}, True),
        (
            {"sign_in": "application", "tenant": "t", "client_id": "c", "client_secret": "s"},
            True,
        ),
    ],
)
def test_an_application_impersonates_and_a_person_does_not(settings: Any, impersonates: bool) -> None:
    """Unless the configuration says so."""
    assert impersonates is MailboxSettings.model_validate({**LEAST, **settings}).impersonates
