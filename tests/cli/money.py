"""A practice with fees for the tests of commands about money: run as a therapist runs it, on a Tuesday."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from boundary_plugins.cli import execute

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
name = "R. Example"
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00"
[store]
state_directory = "state"
"""
FEES = """
[billing]
version = "2026-1"
effective_on = "2026-01-01"
currency = "USD"
[[fees]]
name = "messages"
price = "150.00 an hour"
free_minutes = 10
free = "deductible"
round = "up"
round_to = 5
"""
# A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")
SUNDAY = "2026-11-22 12:00"


class Boundary:
    """Runs commands in a folder; `said` is what the last one wrote to standard error."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._capsys, self.at = folder / "config.toml", capsys, NOW
        self.said = ""
        self.configure(FEES)

    def configure(self, *more: str) -> None:
        """Write the configuration anew."""
        self.path.write_text("".join((CONFIG, *more)))

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """The output of a command that ends so."""
        self._capsys.readouterr()
        with time_machine.travel(self.at, tick=False):
            ended = execute(["--config", str(self.path), *arguments])
        shown = self._capsys.readouterr()
        self.said = shown.err
        assert "Traceback" not in shown.err
        assert code == ended, shown.err
        return shown.out

    def json(self, *arguments: str) -> Any:
        """The answer for a program."""
        return json.loads(self(*arguments, "--json"))

    def on_file(self, *ids: str) -> None:
        """Clients who agreed to the fees in January."""
        for id in ids:
            self("client", "add", id, "--address", f"{id}@example.org")
            self("client", "consent", id, "--how", "signed form", "--on", "2026-01-15")

    def log(self, client: str = "AB", minutes: int = 22, *flags: str, at: str = SUNDAY) -> None:
        """A letter with the time for it."""
        self("contact", "log", client, "--channel", "letter", "--at", at, "--minutes", str(minutes), *flags)

    def states(self) -> dict[int, str]:
        """Every charge with its state."""
        return {each["number"]: each["state"] for each in self.json("charge", "list")}

    def refused(self, *arguments: str, code: int = 2) -> str:
        """The sentence with which a command is refused."""
        self(*arguments, code=code)
        return self.said.strip()
