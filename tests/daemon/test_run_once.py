"""`run --once`: one pass over everything, which lets go of everything and says whether it worked."""

from dataclasses import replace

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.daemon.loop import run_once
from boundary_plugins.errors import ConfigError, StoreError, Unavailable
from boundary_plugins.store.charge_records import ChargeState
from boundary_plugins.store.file_lock import locked_file
from daemon.money import Money
from daemon.practice import Practice


def test_a_biller_that_is_away_is_no_success(practice: Practice) -> None:
    """Whoever calls it now and then learns it by the exit code."""
    assembly = practice.assembled()
    money = Money(assembly.store, practice.folder)
    money.confirmed()
    money.books.failure = Unavailable("biller books")

    assert not run_once(replace(assembly, billing=money.billing))
    assert money.books.is_closed


def test_a_pass_that_bills_works(practice: Practice) -> None:
    """As the daemon does."""
    assembly = practice.assembled()
    money = Money(assembly.store, practice.folder)
    number = money.confirmed()

    worked = run_once(replace(assembly, billing=money.billing))

    assert (True, 1) == (worked, len(money.books.posted))
    with practice.open_store(assembly.config) as store:
        assert ChargeState.POSTED is next(each.state for each in store.charges() if each.number == number)


def test_a_store_that_fails_while_billing_is_told_and_everything_is_let_go(practice: Practice) -> None:
    """Here a lock that cannot be made."""
    assembly = practice.assembled()
    money = Money(assembly.store, practice.folder)
    money.confirmed()
    billing = replace(money.billing, lock_path=practice.config_path / "billing.lock")

    assert not run_once(replace(assembly, billing=billing))
    assert money.books.is_closed
    assert "cannot be made: File exists. It is tried again until it works." in practice.log_stream.getvalue()


def test_a_mailbox_that_is_served_already_lets_go_of_everything_else(practice: Practice) -> None:
    """It is the other process's error to tell, and no reason to keep a store open."""
    assembly = practice.assembled()
    money = Money(assembly.store, practice.folder)

    with (
        locked_file(practice.state / "main.lock", what="mailbox main"),
        pytest.raises(StoreError, match="mailbox main is already served"),
    ):
        run_once(replace(assembly, billing=money.billing))

    assert money.books.is_closed


# A one-file plugin whose place wants a sign-in.
SHUT = """
from boundary_plugins import AuthorizationNeeded, PublisherProvider, hookimpl
from boundary_plugins.testing.doubles import MemoryPublisher, MemorySettings

class Shut(MemoryPublisher):
    def publish(self, publication):
        raise AuthorizationNeeded("publisher page", "the secret 'cloud' is not there")

@hookimpl
def register_publishers():
    yield PublisherProvider(
        name="shut", summary="shut", settings=MemorySettings, open=lambda settings, services: Shut()
    )
"""


def test_a_missing_secret_ends_with_the_code_of_a_sign_in_and_names_the_command(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that whoever starts it by a timer can tell; for a page nothing is said of sending."""
    (practice.folder / "plugins" / "shut.py").write_text(SHUT, "utf-8")
    practice.configure(plugins='"files", "shut"', more='[[publishers]]\nname = "page"\nkind = "shut"\n')
    practice.start()
    practice.close()

    code = execute(["--config", str(practice.config_path), "run", "--once"])

    assert 77 == code
    said = capsys.readouterr().err
    assert "Put it there: boundary secret set cloud; it is left out until then." in said


def test_a_number_of_a_plugin_that_is_out_of_bounds_is_told_with_what_is_allowed(practice: Practice) -> None:
    """As those of the program's own keys."""
    practice.configure(smtp_timeout=9999)

    with pytest.raises(ConfigError) as caught:
        practice.assembled()

    assert str(caught.value).endswith("mailboxes[1].smtp.timeout: 9999 is too large; allowed: at most 600")
