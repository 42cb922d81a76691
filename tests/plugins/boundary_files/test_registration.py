"""What boundary_files says of its mailbox before it is opened."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

import boundary_files
from boundary_plugins.host.providers import Capability


def test_the_therapists_own_mail_is_seen_only_where_it_is_configured() -> None:
    """The capability says so, and nothing pretends."""
    (provider,) = boundary_files.register_mailboxes()
    settings = [provider.settings(path="Maildir"), provider.settings(path="Maildir", sent="Sent")]

    assert [False, True] == [Capability.SEE_SENT in provider.capabilities_with(each) for each in settings]


def test_availability_is_published_as_a_calendar_and_as_a_page() -> None:
    """Two kinds, with the same abilities."""
    ics, page = boundary_files.register_publishers()

    assert ("ics", "page") == (ics.name, page.name)
    assert ics.capabilities == page.capabilities


@pytest.mark.parametrize(
    "of_file", [("ics", {"paths": ("a.ics",)}), ("ics", {"path": "a.ics"}), ("page", {"path": "a"})]
)
def test_a_file_needs_no_network_and_an_address_does(of_file: tuple[str, dict[str, object]]) -> None:
    """So that what must not touch the network leaves the address out."""
    kind, file = of_file
    registered = (
        [*boundary_files.register_calendars()] if "paths" in file else [*boundary_files.register_publishers()]
    )
    (provider,) = (each for each in registered if each.name == kind)
    settings = [provider.settings.model_validate(each) for each in (file, {"url": "https://example.com/a"})]

    able = [Capability.WITHOUT_NETWORK in provider.capabilities_with(each) for each in settings]

    assert [True, False] == able


def test_a_search_for_sent_responses_is_not_promised() -> None:
    """Over plain SMTP nobody can be asked."""
    (provider,) = boundary_files.register_mailboxes()

    assert Capability.FIND_SENT not in provider.capabilities


@pytest.mark.parametrize("wrong", [{}, {"path": ""}, {"path": "x", "folder": "y"}, {"path": "x", "sent": ""}])
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, str]) -> None:
    """A forgotten or unknown key."""
    (provider,) = boundary_files.register_mailboxes()

    with pytest.raises(ValidationError):
        provider.settings.model_validate(wrong)


def test_registering_a_mailbox_reads_no_mail_library() -> None:
    """What opens a mailbox is loaded when one is opened."""
    program = "import boundary_files, sys\nprint(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"smtplib", "icalendar", "boundary_files.mailbox"} & set(loaded.stdout.split())
