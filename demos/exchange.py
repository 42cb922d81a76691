"""The main job on Exchange, as a therapist would see it: a client writes, the response, the time log, and
Exchange that answers by itself while the program is off.

Exchange is a server of our own, held to Microsoft's published schemas. Every line that begins with `$` is a
command that was run.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from demos.terminal import Terminal
from servers.ews import EwsServer
from servers.ews_calendar import entry
from servers.ews_items import Item, Mailbox
from servers.ews_schema import schemas

_ADDRESS = "therapist@example.com"
_SITE = """\
address = "therapist@example.com"
server = "{url}"
username = "therapist@example.com"
password_secret = "exchange"
ca_file = "{ca_file}"
"""
_CONFIG = """
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
enable = ["exchange"]

[store]
state_directory = "state"

[[mailboxes]]
name = "main"
kind = "exchange"
{site}
[[calendars]]
name = "work"
kind = "exchange"
{site}
[[publishers]]
name = "colleagues"
kind = "exchange-calendar"
absences = "all weeks"
{site}{more}
"""
_REPLIES = """
[[publishers]]
name = "server"
kind = "exchange-replies"
{site}"""
_MESSAGE = """\
Return-Path: <{sender}>
From: A. B. <{sender}>
To: therapist@example.com
Subject: {subject}
Message-ID: <question-{number}@example.org>
Date: {date}

It is about last time.
"""


def _config(server: EwsServer, *, audience: str, replies: bool) -> str:
    """The configuration; contact hours are on another day, so it is closed now."""
    site = _SITE.format(url=server.url, ca_file=server.ca_file)
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    more = _REPLIES.format(site=site) if replies else ""
    return _CONFIG.format(day=day, audience=audience, site=site, more=more)


def _write(mailbox: Mailbox, number: int, sender: str, subject: str) -> Item:
    """Somebody writes."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    text = _MESSAGE.format(number=number, sender=sender, subject=subject, date=date)
    print(f"\n{sender} writes: {subject}")
    return mailbox.deliver(text.replace("\n", "\r\n").encode())


def _show_what_left(mailbox: Mailbox) -> None:
    """The response as it left Exchange."""
    message = message_from_bytes(mailbox.left[-1])
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    content = text.get_payload(decode=True)
    assert isinstance(content, bytes)
    print("\nAs it left Exchange, and lies in Sent Items:")
    for name in ("From", "To", "Subject", "In-Reply-To", "Auto-Submitted", "X-Auto-Response-Suppress"):
        print(f"  {name}: {message[name]}")
    print("\n".join(f"  | {line}" for line in content.decode().splitlines()))


def _answer(terminal: Terminal, mailbox: Mailbox) -> None:
    """A client writes, and is answered; the therapist logs their time by a category."""
    item = _write(mailbox, 1, "ab@example.org", "May I bring something up again?")
    terminal.boundary("run", "--once", shown=False)
    _show_what_left(mailbox)
    terminal.boundary("why", "<question-1@example.org>")
    print("\nThe therapist puts the category Boundary/12 min on it in Outlook.")
    item.categories = ("Boundary/12 min",)
    mailbox.changed(item.item_id)
    terminal.boundary("run", "--once", shown=False)
    terminal.boundary("time", "list")


def _let_exchange_answer(terminal: Terminal, server: EwsServer, mailbox: Mailbox) -> None:
    """Exchange answers by itself, and the program keeps quiet meanwhile."""
    print('\nThe configuration now says audience = "everyone", and has a publisher "exchange-replies".')
    terminal.configure(_config(server, audience="everyone", replies=True))
    terminal.boundary("run", "--once", shown=False)
    oof = mailbox.oof
    print(f"\nAutomatic replies in Exchange: {oof.state}, to {oof.audience}, {oof.start} to {oof.end}")
    print("\n".join(f"  | {line}" for line in oof.external.splitlines()))
    _write(mailbox, 2, "somebody@example.net", "Do you take new clients?")
    terminal.boundary("run", "--once", shown=False)
    terminal.boundary("why", "<question-2@example.org>")


def _be_away(terminal: Terminal, mailbox: Mailbox) -> None:
    """An absence in the calendar, and one by hand, which colleagues see."""
    print("\nThe therapist enters four days out of office in Outlook.")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    fields = entry(start, start + timedelta(days=4), "OOF")
    mailbox.add("calendar", "CalendarItem", fields=fields)
    terminal.boundary("status")
    terminal.boundary("availability", "show")


def main() -> None:
    """Show all of it."""
    with tempfile.TemporaryDirectory(prefix="boundary-exchange-") as name, EwsServer(Path(name)) as server:
        mailbox, terminal = server.add_mailbox(_ADDRESS), Terminal(Path(name))
        server.accepts = {"NTLM"}
        terminal.configure(_config(server, audience="clients", replies=False))
        terminal.boundary("secret", "set", "exchange", given="correct horse\n")
        terminal.boundary("doctor")
        terminal.boundary("client", "add", "AB", "--address", "ab@example.org")
        terminal.boundary("run", "--once", shown=False)
        terminal.boundary("arm")
        _answer(terminal, mailbox)
        _be_away(terminal, mailbox)
        _let_exchange_answer(terminal, server, mailbox)
        checked = (
            "held to Microsoft's schemas" if schemas() else "Microsoft's schemas are not on this machine"
        )
        print(f"\n{len(server.requests)} requests over HTTPS, signed in by NTLM ({checked}).")
        if server.violations:
            sys.exit("\n".join(server.violations))


if __name__ == "__main__":
    main()
