"""The places in bench-out that hold the invented mail: an mbox, and a folder of .eml files."""

import shutil
from pathlib import Path

from bench.invented_mail import OWN, invented_mail

OUT = Path("bench-out")

_CONFIG = f"""[practice]
name = "Quiet Harbor"
zone = "America/New_York"
language = "en"
region = "US"

[therapist]
name = "R. Example"
addresses = ["{OWN}"]

[hours]
weekly = "mon-fri 09:00-17:00"

[plugins]
enable = ["files"]

[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"

[mailboxes.smtp]
host = "127.0.0.1"
port = 2525
security = "none"

[store]
state_directory = "state"
"""


def configuration() -> Path:
    """The configuration that everything is judged by; hours on weekdays, caps as they ship."""
    path = OUT / "boundary.toml"
    path.write_text(_CONFIG)
    return path


def fresh_folder() -> None:
    """Make bench-out anew."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()


def mbox_of(number: int) -> Path:
    """An mbox of so many messages (mboxrd, LF)."""
    path = OUT / f"{number}.mbox"
    with path.open("wb") as file:
        for message in invented_mail(number):
            file.write(b"From sender@example.org Mon Nov 23 20:00:00 2026\n")
            file.write(message.data.replace(b"\nFrom ", b"\n>From "))
            file.write(b"\n\n")
    return path


def folder_of(number: int) -> Path:
    """A folder of so many .eml files, every fourth with CRLF, as mail programs export them."""
    folder = OUT / f"{number}-eml"
    folder.mkdir()
    for index, message in enumerate(invented_mail(number)):
        data = message.data.replace(b"\n", b"\r\n") if index % 4 == 0 else message.data
        (folder / f"{index:06}.eml").write_bytes(data)
    return folder
