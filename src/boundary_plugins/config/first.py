"""The first configuration of a practice, written from a few answers, with comments that explain it."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from boundary_plugins.config.first_mailbox import (
    FirstImap,
    FirstMaildir,
    mailbox_text,
    plugins_text,
    publishers_text,
    toml,
)
from boundary_plugins.config.load import parse
from boundary_plugins.errors import UsageProblem


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """What `boundary init` has to know. Without `mailbox` there is none yet in the configuration.

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
    mailbox: FirstImap | FirstMaildir | None = None
    crisis_reviewed_on: date | None = None


def first_config(answers: FirstAnswers) -> str:
    """The text of the configuration, which loads. Raises ConfigError where an answer is wrong."""
    mailbox = answers.mailbox
    blocks = [_practice(answers), _hours(answers), _RESPONSES]
    blocks += [plugins_text(mailbox), mailbox_text(mailbox), publishers_text(mailbox)]
    text = "\n".join(blocks)
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


def _practice(answers: FirstAnswers) -> str:
    if answers.crisis_reviewed_on:
        reviewed = f'crisis_reviewed_on = "{answers.crisis_reviewed_on.isoformat()}"'
    else:
        reviewed = '# crisis_reviewed_on = "2026-01-31"'
    region = f"region = {toml(answers.region)}" if answers.region else '# region = "US"'
    return f"""\
# The configuration of Boundary Plugins. Change it with any editor, then run: boundary doctor
# Every key there is, with its explanation, stands in config/example.toml of the program.

# Your practice. Its name is only said to clients who agreed to full texts.
[practice]
name = {toml(answers.practice)}
zone = {toml(answers.zone)}
language = {toml(answers.language)}
# Where most of your clients are; it chooses the crisis resources that every response carries.
{region}
# Please check the crisis lines of your region once a year, and write the day here.
{reviewed}

# You. Responses come from the address that was written to; the first one is the default.
[therapist]
name = {toml(answers.therapist)}
addresses = {toml(answers.addresses)}
"""


def _hours(answers: FirstAnswers) -> str:
    holidays = ""
    if answers.holidays and answers.region:
        holidays = f"""
# Public holidays are closed. Those you work on: work_on = ["Columbus Day"]
[hours.holidays]
region = {toml(answers.region)}
"""
    return f"""\
# When clients can reach you. `boundary availability set` changes the week for you.
[hours]
weekly = {toml(answers.weekly)}
{holidays}"""


_RESPONSES = """\
# Only clients on file are answered (boundary client add), once for each time you are closed.
[responses]
audience = "clients"
# How long a response waits, so that you can answer first.
hold = "2 minutes"
# No response if you can be reached again within this time.
opens_soon = "3 hours"
"""
