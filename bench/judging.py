"""Figures for information: reading, deciding alone, the hours of a year, and what `--help` takes to begin."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bench.archives import configuration
from bench.figures import Figure
from bench.invented_mail import invented_mail
from boundary_plugins.codecs.mime import read_message
from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import load
from boundary_plugins.core.client import Client
from boundary_plugins.core.history import History
from boundary_plugins.core.message import sender_of
from boundary_plugins.daemon.classifying import classification_for
from boundary_plugins.daemon.judging import Judge
from boundary_plugins.daemon.rules import policy_for
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.errors import BoundaryError

MESSAGES = 5_000
_LOOKS = 100_000
_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def configured_timetable() -> Timetable:
    """The hours of the bench's configuration."""
    settings = hours_settings(load(configuration()))
    return Timetable(settings, (), lambda: (), _NoHealth(), lambda: datetime.now(UTC))


def configured_judge() -> Judge:
    """The rules of the bench's configuration, as the daemon has them."""
    config = load(configuration())
    return Judge(configured_timetable().hours_around, policy_for(config), classification_for(config))


def judging_figures() -> Iterator[Figure]:
    """What takes how long by itself."""
    mail = list(invented_mail(MESSAGES))
    began = perf_counter()
    messages = [read_message(each.data, provider_id="", arrived_at=each.arrived_at) for each in mail]
    yield Figure("reading alone", MESSAGES / (perf_counter() - began), "a second")
    judge = configured_judge()
    clients = [Client(id="AB", addresses=(sender_of(message) or "",)) for message in messages]
    judge.decide(messages[0], clients[0], History(), messages[0].arrived_at)
    began = perf_counter()
    for message, client in zip(messages, clients, strict=True):
        judge.decide(message, client, History(), message.arrived_at)
    yield Figure("deciding alone", MESSAGES / (perf_counter() - began), "a second")
    yield from _hours()
    yield Figure("boundary --help, start to end", _help_seconds() * 1000, "ms")


def _hours() -> Iterator[Figure]:
    """Building what the daemon knows of the hours around a year, and asking it."""
    timetable = configured_timetable()
    began = perf_counter()
    hours = timetable.hours_around(_NEW_YEAR)
    yield Figure("a year of contact hours built", (perf_counter() - began) * 1000, "ms")
    instants = [_NEW_YEAR + timedelta(minutes=5 * number) for number in range(_LOOKS)]
    began = perf_counter()
    for at in instants:
        hours.window_at(at)
    yield Figure("window_at", (perf_counter() - began) / _LOOKS * 1e6, "microseconds")


def _help_seconds() -> float:
    """The fastest of five."""
    command = [str(Path(sys.executable).with_name("boundary")), "--help"]
    return min(_seconds(command) for _ in range(5))


def _seconds(command: Sequence[str]) -> float:
    """How long a command takes."""
    began = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - began


class _NoHealth:
    """Nobody hears of calendars, because there are none."""

    def failed(self, provider: str, error: BoundaryError) -> None:
        """Nothing to say."""

    def well(self, provider: str) -> None:
        """Nothing to say."""

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """Nothing to say."""
