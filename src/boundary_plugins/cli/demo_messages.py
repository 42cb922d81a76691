"""The dozen invented messages of the demonstration, and what the therapist wrote to one of the clients."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

OWN_ADDRESS = "therapist@example.com"


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A client to put on file: initials, addresses, how to answer."""

    id: str
    addresses: tuple[str, ...]
    auto_reply: str = "discreet"
    zone: str | None = None


CLIENTS = (
    DemoClient("AB", ("a.b@example.org", "ab.work@example.net")),
    DemoClient("CD", ("c.d@example.org",), auto_reply="full"),
    DemoClient("EF", ("e.f@example.net",), zone="Europe/Berlin"),
    DemoClient("GH", ("g.h@example.org",)),
    DemoClient("IJ", ("i.j@example.net",)),
)


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """One message: its name in the table, when it came (before now), and how to write it."""

    name: str
    came_before: timedelta
    write: Callable[[EmailMessage], None]


def _plain(sender: str, subject: str, text: str) -> Callable[[EmailMessage], None]:
    """A message as a person writes it."""

    def write(mail: EmailMessage) -> None:
        mail["From"] = sender
        mail["To"] = OWN_ADDRESS
        mail["Subject"] = subject
        mail.set_content(text)

    return write


def _newsletter(mail: EmailMessage) -> None:
    """A newsletter, with what RFC 2369 and RFC 8058 ask of it."""
    _plain("Journal <news@lists.example.net>", "This month in practice", "Read more.")(mail)
    mail["List-Id"] = "<journal.lists.example.net>"
    mail["List-Unsubscribe"] = "<https://lists.example.net/u>"
    mail["Precedence"] = "bulk"


def _bounce(mail: EmailMessage) -> None:
    """A delivery status notification (RFC 3464) from the null reverse-path."""
    mail["From"] = "MAILER-DAEMON@mx.example.net"
    mail["To"] = OWN_ADDRESS
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("The mail system could not deliver a message.")
    mail.make_mixed()
    mail.set_type("multipart/report")
    mail.set_param("report-type", "delivery-status")


def _out_of_office(mail: EmailMessage) -> None:
    """A client's own automatic reply: two programs must never talk to each other."""
    _plain("G. H. <g.h@example.org>", "Automatic reply: Thursday", "I am away until Monday.")(mail)
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"


def _invitation(mail: EmailMessage) -> None:
    """A meeting invitation (RFC 6047), sent by a calendar."""
    _plain("C. D. <c.d@example.org>", "Invitation: parents' evening", "You are invited.")(mail)
    mail.add_alternative(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
        params={"method": "REQUEST"},
    )


_NOW = timedelta(0)

#: In the order of their arrival; the one of the contact hours came seven hours ago.
MESSAGES = (
    DemoMessage(
        "a client, in contact hours",
        timedelta(hours=7),
        _plain("E. F. <e.f@example.net>", "See you later", "I am on my way."),
    ),
    DemoMessage(
        "a client, in the closed hours",
        _NOW,
        _plain("A. B. <a.b@example.org>", "A question about last time", "Could we talk about it?"),
    ),
    DemoMessage(
        "the same client, another address",
        _NOW,
        _plain("A. B. <ab.work@example.net>", "One more thing", "I forgot to say."),
    ),
    DemoMessage(
        "a scheduling question",
        _NOW,
        _plain("C. D. <c.d@example.org>", "Can we reschedule Thursday?", "Friday would be better."),
    ),
    DemoMessage(
        "homework",
        _NOW,
        _plain("E. F. <e.f@example.net>", "My homework for this week", "Here are my notes."),
    ),
    DemoMessage(
        "crisis words",
        _NOW,
        _plain("G. H. <g.h@example.org>", "I can't go on, I want to die", "Please."),
    ),
    DemoMessage(
        "a stranger",
        _NOW,
        _plain("Somebody <somebody@example.net>", "Do you take new clients?", "Hello."),
    ),
    DemoMessage("a newsletter", _NOW, _newsletter),
    DemoMessage("a bounce", _NOW, _bounce),
    DemoMessage("an out-of-office reply", _NOW, _out_of_office),
    DemoMessage("a meeting invitation", _NOW, _invitation),
    DemoMessage(
        "a client the therapist answered",
        _NOW,
        _plain("I. J. <i.j@example.net>", "Thank you", "That helps."),
    ),
)


def written(message: DemoMessage, number: int, now: datetime) -> bytes:
    """The message as a mail server delivers it; `now` is aware, the Received field tells the arrival."""
    arrived_at = now - message.came_before
    mail = EmailMessage(policy=SMTP)
    message.write(mail)
    bounce = "MAILER-DAEMON" in str(mail["From"])
    reverse_path = "" if bounce else str(mail["From"]).rpartition("<")[2].rstrip(">")
    mail["Message-ID"] = f"<demo-{number}@mail.example.net>"
    mail["Date"] = format_datetime(arrived_at)
    received = (
        f"from mail.example.net by mx.example.com with ESMTPS id demo{number}; {format_datetime(arrived_at)}"
    )
    top = f"Return-Path: <{reverse_path}>\r\nDelivered-To: {OWN_ADDRESS}\r\nReceived: {received}\r\n"
    return top.encode() + mail.as_bytes()


def therapists_own(now: datetime) -> bytes:
    """What the therapist wrote in the present closed window, as it lies among the sent mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = OWN_ADDRESS
    mail["To"] = "i.j@example.net"
    mail["Subject"] = "Our appointment"
    mail["Message-ID"] = "<own-1@example.com>"
    mail["Date"] = format_datetime(now - timedelta(minutes=30))
    mail.set_content("See you on Thursday at ten.")
    return mail.as_bytes()
