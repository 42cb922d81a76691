"""The first configuration: what it says, and that it never takes another one's place."""

from dataclasses import replace
from pathlib import Path

import pytest

from boundary_plugins.config.first import (
    FirstAnswers,
    first_config,
    region_of_zone,
    write_new,
    zone_of_this_machine,
)
from boundary_plugins.config.first_mailbox import FirstImap, FirstMaildir, MailServer, secrets_of
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

SERVER = MailServer("mail.example.com", 993, "tls", "therapist@example.com", "imap-main")
MAILDIR = FirstMaildir("~/Maildir", "", SERVER)
IMAP = FirstImap(SERVER, SERVER, files_sent=True, own_certificate=True)


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


@pytest.mark.parametrize("mailbox", [None, MAILDIR, IMAP], ids=["none", "maildir", "imap"])
def test_every_section_is_explained_in_the_text(mailbox: FirstImap | FirstMaildir | None) -> None:
    lines = first_config(replace(ANSWERS, mailbox=mailbox)).splitlines()

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


def test_a_secret_that_serves_both_servers_is_named_once() -> None:
    expected = ("imap-main", "smtp-main")

    other = replace(SERVER, password_secret="smtp-main")

    assert expected[:1] == secrets_of(IMAP)
    assert expected == secrets_of(replace(IMAP, smtp=other))
    assert () == secrets_of(None)
