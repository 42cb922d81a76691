"""Changing a configuration file: comments stay, a wrong result never replaces the file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from boundary_plugins.config import edit
from boundary_plugins.config.load import load
from boundary_plugins.errors import ConfigError

TEXT = """\
# My practice.
[practice]
name = "Quiet Harbor" # also on the door
zone = "America/New_York"

[therapist]
addresses = ["therapist@example.com"]

[hours] # talked over in May
# Mornings are quieter.
weekly = "mon 09:00-12:00"   # to be reviewed
"""


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    return path


def test_weekly_hours_are_replaced_and_every_comment_stays(config_file: Path) -> None:
    previous = edit.set_weekly_hours(config_file, "tue 10:00-11:00")

    assert previous == "mon 09:00-12:00"
    assert TEXT.replace("mon 09:00-12:00", "tue 10:00-11:00") == config_file.read_text()


def test_a_value_of_a_missing_section_is_added_with_its_section(config_file: Path) -> None:
    previous = edit.set_value(config_file, "responses.hold", "5 minutes")

    assert previous is None
    assert 300 == load(config_file).responses.hold.total_seconds()
    assert config_file.read_text().startswith(TEXT)


def test_a_wrong_value_is_refused_and_the_file_stays_as_it_is(config_file: Path) -> None:
    with pytest.raises(ConfigError, match=r"config.toml:4: practice.zone: there is no time zone"):
        edit.set_value(config_file, "practice.zone", "Mars/Olympus")

    assert TEXT == config_file.read_text()
    assert ["config.toml"] == [path.name for path in config_file.parent.iterdir()]


def test_the_mode_of_the_file_stays(config_file: Path) -> None:
    config_file.chmod(0o640)

    edit.set_weekly_hours(config_file, "tue 10:00-11:00")

    assert 0o640 == stat.S_IMODE(config_file.stat().st_mode)


def test_a_link_stays_a_link_and_its_target_is_changed(config_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "here.toml"
    link.symlink_to(config_file)

    edit.set_weekly_hours(link, "tue 10:00-11:00")

    assert link.is_symlink()
    assert "tue 10:00-11:00" == load(config_file).hours.weekly


def test_windows_line_ends_stay(config_file: Path) -> None:
    config_file.write_bytes(TEXT.replace("\n", "\r\n").encode())

    edit.set_weekly_hours(config_file, "tue 10:00-11:00")

    expected = TEXT.replace("mon 09:00-12:00", "tue 10:00-11:00").replace("\n", "\r\n")
    assert expected.encode() == config_file.read_bytes()


def test_two_edits_at_once_are_both_kept(config_file: Path) -> None:
    """Every thread changes another key; without the lock some changes would be lost."""
    keys = {"poll": "daemon", "lease": "daemon", "hold": "responses", "opens_soon": "responses"}
    threads = [
        threading.Thread(target=edit.set_value, args=(config_file, f"{section}.{key}", "11 minutes"))
        for key, section in keys.items()
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    config = load(config_file)
    assert {660.0} == {getattr(getattr(config, s), key).total_seconds() for key, s in keys.items()}


def test_a_change_by_another_program_in_the_meantime_is_not_overwritten(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor does not know our lock: it saves between our reading and our replacing."""
    theirs = TEXT.replace("Quiet Harbor", "Calm Harbor")
    real_fsync = os.fsync

    def save_in_an_editor(handle: int) -> None:
        real_fsync(handle)
        config_file.write_text(theirs)

    monkeypatch.setattr(os, "fsync", save_in_an_editor)

    with pytest.raises(ConfigError, match="changed by another program"):
        edit.set_weekly_hours(config_file, "tue 10:00-11:00")

    assert theirs == config_file.read_text()
