"""`boundary demo`: the whole program at work, as the README shows it."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from demonstration import Shown, boundary

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


def test_the_table_has_a_decision_and_a_reason_for_each_message(shown: Shown) -> None:
    """Message, decision, reason."""
    _, done = shown

    assert 0 == done.returncode, done.stderr
    for name, reason in EXPECTED.items():
        row = next(line for line in done.stdout.splitlines() if line.startswith(f"{name}  "))
        answered = reason in ("out-of-boundary", "crisis")
        assert f"  {reason}  " in row
        assert ("sent:" in row) is answered


def test_everything_that_it_names_is_there(shown: Shown) -> None:
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
    assert b"Contact hours" in (folder / "availability.html").read_bytes()
    assert f"{folder / 'availability.html'}" in done.stdout
    assert "Contacts (7):" in done.stdout


def test_its_store_answers_the_commands_that_it_names(shown: Shown) -> None:
    """`status` and `why 1`, as the last lines say."""
    status = boundary("--config", shown.config, "status")
    why = boundary("--config", shown.config, "why", "1")

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
