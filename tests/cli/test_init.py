"""`boundary init`: by flags, by questions, and never over a file that is there."""

import stat
from pathlib import Path

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.config.load import load
from cli.terminal import init_on_a_terminal

FLAGS = [
    *("--name", 'The "Quiet" Harbor', "--therapist", "R. Example", "--address", "therapist@example.com"),
    *("--zone", "America/New_York", "--region", "US", "--weekly", "mon-thu 09:00-12:30, 13:30-17:00"),
    *("--maildir", "~/Maildir", "--sent", "~/Maildir/.Sent", "--smtp-host", "smtp.example.com"),
    *("--smtp-port", "587", "--smtp-security", "starttls", "--smtp-username", "therapist@example.com"),
]


def init(path: Path, *flags: str) -> int:
    return execute(["--config", str(path), "init", *flags])


def test_flags_alone_write_a_commented_configuration_that_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "config.toml"

    code = init(path, *FLAGS)

    config = load(path)
    assert 0 == code
    assert 'The "Quiet" Harbor' == config.practice.name
    assert ("therapist@example.com",) == config.therapist.addresses
    assert "US" == config.hours.holidays.region
    smtp = {"host": "smtp.example.com", "port": 587, "security": "starttls"}
    smtp |= {"username": "therapist@example.com", "password_secret": "smtp-main"}
    assert {"path": "~/Maildir", "sent": "~/Maildir/.Sent", "smtp": smtp} == config.mailboxes[0].settings
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert ["config.toml"] == [found.name for found in path.parent.iterdir()]
    said = capsys.readouterr().out
    assert "Please check the crisis lines for US" in said
    assert said.index("boundary secret set smtp-main") < said.index("boundary doctor ")
    assert (
        said.index("boundary doctor ")
        < said.index("boundary client add")
        < said.index("boundary run")
        < said.index("boundary arm")
    )
    # It can be read on a terminal of 80 columns; a path may be longer.
    assert all(len(line) <= 80 for line in said.splitlines()[1:])


def test_the_smallest_set_of_flags_makes_a_configuration_without_a_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"

    code = init(path, *FLAGS[:8], *FLAGS[10:12], "--crisis-lines-checked")

    assert 0 == code
    assert () == load(path).mailboxes
    assert load(path).practice.crisis_reviewed_on is not None


def test_a_file_that_is_there_is_never_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")

    code = init(path, *FLAGS)

    assert 2 == code
    assert "# mine\n" == path.read_text()
    assert "already there; nothing was changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        # Every required flag that is missing is named at once.
        (["--name", "Quiet Harbor"], "missing: --address, --zone, --weekly"),
        (["--zone", "America/New_Yrok"], 'did you mean "America/New_York"?'),
        (["--address", "nonsense"], '"nonsense" is not a plain address'),
        (["--region", "UK"], 'did you mean "GB"?'),
        (["--smtp-port", "70000"], "70000"),
    ],
)
def test_a_wrong_flag_is_a_usage_error_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    code = init(tmp_path / "config.toml", *flags)

    assert 2 == code
    assert sentence in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_on_a_terminal_it_asks_and_asks_again_after_a_wrong_answer(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    answers = ["Quiet Harbor", "R. Example", "therapist@example.com", "Mars/Olympus", "America/New_York"]
    answers += ["", "", "", "n", "none"]

    done = init_on_a_terminal(path, answers)

    assert (0, "") == (done.returncode, done.stderr)
    assert 'there is no time zone "Mars/Olympus"' in done.stdout
    config = load(path)
    assert ("America/New_York", "US", "en") == (
        config.practice.zone,
        config.practice.region,
        config.practice.language,
    )
    assert config.hours.holidays.region is None


def test_a_server_elsewhere_is_reached_in_private_unless_told_otherwise(tmp_path: Path) -> None:
    """RFC 8314, section 3.3: submission with TLS."""
    path = tmp_path / "config.toml"

    code = init(path, *FLAGS[:-6], "--yes")

    smtp = load(path).mailboxes[0].settings["smtp"]
    assert 0 == code
    assert ("smtp.example.com", 587, "starttls") == (smtp["host"], smtp["port"], smtp["security"])


def test_mail_is_not_sent_elsewhere_in_the_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused at once, and nothing is written."""
    path = tmp_path / "config.toml"

    code = init(path, *FLAGS[:-6], "--smtp-security", "none", "--yes")

    assert 2 == code
    assert "allowed: starttls or tls" in capsys.readouterr().err
    assert not path.exists()
