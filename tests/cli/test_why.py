"""`boundary why`: what became of a message, by whatever it is named by."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from daemon.practice import AB, MINUTE, Practice

Why = Callable[[str], str]


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A practice that is armed; its secrets stay in its own folder."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with SmtpReceiver() as receiver:
        made = Practice(tmp_path, receiver)
        made.start()
        yield made
        made.close()


@pytest.fixture
def why(practice: Practice, capsys: pytest.CaptureFixture[str]) -> Why:
    """What the command says of a message."""

    def said(message: str) -> str:
        assert 0 == execute(["--config", str(practice.config_path), "why", message])
        return capsys.readouterr().out

    return said


def test_a_message_is_found_by_contact_message_id_name_and_path(practice: Practice, why: Why) -> None:
    name = practice.deliver(AB)
    practice.look_and_send()

    said = [why(by) for by in ("1", "<m1@mail.example.net>", name, str(practice.maildir / "new" / name))]

    assert 1 == len(set(said))
    assert "It gets an automatic response, because" in said[0]
    assert "sent, wording discreet" in said[0]


def test_a_response_that_did_not_go_is_not_called_one_that_goes(practice: Practice, why: Why) -> None:
    practice.deliver(AB)
    practice.look()
    practice.write(AB)
    practice.look(after=3 * MINUTE)

    said = why("1")

    assert "It was to get an automatic response, which did not go:" in said
    assert "dropped, wording discreet" in said
    assert "the therapist wrote to this client" in said
