"""A real account of Microsoft 365, where somebody names one.

BOUNDARY_LIVE_MICROSOFT365 is a file with a kept sign-in (the secret `microsoft365`),
BOUNDARY_LIVE_MICROSOFT365_CLIENT the id of its application, and BOUNDARY_LIVE_MICROSOFT365_ADDRESS its own
address. What is touched: the header fields of the newest
messages, the calendar and the mailbox's settings are read, and one message is sent from the account to itself.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boundary_microsoft365.calendar import Microsoft365Calendar
from boundary_microsoft365.mailbox import Microsoft365Mailbox
from boundary_microsoft365.settings import CalendarSettings, MailboxSettings
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import Unavailable
from boundary_plugins.host.services import Services
from boundary_plugins.ports import Condition, SentSearch
from boundary_plugins.testing.benches import invented_response
from boundary_plugins.testing.doubles import memory_services

KEPT, CLIENT = "BOUNDARY_LIVE_MICROSOFT365", "BOUNDARY_LIVE_MICROSOFT365_CLIENT"
ADDRESS = "BOUNDARY_LIVE_MICROSOFT365_ADDRESS"
pytestmark = pytest.mark.live(KEPT, CLIENT, ADDRESS)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """The sign-in, and a place for its renewals."""
    kept = {"microsoft365": Path(os.environ[KEPT]).read_text("utf-8")}
    return replace(memory_services(tmp_path, secrets=kept), keep_secret=kept.__setitem__)


def settings() -> dict[str, Any]:
    """The application that signed in."""
    return {"client_id": os.environ[CLIENT]}


@pytest.fixture
def mailbox(services: Services) -> Iterator[Microsoft365Mailbox]:
    """The account's mailbox."""
    with closing(Microsoft365Mailbox(MailboxSettings.model_validate(settings()), services)) as made:
        yield made


def test_it_answers(mailbox: Microsoft365Mailbox) -> None:
    """The sign-in holds, and the mailbox gives what it must."""
    assert Condition.BROKEN not in {each.condition for each in mailbox.examine()}


def test_its_newest_messages_have_header_fields(mailbox: Microsoft365Mailbox) -> None:
    """And come again under the same ids."""
    received = mailbox.changes(None).received[-5:]

    assert all(mailbox.fetch(each).headers is not None for each in received)


def test_what_was_sent_is_found(mailbox: Microsoft365Mailbox, services: Services) -> None:
    """By our own header, once Exchange has filed it; patience is asked for until then."""
    own = os.environ[ADDRESS]
    response = invented_response(f"live-{secrets.token_hex(8)}")
    content = response.content.replace(b"therapist@example.com", own.encode())
    content = content.replace(b"client@example.org", own.encode())

    mailbox.send(replace(response, sender=own, to=own, content=content))

    assert _is_found(mailbox, response.response_id)


def _is_found(mailbox: Microsoft365Mailbox, response_id: str) -> bool:
    """Whether it shows among the sent ones within a minute."""
    for _ in range(30):
        try:
            return mailbox.find_sent(response_id) is SentSearch.FOUND
        except Unavailable:
            mailbox.wait(2.0)
    return False


def test_its_calendar_can_be_read(services: Services) -> None:
    """A month of it."""
    now = datetime.now(UTC)
    with closing(Microsoft365Calendar(CalendarSettings.model_validate(settings()), services)) as calendar:
        contents = calendar.contents(Interval(now, now + timedelta(days=30)))

    assert () == contents.set_aside
