"""What a plugin is given when it is opened."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.host.services import Services, make_services
from boundary_plugins.testing.doubles import MemoryLog

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def services(tmp_path: Path, name: str, log: MemoryLog) -> Services:
    """The services of one provider."""
    return make_services(
        name,
        secret={"smtp": "right"}.get,
        now=lambda: NOW,
        log=log,
        state_directory=tmp_path / "state",
        config_directory=tmp_path / "config",
    )


@pytest.mark.parametrize("name", ["mailbox main", "publisher ../../up", "calendar ä/b"])
def test_each_provider_has_a_private_folder_of_its_own(tmp_path: Path, name: str) -> None:
    """No name leads out of the state directory."""
    folder = services(tmp_path, name, MemoryLog()).state_directory

    assert tmp_path / "state" / "providers" == folder.parent
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)


def test_a_log_line_names_the_provider(tmp_path: Path) -> None:
    """By what the configuration calls it."""
    log = MemoryLog()

    services(tmp_path, "mailbox main", log).log.warning("set aside", file="1")

    assert [("warning", "set aside", {"provider": "mailbox main", "file": "1"})] == log.lines


def test_paths_are_relative_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home directory; an absolute path stays."""
    monkeypatch.setenv("HOME", "/home/somebody")
    path = services(tmp_path, "mailbox main", MemoryLog()).path

    assert tmp_path / "config" / "Maildir" == path("Maildir")
    assert Path("/home/somebody/Maildir") == path("~/Maildir")
    assert Path("/var/mail") == path("/var/mail")
