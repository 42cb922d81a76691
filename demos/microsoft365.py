"""The main job at Microsoft 365, as a therapist would see it: sign in, arm, a client writes, the response, the time log.

Microsoft is a server of this project's own, which holds every request to Graph's published description where
that is on this machine. Every line that begins with `$` is a command that was run.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from html import unescape
from pathlib import Path

from demos.terminal import Terminal
from servers.graph import Account, GraphServer
from servers.graph_description import description
from servers.graph_sign_in import CLIENT_ID

ADDRESS = "therapist@example.com"
_COMMON = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
region = "US"

[therapist]
addresses = ["therapist@example.com"]

[hours]
weekly = "{day} 09:00-12:00"

[responses]
audience = "{audience}"

[plugins]
enable = ["microsoft365"]

[store]
state_directory = "state"
"""
_TABLE = """
[[{table}]]
name = "{name}"
kind = "{kind}"
{more}client_id = "{client}"
api_endpoint = "{endpoint}"
"""
#: The table, its name, its kind, and a key of its own.
_TABLES = (
    ("mailboxes", "main", "microsoft365", ""),
    ("calendars", "both", "microsoft365", 'calendars = ["Calendar", "Private"]\n'),
    ("publishers", "absences", "microsoft365-calendar", ""),
    ("publishers", "working-hours", "microsoft365-working-hours", ""),
)
_REPLIES = ("publishers", "replies", "microsoft365-replies", "")
_MESSAGE = """\
Return-Path: <{sender}>
From: A. B. <{sender}>
To: therapist@example.com
Subject: May I bring something up again?
Message-ID: <question-{number}@example.org>

It is about last time.
"""


class Demonstration:
    """One therapist, whose account lies on a server on this machine."""

    def __init__(self, terminal: Terminal, server: GraphServer, account: Account) -> None:
        """Show nothing yet."""
        self._terminal, self._server, self._account = terminal, server, account

    def show(self) -> None:
        """Everything, in the order of a therapist's first evening."""
        self._account.calendars.names.append("Private")
        self._configure("clients")
        self._sign_in()
        self._terminal.boundary("doctor")
        self._terminal.boundary("client", "add", "AB", "--address", "ab@example.org")
        self._terminal.boundary("run", "--once", shown=False)
        self._terminal.boundary("arm")
        number = self._somebody_writes("A client", "ab@example.org", 1)
        self._terminal.boundary("run", "--once", shown=False)
        self._show_response()
        self._terminal.boundary("why", "<question-1@example.org>")
        self._log_time(number)
        self._publish_absence()
        self._let_exchange_answer()

    def _configure(self, audience: str, *further: tuple[str, str, str, str]) -> None:
        """Write the configuration; contact hours are on another day, so it is closed now."""
        day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
        tables = (
            _TABLE.format(
                table=table, name=name, kind=kind, more=more, client=CLIENT_ID, endpoint=self._server.url
            )
            for table, name, kind, more in (*_TABLES, *further)
        )
        self._terminal.configure(_COMMON.format(day=day, audience=audience) + "".join(tables))

    def _sign_in(self) -> None:
        """Type the code in, as a person does on Microsoft's page."""
        self._server.sign_in.pending = 1_000_000
        for line in self._terminal.lines_of("microsoft365", "authorize"):
            if "enter the code" in line:
                print("  (the therapist opens the page, and types the code in)")
                self._server.sign_in.pending = 0

    def _somebody_writes(self, who: str, sender: str, number: int) -> int:
        """A message arrives; its number at the server."""
        print(f"\n{who} writes: May I bring something up again?")
        raw = _MESSAGE.format(sender=sender, number=number).replace("\n", "\r\n")
        return self._account.mailbox.deliver(raw.encode()).number

    def _show_response(self) -> None:
        """The response as Exchange has it."""
        message = message_from_bytes(self._account.mailbox.left[-1])
        text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
        content = text.get_payload(decode=True)
        assert isinstance(content, bytes)
        print("\nIn Sent Items:")
        for name in ("From", "To", "Subject", "In-Reply-To", "Auto-Submitted"):
            print(f"  {name}: {message[name]}")
        print("\n".join(f"  | {line}" for line in content.decode().splitlines()))

    def _log_time(self, number: int) -> None:
        """The therapist gives the message a category with their time."""
        print("\nThe therapist gives the message the category Boundary/12 min.")
        self._account.mailbox.categorise(number, ["Boundary/12 min"])
        self._terminal.boundary("run", "--once", shown=False)
        self._terminal.boundary("time", "list")

    def _publish_absence(self) -> None:
        """An absence of the private calendar shows in the practice's, and the working hours are the configured ones."""
        print('\nThe therapist enters "Invented, at the dentist" (out of office) in the calendar Private.')
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
        self._account.calendars.add(
            start, start + timedelta(hours=2), "Private", showAs="oof", subject="Invented, at the dentist"
        )
        self._terminal.boundary("run", "--once", shown=False)
        print("\nIn the calendar that colleagues see:")
        for event in self._account.calendars.events.values():
            if event.calendar != "Private":
                print(f"  {event.start:%a %d %b %H:%M} to {event.end:%H:%M} UTC: {event.fields['subject']}")
        hours = self._account.settings.hours
        days, zone = ", ".join(hours["daysOfWeek"]), hours["timeZone"]["name"]
        print(f"Working hours: {days}, {hours['startTime'][:5]}-{hours['endTime'][:5]} ({zone})")

    def _let_exchange_answer(self) -> None:
        """Exchange itself answers the coming closed window, and the program keeps quiet meanwhile."""
        print("\nNow everybody is answered, by Exchange itself, also while this machine is off.")
        self._configure("everyone", _REPLIES)
        self._terminal.boundary("run", "--once", shown=False)
        replies = self._account.settings.replies
        start, end = (replies[f"scheduled{edge}DateTime"]["dateTime"][:16] for edge in ("Start", "End"))
        print(f"\nAutomatic replies: {replies['status']} from {start} to {end} UTC, saying")
        text = re.sub(r"<br>|</p>", "\n", replies["externalReplyMessage"])
        lines = unescape(re.sub(r"<[^>]*>", "", text)).strip().splitlines()
        print("\n".join(f"  | {line}" for line in lines))
        self._somebody_writes("Somebody", "somebody@example.net", 2)
        self._terminal.boundary("run", "--once", shown=False)
        self._terminal.boundary("why", "<question-2@example.org>")


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    """A therapist with an account behind them, in a folder that goes with it."""
    with (
        tempfile.TemporaryDirectory(prefix="boundary-microsoft365-") as name,
        GraphServer(description()) as server,
        server.checked(ADDRESS) as account,
    ):
        yield Demonstration(Terminal(Path(name)), server, account)


def main() -> None:
    """Show all of it."""
    with demonstration() as made:
        made.show()


if __name__ == "__main__":
    main()
