"""Which plugin a mailbox needs, how long EWS still works in Exchange Online, and a warning once a week."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boundary_exchange.mailbox import ExchangeMailbox
from boundary_exchange.online import WeeklyWarning, examined_place, is_online
from boundary_exchange.settings import MailboxSettings
from boundary_plugins import Condition, ProviderError, Services
from boundary_plugins.testing.doubles import MemoryLog, memory_services

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ONLINE = "https://outlook.office365.com/EWS/Exchange.asmx"


def settings(server: str | None) -> MailboxSettings:
    """A mailbox on a server."""
    made = {"address": "therapist@example.com", "password_secret": "exchange", "server": server}
    return MailboxSettings.model_validate(made)


def services(folder: Path, log: MemoryLog, now: Callable[[], datetime]) -> Services:
    """The program's services by a clock that is set."""
    return replace(memory_services(folder, log=log, name="mailbox main"), now=now)


@pytest.mark.parametrize(
    "server, online",
    [
        ("outlook.office365.com", True),
        ("https://OUTLOOK.office365.com/EWS/Exchange.asmx", True),
        ("smtp.outlook.com", True),
        ("mail.example.com", False),
        ("outlook.office365.com.example.com", False),
        ("notoutlook.com", False),
        (None, False),
    ],
)
def test_a_mailbox_is_online_by_its_host(server: str | None, online: bool) -> None:
    """Only Microsoft's own hosts are."""
    assert online is is_online(settings(server).endpoint)


@pytest.mark.parametrize(
    "at, condition, words",
    [
        (datetime(2026, 9, 1, tzinfo=UTC), Condition.LOOK, "tenant by tenant from 1 October 2026"),
        (NOW, Condition.LOOK, "since 1 October 2026 and ends on 1 April 2027, in 128 days"),
        (datetime(2027, 3, 31, tzinfo=UTC), Condition.LOOK, "in 1 day"),
        (datetime(2027, 4, 1, tzinfo=UTC), Condition.BROKEN, "ended on 1 April 2027"),
    ],
)
def test_it_is_told_how_long_ews_still_works_there(at: datetime, condition: Condition, words: str) -> None:
    """And which plugin the mailbox needs, and what an administrator has to allow until then."""
    examined = examined_place(ONLINE, at)

    assert condition is examined.condition
    assert words in examined.found
    assert "microsoft365" in examined.remedy
    assert "allow list" in examined.remedy


def test_a_server_of_ones_own_keeps_ews() -> None:
    """Nothing to do."""
    assert Condition.OK is examined_place("https://mail.example.com/EWS/Exchange.asmx", NOW).condition


def warnings(log: MemoryLog) -> int:
    """How often it was said."""
    return sum(line[0] == "warning" and "1 April 2027" in line[1] for line in log.lines)


def test_it_is_said_once_a_week_whatever_is_started_meanwhile(tmp_path: Path) -> None:
    """Three weeks, a look each hour, a restart each day."""
    now, log, said = [NOW], MemoryLog(), []
    for day in range(21):
        warning = WeeklyWarning(services(tmp_path, log, lambda: now[0]))
        for _ in range(24):
            warning.say_where_due(ONLINE)
            now[0] += timedelta(hours=1)
        said.append(warnings(log))
        assert day // 7 + 1 == said[-1], day

    assert 3 == said[-1]


@pytest.mark.parametrize("kept", ["", "rubbish", "2026-11-24T00:00:00", "2099-01-01T00:00:00+00:00"])
def test_a_note_that_cannot_be_read_or_is_of_the_future_holds_nothing_up(tmp_path: Path, kept: str) -> None:
    """It is said rather than not."""
    (tmp_path / "warned-of-exchange-online").write_text(kept)
    log = MemoryLog()

    WeeklyWarning(services(tmp_path, log, lambda: NOW)).say_where_due(ONLINE)

    assert 1 == warnings(log)


@pytest.mark.parametrize("server, expected", [("https://127.0.0.1:1/x", 0), (None, 0)])
def test_nothing_is_said_of_a_server_of_ones_own(tmp_path: Path, server: str | None, expected: int) -> None:
    """However often it is looked at."""
    log = MemoryLog()

    WeeklyWarning(services(tmp_path, log, lambda: NOW)).say_where_due(server)

    assert expected == warnings(log)


def test_a_mailbox_says_it_at_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the look then fails."""
    import boundary_exchange.online as online

    monkeypatch.setattr(online, "_HOSTS", ("127.0.0.1",))
    log = MemoryLog()
    made: Any = settings("https://127.0.0.1:1/EWS/Exchange.asmx")
    mailbox = ExchangeMailbox(made, services(tmp_path, log, lambda: NOW))

    for _ in range(2):
        with pytest.raises(ProviderError):
            mailbox.changes(None)

    assert 1 == warnings(log)
