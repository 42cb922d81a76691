"""`boundary demo`: the whole program at work, as the README shows it."""

import os
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from boundary_plugins.cli import main; main()"]


def boundary(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as a process of its own."""
    environment = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, subprocess.CompletedProcess[str]]":
    """The demonstration's folder, and what it said."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, boundary("demo", "--folder", str(folder))


#: What becomes of the dozen messages, in the order of the table: the first words of a row, its reason.
EXPECTED = {
    "a client, in contact hours": "in-contact-hours",
    "a client, in the closed hours": "out-of-boundary",
    "the same client, another address": "already-answered",
    "a scheduling question": "out-of-boundary",
    "homework": "out-of-boundary",
    "crisis words": "crisis",
    "a stranger": "stranger",
    "a newsletter": "list",
    "a bounce": "null-reverse-path",
    "an out-of-office reply": "auto-submitted",
    "a meeting invitation": "calendar",
    "a client the therapist answered": "therapist-wrote",
}


def test_the_table_has_a_decision_and_a_reason_for_each_message(
    shown: "tuple[Path, subprocess.CompletedProcess[str]]",
) -> None:
    """Message, decision, reason."""
    _, done = shown

    assert 0 == done.returncode, done.stderr
    for name, reason in EXPECTED.items():
        row = next(line for line in done.stdout.splitlines() if line.startswith(f"{name}  "))
        answered = reason in ("out-of-boundary", "crisis")
        assert f"  {reason}  " in row
        assert ("sent:" in row) is answered


def test_everything_that_it_names_is_there(
    shown: "tuple[Path, subprocess.CompletedProcess[str]]",
) -> None:
    """Responses as received over SMTP, the published availability, the contacts."""
    folder, done = shown

    responses = [
        message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("responses/*.eml")
    ]

    assert {"a.b@example.org", "c.d@example.org", "e.f@example.net", "g.h@example.org"} == {
        response["To"].addresses[0].addr_spec for response in responses
    }
    assert all("auto-replied" == response["Auto-Submitted"] for response in responses)
    assert b"BEGIN:VAVAILABILITY" in (folder / "availability.ics").read_bytes()
    assert f"{folder / 'availability.ics'}" in done.stdout
    assert "Contacts (7):" in done.stdout


def test_its_store_answers_the_commands_that_it_names(
    shown: "tuple[Path, subprocess.CompletedProcess[str]]",
) -> None:
    """`status` and `why 1`, as the last lines say."""
    config = str(shown[0] / "config.toml")

    status, why = boundary("--config", config, "status"), boundary("--config", config, "why", "1")

    assert (0, 0) == (status.returncode, why.returncode)
    assert "4 responses sent" in status.stdout
    assert "in-contact-hours" in why.stdout


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """One clear sentence, and nothing is removed."""
    (tmp_path / "letter.txt").write_text("mine")

    done = boundary("demo", "--folder", str(tmp_path))

    assert 2 == done.returncode
    assert [
        f"{tmp_path} is not empty, and no demo made it; allowed: another --folder"
    ] == done.stderr.splitlines()
    assert "mine" == (tmp_path / "letter.txt").read_text()
