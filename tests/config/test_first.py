"""The first configuration: what it says, and that it never takes another one's place."""

from pathlib import Path

import pytest

from boundary_plugins.config.first import (
    FirstAnswers,
    first_config,
    region_of_zone,
    write_new,
    zone_of_this_machine,
)
from boundary_plugins.errors import ConfigError, UsageProblem

ANSWERS = FirstAnswers(
    practice="Quiet Harbor",
    therapist="R. Example",
    addresses=("therapist@example.com",),
    zone="America/New_York",
    language="en",
    region="US",
    weekly="mon-thu 09:00-12:30",
)


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """Somebody else may write one between the first look and the writing."""
    path = tmp_path / "config.toml"
    path.write_text("# theirs\n")

    with pytest.raises(UsageProblem, match="already there; nothing was changed"):
        write_new(path, "# ours\n")

    assert "# theirs\n" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageProblem, match=r"cannot be made .* nothing was changed"):
        write_new(tmp_path / "file" / "config.toml", "")


def test_every_section_is_explained_in_the_text() -> None:
    lines = first_config(ANSWERS).splitlines()

    pairs = zip(["", *lines], lines, strict=False)
    bare = [line for above, line in pairs if line.startswith("[") and not above.startswith("#")]
    assert [] == bare


def test_an_answer_that_is_wrong_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ConfigError, match="there is no time zone"):
        first_config(
            FirstAnswers("P", "T", ("t@example.com",), "Mars/Olympus", "en", "US", "mon 09:00-10:00")
        )


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("America/New_York", "US"),
        ("Europe/Vienna", "AT"),
        # A zone of no country, and no zone.
        ("Etc/UTC", ""),
        ("Mars/Olympus", ""),
    ],
)
def test_the_region_is_guessed_from_the_zone(zone: str, region: str) -> None:
    guessed = region_of_zone(zone)

    assert region == guessed


def test_the_zone_of_the_machine_is_what_tz_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Europe/Berlin")

    zone = zone_of_this_machine()

    assert "Europe/Berlin" == zone
