"""The example mailbox keeps the contract; this is all that a plugin's own test needs."""

from pathlib import Path

import pytest
from homing_pigeon import Loft, LoftSettings

from boundary_plugins import ProviderError, Unavailable
from boundary_plugins.testing.contracts import MailboxBench, MailboxContract
from boundary_plugins.testing.doubles import memory_services


class LoftBench(MailboxBench):
    """A loft in two folders."""

    sees_sent = False
    can_search_sent = True

    def __init__(self, folder: Path) -> None:
        """Build an empty loft."""
        self.arrivals, self.departures = folder / "arrivals", folder / "departures"
        self.arrivals.mkdir()
        self.departures.mkdir()
        settings = LoftSettings(arrivals=str(self.arrivals), departures=str(self.departures))
        self.mailbox = Loft(settings, memory_services(folder))
        self.count = 0

    def deliver(self, message: bytes) -> None:
        """A pigeon comes home."""
        self.count += 1
        (self.arrivals / f"{self.count:03}.eml").write_bytes(message)

    def remove(self, provider_id: str) -> None:
        """The therapist takes a message away."""
        (self.arrivals / provider_id).unlink()

    def file_sent(self, message: bytes) -> None:
        """A loft does not see what the therapist sends."""

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        """The departures are closed."""
        if kind is Unavailable:
            self.departures.rmdir()
        return kind is Unavailable

    def state(self) -> object:
        """Names, times and contents of the arrivals."""
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in self.arrivals.iterdir()}

    def left(self) -> list[bytes]:
        """What departed."""
        return [path.read_bytes() for path in sorted(self.departures.glob("*.eml"))]


class TestLoft(MailboxContract):
    """Everything that a mailbox must do."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> LoftBench:
        """An empty loft."""
        return LoftBench(tmp_path)
