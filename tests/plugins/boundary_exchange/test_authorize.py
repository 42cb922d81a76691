"""`boundary exchange authorize`: a person enters a code, and their sign-in is kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result

from boundary_exchange.authorize import command
from boundary_exchange.settings import MailboxSettings
from boundary_plugins import AuthorizationNeeded, BoundaryError, CommandServices
from boundary_plugins.host.services import ConfiguredTable
from builders_exchange import Site
from servers.ews import TOKEN

DELEGATED = {"sign_in": "delegated", "password_secret": None, "client_id": "0b1d"}


def run(
    exchange: Site, kept: dict[str, str], *arguments: str, tokens: tuple[str, ...] = ("token",)
) -> Result:
    """Run the command over tables with these secrets."""

    def keep(name: str, value: str) -> str:
        kept[name] = value
        return "in the keyring"

    def table(token: str) -> ConfiguredTable:
        url = f"{exchange.server.base}{TOKEN}"
        settings: dict[str, Any] = exchange.settings(**DELEGATED, token_secret=token, token_url=url)
        return ConfiguredTable("mailbox", "main", "exchange", MailboxSettings.model_validate(settings))

    services = CommandServices(
        secret=lambda _: None,
        keep_secret=keep,
        now=lambda: datetime.now(UTC),
        config_directory=exchange.folder,
        tables=tuple(map(table, tokens)),
    )
    return CliRunner().invoke(command(services), ["authorize", *arguments])


@pytest.fixture(autouse=True)
def _client(exchange: Site) -> None:
    """An application without a secret, as one on a person's own machine."""
    exchange.server.sign_in.clients["0b1d"] = ""
    exchange.server.sign_in.enters = []


def test_a_code_is_shown_and_what_comes_of_it_signs_in(exchange: Site) -> None:
    """After a while in which nobody has entered it."""
    sign_in, kept = exchange.server.sign_in, dict[str, str]()
    sign_in.enters = ["authorization_pending", "authorization_pending", exchange.address]

    done = run(exchange, kept)

    assert 0 == done.exit_code, done.output
    assert "enter the code ABCD" in done.output
    assert "kept in the keyring" in done.output
    exchange.secrets["token"] = kept["token"]
    url = f"{exchange.server.base}{TOKEN}"
    assert exchange.open_mailbox(**DELEGATED, token_secret="token", token_url=url).changes(None).gap


@pytest.mark.parametrize("becomes", ["expired_token", "authorization_declined", "access_denied"])
def test_a_code_that_nobody_enters_keeps_nothing(exchange: Site, becomes: str) -> None:
    """It says so and ends."""
    kept: dict[str, str] = {}
    exchange.server.sign_in.enters = [becomes]

    done = run(exchange, kept)

    assert isinstance(done.exception, AuthorizationNeeded)
    assert {} == kept


def test_an_application_that_may_not_do_so_is_told(exchange: Site) -> None:
    """An administrator must allow public client flows."""
    del exchange.server.sign_in.clients["0b1d"]

    done = run(exchange, {})

    assert isinstance(done.exception, BoundaryError)
    assert "may not sign in by a code" in str(done.exception)


@pytest.mark.parametrize(
    "tokens, arguments, told",
    [
        ((), (), 'no table of the configuration says sign_in = "delegated"'),
        (("one", "two"), (), "which? --token one or two"),
        (("one",), ("--token", "three"), "no table has token_secret = 'three'"),
    ],
)
def test_which_sign_in_is_meant_must_be_clear(
    exchange: Site, tokens: tuple[str, ...], arguments: tuple[str, ...], told: str
) -> None:
    """One sentence, with what is there."""
    done = run(exchange, {}, *arguments, tokens=tokens)

    assert 2 == done.exit_code
    assert told in done.output
