"""Every test of the daemon has a practice of its own and a receiver of its responses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from daemon.practice import Practice


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets stay in the test's own folder."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    """An SMTP host on this machine."""
    with SmtpReceiver() as running:
        yield running


@pytest.fixture
def practice(tmp_path: Path, receiver: SmtpReceiver) -> Iterator[Practice]:
    """A practice that is not started yet."""
    made = Practice(tmp_path / "practice", receiver)
    yield made
    made.close()
