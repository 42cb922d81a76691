"""The first configuration of a practice, written from a few answers, with comments that explain it."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import tomlkit

from boundary_plugins.config.load import parse
from boundary_plugins.errors import UsageProblem


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """What `boundary init` has to know. An empty `maildir` makes a configuration without a mailbox.

    `crisis_reviewed_on` is the day on which the practice confirmed the crisis lines of its region.
    """

    practice: str
    therapist: str
    addresses: tuple[str, ...]
    zone: str
    language: str
    region: str
    weekly: str
    holidays: bool = True
    maildir: str = ""
    sent: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_username: str = ""
    smtp_password_secret: str = ""
    crisis_reviewed_on: date | None = None


def first_config(answers: FirstAnswers) -> str:
    """The text of the configuration, which loads. Raises ConfigError where an answer is wrong."""
    blocks = [_practice(answers), _hours(answers), _RESPONSES, _mailbox(answers), _REST]
    text = "\n".join(block for block in blocks if block)
    parse(text, file="the new configuration", base=Path.cwd())
    return text


def write_new(path: Path, text: str) -> None:
    """Write the file (mode 0600) in one step. Raises UsageProblem where there is one already."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"{path.parent} cannot be made ({error.strerror}); nothing was changed") from None
    try:
        _write_beside_and_link(path, text)
    except FileExistsError:
        raise UsageProblem(f"{path} is already there; nothing was changed") from None
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written ({error.strerror}); nothing was changed") from None


def _write_beside_and_link(path: Path, text: str) -> None:
    """A link, unlike a renaming, never replaces what is there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(temporary)
    finally:
        temporary.unlink()


def zone_of_this_machine() -> str:
    """The IANA name of the machine's own time zone, or an empty text where it cannot be told."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if "/" in named and not named.startswith("/"):
        return named
    try:
        return str(Path("/etc/localtime").resolve(strict=True)).partition("zoneinfo/")[2]
    except OSError:
        return ""


def region_of_zone(zone: str) -> str:
    """The country that a time zone lies in (tzdata's zone.tab), or an empty text."""
    try:
        table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    except OSError:
        return ""
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if len(row) > 2 and row[2] == zone), "")


def _toml(value: str | tuple[str, ...]) -> str:
    """A value as TOML writes it."""
    return str(tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string())


def _practice(answers: FirstAnswers) -> str:
    if answers.crisis_reviewed_on:
        reviewed = f'crisis_reviewed_on = "{answers.crisis_reviewed_on.isoformat()}"'
    else:
        reviewed = '# crisis_reviewed_on = "2026-01-31"'
    region = f"region = {_toml(answers.region)}" if answers.region else '# region = "US"'
    return f"""\
# The configuration of Boundary Plugins. Change it with any editor, then run: boundary doctor
# Every key there is, with its explanation, stands in config/example.toml of the program.

# Your practice. Its name is only said to clients who agreed to full texts.
[practice]
name = {_toml(answers.practice)}
zone = {_toml(answers.zone)}
language = {_toml(answers.language)}
# Where most of your clients are; it chooses the crisis resources that every response carries.
{region}
# Please check the crisis lines of your region once a year, and write the day here.
{reviewed}

# You. Responses come from the address that was written to; the first one is the default.
[therapist]
name = {_toml(answers.therapist)}
addresses = {_toml(answers.addresses)}
"""


def _hours(answers: FirstAnswers) -> str:
    holidays = ""
    if answers.holidays and answers.region:
        holidays = f"""
# Public holidays are closed. Those you work on: work_on = ["Columbus Day"]
[hours.holidays]
region = {_toml(answers.region)}
"""
    return f"""\
# When clients can reach you. `boundary availability set` changes the week for you.
[hours]
weekly = {_toml(answers.weekly)}
{holidays}"""


_RESPONSES = """\
# Only clients on file are answered (boundary client add), once for each time you are closed.
[responses]
audience = "clients"
# How long a response waits, so that you can answer first.
hold = "2 minutes"
# No response if you can be reached again within this time.
opens_soon = "3 hours"

# Plugins that may run next to your clients' mail.
[plugins]
enable = ["files"]
"""


def _mailbox(answers: FirstAnswers) -> str:
    if not answers.maildir:
        return """\
# No mailbox yet. This one is a folder that your mail is delivered to:
# [[mailboxes]]
# name = "main"
# kind = "maildir"
# path = "~/Maildir"
"""
    sent = f"sent = {_toml(answers.sent)}" if answers.sent else '# sent = "~/Maildir/.Sent"'
    return f"""\
# The mailbox that is watched: a folder your mail is delivered to.
[[mailboxes]]
name = "main"
kind = "maildir"
path = {_toml(answers.maildir)}
# Where your own mail is kept, so that nobody hears from the program who has just heard from you.
{sent}

# The server that takes outgoing mail. `password_secret` is the name of a secret, never the password itself.
[mailboxes.smtp]
host = {_toml(answers.smtp_host)}
port = {answers.smtp_port}
security = {_toml(answers.smtp_security)}
username = {_toml(answers.smtp_username)}
password_secret = {_toml(answers.smtp_password_secret)}
"""


_REST = """\
# Your availability for other calendars: open hours and plain busy, never why.
# [[publishers]]
# name = "feed"
# kind = "ics"
# path = "availability.ics"

# The same as a page for your website.
# [[publishers]]
# name = "page"
# kind = "page"
# path = "availability.html"
"""
