"""Invented mail in a fixed mix, of which 30 in 100 messages are answered; the same for the same seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from bench.invented_parts import (
    ZONE,
    Sender,
    alternative,
    body_of,
    calendar_body,
    delivery_report,
    encoded,
    newsletter_body,
    route,
    signature,
    words,
)

OWN = "therapist@example.com"
#: Addresses by which clients write; the harness of the store puts the same on file.
CLIENTS = tuple(f"client{number}@home{number}.example.org" for number in range(400))
_FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
#: Dense enough that a few messages which are read ahead are of the same evening.
_DAYS = 70


@dataclass(frozen=True, slots=True)
class InventedMessage:
    """One message: its bytes with LF line ends, when it arrived (UTC), and whether it is answered."""

    kind: str
    data: bytes
    arrived_at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of mail: how many of 100 messages it makes, when it comes, and what it looks like."""

    name: str
    of_hundred: int
    when: Callable[[random.Random], datetime]
    make: Callable[["_Draft"], bytes]
    answered: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a kind of mail makes a message of."""

    number: int
    at: datetime
    chance: random.Random

    @property
    def client(self) -> Sender:
        """Somebody who writes as a client does."""
        return Sender(CLIENTS[self.chance.randrange(len(CLIENTS))], words(self.chance, 2).title())

    def machine(self, name: str) -> Sender:
        """A sender that is a program."""
        return Sender(f"{name}@service{self.chance.randrange(60)}.example.net", words(self.chance, 2).title())


def invented_mail(number: int, seed: int = 20261124) -> Iterator[InventedMessage]:
    """So many messages, one at a time; every hundred in a row holds each kind as often as the table says."""
    chance = random.Random(seed)
    hundred = [kind for kind in KINDS for _ in range(kind.of_hundred)]
    for index in range(number):
        if index % len(hundred) == 0:
            chance.shuffle(hundred)
        kind = hundred[index % len(hundred)]
        at = kind.when(chance)
        yield InventedMessage(kind.name, kind.make(_Draft(index, at, chance)), at, kind.answered)


def _local(chance: random.Random, weekdays: range, first: float, last: float) -> datetime:
    """An instant on one of the weekdays between two hours of the practice's day."""
    days = [day for day in range(_DAYS) if (_FIRST_DAY + timedelta(days=day)).weekday() in weekdays]
    day = _FIRST_DAY + timedelta(days=chance.choice(days))
    minute = chance.randrange(int(first * 60), int(last * 60))
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)) + timedelta(minutes=minute)
    return local.astimezone(UTC).replace(second=chance.randrange(60))


def _closed(chance: random.Random) -> datetime:
    """In the evening, or on the weekend."""
    if chance.random() < 0.3:
        return _local(chance, range(5, 7), 8, 22)
    return _local(chance, range(5), 18, 23.5)


def _open(chance: random.Random) -> datetime:
    """While contact hours are open."""
    return _local(chance, range(5), 9.5, 16.5)


def _soon(chance: random.Random) -> datetime:
    """In the morning, before they open."""
    return _local(chance, range(5), 6.5, 8.5)


def _whenever(chance: random.Random) -> datetime:
    """At any time."""
    return _local(chance, range(7), 0, 23.5)


def _message(draft: _Draft, sender: Sender, fields: list[str], body: bytes, **given: str) -> bytes:
    """The fields that every message has, those of its kind, and the body."""
    path = given.get("path", sender.address)
    message_id = f"<{draft.number}.{draft.chance.getrandbits(64):x}@{sender.domain}>"
    written = draft.at - timedelta(seconds=draft.chance.randrange(2, 40))
    lines = [
        f"Return-Path: <{path}>",
        f"Delivered-To: {OWN}",
        *route(draft.chance, sender, OWN, draft.at),
        *signature(draft.chance, sender),
        f'From: "{sender.name}" <{sender.address}>',
        f"To: {given.get('to', OWN)}",
        f"Subject: {given.get('subject') or words(draft.chance, 5).capitalize()}",
        f"Date: {format_datetime(written.astimezone(ZoneInfo(ZONE)))}",
        f"Message-ID: {message_id}",
        "MIME-Version: 1.0",
        *fields,
    ]
    if given.get("to", OWN) != OWN:
        lines.remove(f"Delivered-To: {OWN}")
    return "\n".join(lines).encode() + b"\n\n" + body


def _question(draft: _Draft) -> bytes:
    """A person writes anew, in plain text."""
    fields = ["Content-Type: text/plain; charset=utf-8; format=flowed", "User-Agent: Mozilla Thunderbird"]
    return _message(draft, draft.client, fields, body_of(draft.chance, 900))


def _reply(draft: _Draft) -> bytes:
    """A person goes on in a thread, from a telephone, in two forms."""
    parents = [f"<{draft.chance.getrandbits(80):x}@example.com>" for _ in range(draft.chance.randrange(1, 5))]
    kind, body = alternative(draft.chance, 500)
    fields = [
        f"In-Reply-To: {parents[-1]}",
        "References: " + "\n ".join(parents),
        kind,
        "X-Mailer: iPhone Mail (23B85)",
    ]
    return _message(
        draft, draft.client, fields, body, subject="Re: " + words(draft.chance, 4), path=draft.client.address
    )


def _accented(draft: _Draft) -> bytes:
    """A person whose Subject is encoded."""
    fields = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    subject = encoded("Grüße und eine Frage: " + words(draft.chance, 3))
    return _message(draft, draft.client, fields, body_of(draft.chance, 900), subject=subject)


def _crisis(draft: _Draft) -> bytes:
    """A person whose Subject sounds like a crisis."""
    fields = ["Content-Type: text/plain; charset=utf-8"]
    return _message(
        draft, draft.client, fields, body_of(draft.chance, 300), subject="I want to die, please call"
    )


def _newsletter(draft: _Draft) -> bytes:
    """A sender of newsletters, with what the law and the providers ask for."""
    sender = draft.machine("news")
    fields = [
        f"List-Unsubscribe: <https://{sender.domain}/u/{draft.chance.getrandbits(64):x}>,\n"
        f" <mailto:leave@{sender.domain}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"Feedback-ID: {draft.chance.randrange(10**6)}:campaign:{sender.domain}",
        "Precedence: bulk",
        "Content-Type: text/html; charset=utf-8",
    ]
    path = f"bounce-{draft.number}@{sender.domain}"
    return _message(draft, sender, fields, newsletter_body(draft.chance, 9000), path=path)


def _list(draft: _Draft) -> bytes:
    """A person on a mailing list."""
    name = f"group{draft.chance.randrange(9)}"
    fields = [
        f"List-Id: A group <{name}.example.net>",
        f"List-Post: <mailto:{name}@example.net>",
        f"List-Unsubscribe: <mailto:{name}-leave@example.net>",
        "Precedence: list",
        "X-Mailman-Version: 3.3.9",
        "Content-Type: text/plain; charset=utf-8",
    ]
    sender = draft.client
    return _message(draft, sender, fields, body_of(draft.chance, 1500), path=f"{name}-bounces@example.net")


def _notification(draft: _Draft) -> bytes:
    """A shop, a bank, a parcel."""
    kind, body = alternative(draft.chance, 1200)
    return _message(draft, draft.machine("no-reply"), ["Auto-Submitted: auto-generated", kind], body)


def _bounce(draft: _Draft) -> bytes:
    """A mail system that could not deliver."""
    sender = Sender(f"MAILER-DAEMON@mx{draft.chance.randrange(9)}.example.net", "Mail Delivery System")
    kind, body = delivery_report(draft.chance, OWN)
    fields = ["Auto-Submitted: auto-replied", kind]
    return _message(draft, sender, fields, body, path="", subject="Undelivered Mail Returned to Sender")


def _away(draft: _Draft) -> bytes:
    """Another one's out-of-office reply."""
    fields = [
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        f"In-Reply-To: <{draft.chance.getrandbits(80):x}@example.com>",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return _message(draft, draft.client, fields, body_of(draft.chance, 300), subject="Automatic reply: Hello")


def _invitation(draft: _Draft) -> bytes:
    """A calendar's invitation."""
    kind, body = calendar_body(draft.chance, draft.at, OWN)
    return _message(draft, draft.client, [kind], body, subject="Invitation: " + words(draft.chance, 3))


def _platform(draft: _Draft) -> bytes:
    """A text-therapy platform says that something waits there."""
    sender = Sender("hello@talkspace.com", "Talkspace")
    return _message(
        draft, sender, ["Content-Type: text/html; charset=utf-8"], newsletter_body(draft.chance, 3000)
    )


def _spam(draft: _Draft) -> bytes:
    """What a filter has marked."""
    fields = [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9.2 required=5.0 tests=BAYES_99,HTML_MESSAGE,URIBL_BLACK\n"
        "\tautolearn=no version=4.0.1",
        "Content-Type: text/html; charset=iso-8859-1",
    ]
    return _message(draft, draft.machine("offers"), fields, newsletter_body(draft.chance, 2000))


def _blind_copy(draft: _Draft) -> bytes:
    """A message that names nobody here."""
    fields = ["Content-Type: text/plain; charset=utf-8"]
    return _message(draft, draft.client, fields, body_of(draft.chance, 900), to="somebody@example.net")


def _own(draft: _Draft) -> bytes:
    """The therapist's copy to themselves."""
    fields = ["Content-Type: text/plain; charset=utf-8"]
    return _message(draft, Sender(OWN, "R. Example"), fields, body_of(draft.chance, 300))


def _suppressed(draft: _Draft) -> bytes:
    """A ticket system that loops."""
    return _message(draft, draft.machine("desk"), ["X-Loop: desk", "Content-Type: text/plain"], b"Ticket.\n")


def _rubbish(draft: _Draft) -> bytes:
    """What is no message at all."""
    return b"\n" + draft.chance.randbytes(1500).replace(b"\n", b"")


KINDS: tuple[_Kind, ...] = (
    _Kind("a question in the evening", 14, _closed, _question, answered=True),
    _Kind("a reply in the evening", 11, _closed, _reply, answered=True),
    _Kind("an accented question in the evening", 4, _closed, _accented, answered=True),
    _Kind("a crisis in the evening", 1, _closed, _crisis, answered=True),
    _Kind("a question in contact hours", 6, _open, _question),
    _Kind("a reply in contact hours", 4, _open, _reply),
    _Kind("a question shortly before opening", 4, _soon, _question),
    _Kind("a newsletter", 16, _whenever, _newsletter),
    _Kind("a mailing list", 6, _whenever, _list),
    _Kind("a notification", 8, _whenever, _notification),
    _Kind("a bounce", 5, _whenever, _bounce),
    _Kind("an auto-reply", 5, _whenever, _away),
    _Kind("an invitation", 4, _whenever, _invitation),
    _Kind("a platform's notification", 3, _whenever, _platform),
    _Kind("spam", 3, _whenever, _spam),
    _Kind("a blind copy", 3, _whenever, _blind_copy),
    _Kind("an own copy", 1, _whenever, _own),
    _Kind("a loop", 1, _whenever, _suppressed),
    _Kind("rubbish", 1, _whenever, _rubbish),
)
