"""What boundary_caldav says of itself before anything is opened, and which settings it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import boundary_caldav
from boundary_caldav.settings import CaldavCalendarSettings, CaldavPublisherSettings
from boundary_plugins.errors import Refused
from boundary_plugins.host.providers import Capability
from boundary_plugins.testing.doubles import memory_services


def test_a_calendar_and_a_publisher_are_offered() -> None:
    """Both need a network."""
    (calendar,), (publisher,) = boundary_caldav.register_calendars(), boundary_caldav.register_publishers()

    assert ("caldav", "caldav") == (calendar.name, publisher.name)
    assert Capability.READ_AVAILABILITY in calendar.capabilities
    assert Capability.PUBLISH_ABSENCES in publisher.capabilities
    assert Capability.WITHOUT_NETWORK not in calendar.capabilities | publisher.capabilities


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Field required"),
        ({"url": "dav.example.com"}, 'begins with "https://"'),
        ({"url": "ftp://dav.example.com/"}, 'begins with "https://"'),
        ({"url": "https://"}, 'begins with "https://"'),
        ({"url": "https://dav.example.com:port/"}, "allowed: an address such as"),
        # A password may not leave this machine in the clear, nor stand in the configuration.
        ({"url": "http://dav.example.com/"}, "only for a server on this machine"),
        ({"url": "https://me:secret@dav.example.com/"}, "no user name in the address"),
        ({"url": "https://dav.example.com/", "username": "me"}, "belong together"),
        ({"url": "https://dav.example.com/", "password_secret": "dav"}, "belong together"),
        ({"url": "https://dav.example.com/", "password": "secret"}, "Extra inputs"),
        ({"url": "https://dav.example.com/", "timeout": 0}, "greater than 0"),
        ({"url": "https://dav.example.com/", "mode": "all"}, "'events' or 'free-busy'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value)[:50],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, str], words: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError) as caught:
        CaldavCalendarSettings.model_validate(wrong)

    assert words in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5232/", "http://localhost/dav", "http://[::1]:5232/"])
def test_this_machine_needs_no_tls(url: str) -> None:
    """As with a server beside the program."""
    assert url == CaldavPublisherSettings(url=url).url


def test_registering_loads_no_library() -> None:
    """What opens a calendar is loaded when one is opened."""
    program = "import boundary_caldav, sys\nprint(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"caldav", "requests", "lxml", "icalendar"} & set(loaded.stdout.split())


@pytest.mark.parametrize("missing", ["caldav", "lxml"])
def test_a_library_that_is_not_installed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    """With what to install; the plugin itself loads without it."""
    for name in [each for each in sys.modules if each.startswith(("boundary_caldav.", "caldav", "lxml"))]:
        if name != "boundary_caldav.settings":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    ((calendar,), (publisher,)) = boundary_caldav.register_calendars(), boundary_caldav.register_publishers()

    for provider in (calendar, publisher):
        settings = provider.settings(url="https://dav.example.com/")
        with pytest.raises(Refused, match='install the program with its extra "caldav"'):
            provider.open(settings, memory_services(tmp_path, name="calendar work"))
