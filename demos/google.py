"""The main job at Gmail, as a therapist would see it: sign in, arm, a client writes, the response, the time log.

Google is an emulator that nobody here wrote. Every line that begins with `$` is a command that was run.
"""

import json
import os
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests

from servers.google_emulator import IS_INSTALLED, GoogleEmulator, Person

_CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
region = "US"

[therapist]
addresses = ["{address}"]

[hours]
weekly = "{day} 09:00-12:00"

[responses]
subject = "original"

[plugins]
enable = ["google"]

[store]
state_directory = "state"

[[mailboxes]]
name = "main"
kind = "gmail"
label_answered = true
api_endpoint = "{endpoint}"
"""
_MESSAGE = """\
Return-Path: <ab@example.org>
From: A. B. <ab@example.org>
To: {address}
Subject: May I bring something up again?
Message-ID: <question-1@example.org>
Date: {date}

It is about last time.
"""


class Practice:
    """A therapist at a terminal, in a folder of their own."""

    def __init__(self, folder: Path, emulator: GoogleEmulator, person: Person) -> None:
        """Write the configuration; contact hours are on another day, so it is closed now."""
        self.folder, self._emulator, self.person = folder, emulator, person
        day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
        text = _CONFIG.format(address=person.address, day=day, endpoint=emulator.url)
        (folder / "config.toml").write_text(text, "utf-8")

    def boundary(self, *arguments: str, shown: bool = True) -> str:
        """Run a command, and show it with what it said."""
        print(f"\n$ boundary {' '.join(arguments)}")
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, env=_environment())
        if shown or done.returncode:
            print("\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines()))
        if done.returncode:
            sys.exit(f"the command ended with {done.returncode}")
        return done.stdout

    def sign_in(self) -> None:
        """Consent on Google's page, as a browser would bring it."""
        client = self.folder / "client.json"
        client.write_text(json.dumps({"installed": self._emulator.client()}), "utf-8")
        arguments = ("google", "authorize", "--client", str(client), "--no-browser")
        print("\n$ boundary google authorize --client client.json --no-browser")
        with subprocess.Popen(
            self._command(*arguments), stdout=subprocess.PIPE, text=True, env=_environment()
        ) as signing_in:
            assert signing_in.stdout is not None
            for line in signing_in.stdout:
                print(f"  {line.rstrip()}")
                if line.startswith("http"):
                    self._consent(line.strip())

    def _consent(self, page: str) -> None:
        """What a person does on Google's page: choose their account, and leave every tick."""
        asked = dict(parse_qsl(urlsplit(page).query))
        consent = f"{self._emulator.url}o/oauth2/v2/auth/callback"
        requests.post(consent, data=asked | {"email": self.person.address}, timeout=30)

    def _command(self, *arguments: str) -> list[str]:
        """The command line."""
        program = Path(sys.executable).with_name("boundary")
        return [str(program), "--config", str(self.folder / "config.toml"), *arguments]


def _environment() -> dict[str, str]:
    """Without a keyring, so that the demo's sign-in stays in its folder."""
    return os.environ | {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _practice() -> Iterator[Practice]:
    """A practice with the emulator behind it, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="boundary-google-") as name:
        folder = Path(name)
        with GoogleEmulator(folder) as emulator:
            yield Practice(folder, emulator, emulator.person())


def _write(practice: Practice) -> str:
    """A client writes; Gmail's id of the message."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    raw = _MESSAGE.format(address=practice.person.address, date=date).replace("\n", "\r\n")
    print("\nA client writes: May I bring something up again?")
    return practice.person.insert(raw.encode(), "INBOX", "UNREAD")


def _show_what_left(practice: Practice, question: str) -> None:
    """The response as Gmail has it, and what became of the client's message."""
    person = practice.person
    (sent,) = [each["id"] for each in person.get("messages?labelIds=SENT")["messages"]]
    found = person.get(f"messages/{sent}?format=raw")
    message = message_from_bytes(urlsafe_b64decode(found["raw"] + "=="))
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    content = text.get_payload(decode=True)
    assert isinstance(content, bytes)
    print("\nIn Gmail's Sent mail:")
    for name in ("From", "To", "Subject", "In-Reply-To", "Auto-Submitted"):
        print(f"  {name}: {message[name]}")
    print("\n".join(f"  | {line}" for line in content.decode().splitlines()))
    names = {each["id"]: each["name"] for each in person.get("labels")["labels"]}
    asked = person.get(f"messages/{question}?format=minimal")
    labels = ", ".join(names.get(each, each) for each in asked["labelIds"])
    print(f"\nIn the client's conversation: {'yes' if asked['threadId'] == found['threadId'] else 'no'}")
    print(f"Labels of the client's message: {labels}")


def _log_time(practice: Practice, question: str) -> None:
    """The therapist labels the message with their time."""
    print("\nThe therapist puts the label Boundary/12 min on it.")
    practice.person.modify(question, practice.person.label("Boundary/12 min"))
    practice.boundary("run", "--once", shown=False)
    practice.boundary("time", "list")


def main() -> None:
    """Show all of it."""
    if not IS_INSTALLED:
        sys.exit("the emulator is not installed; run it with: make demo-google")
    with _practice() as practice:
        practice.sign_in()
        practice.boundary("doctor")
        practice.boundary("client", "add", "AB", "--address", "ab@example.org")
        practice.boundary("run", "--once", shown=False)
        practice.boundary("arm")
        question = _write(practice)
        practice.boundary("run", "--once", shown=False)
        _show_what_left(practice, question)
        practice.boundary("why", "<question-1@example.org>")
        _log_time(practice, question)


if __name__ == "__main__":
    main()
