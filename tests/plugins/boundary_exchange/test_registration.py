"""What boundary_exchange says of its parts before they are opened, and how to get its library."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import boundary_exchange
from boundary_exchange.settings import CalendarSettings, MailboxSettings
from boundary_plugins import Unavailable
from boundary_plugins.host.providers import Capability
from boundary_plugins.testing.doubles import memory_services

LEAST: dict[str, Any] = {"address": "therapist@example.com", "password_secret": "exchange"}


@pytest.mark.parametrize(
    "settings, lacks",
    [
        ({}, set()),
        ({"streaming": False}, {Capability.NOTICE_AT_ONCE}),
        ({"time_marks": ""}, {Capability.READ_TIME_MARKS}),
    ],
)
def test_what_is_switched_off_is_not_promised(settings: dict[str, Any], lacks: set[Capability]) -> None:
    """The capabilities say so."""
    (provider,) = boundary_exchange.register_mailboxes()

    assert lacks == provider.capabilities - provider.capabilities_with(MailboxSettings(**LEAST, **settings))


@pytest.mark.parametrize("working_hours, lacks", [(True, set()), (False, {Capability.READ_AVAILABILITY})])
def test_a_calendar_has_available_times_only_where_working_hours_are_read(
    working_hours: bool, lacks: set[Capability]
) -> None:
    """The capabilities say so, too."""
    (provider,) = boundary_exchange.register_calendars()
    settings = CalendarSettings(**LEAST, working_hours=working_hours)

    assert lacks == provider.capabilities - provider.capabilities_with(settings)


def test_only_the_automatic_replies_answer_everyone() -> None:
    """So that the configuration must allow it."""
    publishers = {each.name: each.capabilities for each in boundary_exchange.register_publishers()}

    answering = [name for name, able in publishers.items() if Capability.ANSWER_EVERYONE in able]

    assert ["exchange-replies"] == answering
    assert ["exchange-replies", "exchange-calendar"] == list(publishers)


def test_registering_loads_no_library_of_exchange() -> None:
    """It takes a second to load, which everybody would wait for."""
    program = (
        "import boundary_exchange as e, sys\n"
        "for each in (e.register_mailboxes, e.register_calendars, e.register_publishers): list(each())\n"
        "print(*sys.modules)"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"exchangelib", "requests", "lxml", "boundary_exchange.mailbox"} & set(loaded.stdout.split())


def test_without_the_extra_it_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, no traceback."""
    (provider,) = boundary_exchange.register_mailboxes()
    for name in [name for name in sys.modules if name.startswith("boundary_exchange.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "exchangelib", None)

    with pytest.raises(Unavailable) as caught:
        provider.open(MailboxSettings(**LEAST), memory_services(tmp_path))

    assert "pip install --constraint constraints.txt '.[exchange]'" in str(caught.value)


def test_nothing_in_the_environment_replaces_urllib3() -> None:
    """niquests does, by urllib3-future, and exchangelib then hangs after an error."""
    import urllib3

    assert not hasattr(urllib3, "__is_future__")
    assert "future" not in (urllib3.__doc__ or "").lower()
    assert not any((Path(urllib3.__file__).parents[1]).glob("urllib3_future*"))
