"""The parts of invented mail: routes, signatures, bodies; words that mean nothing."""

import random
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

ZONE = "America/New_York"

_WORDS = [
    "about",
    "after",
    "again",
    "another",
    "around",
    "before",
    "between",
    "could",
    "day",
    "early",
    "every",
    "few",
    "find",
    "first",
    "for",
    "friday",
    "from",
    "garden",
    "give",
    "good",
    "had",
    "hour",
    "idea",
    "just",
    "kind",
    "last",
    "letter",
    "light",
    "little",
    "long",
    "maybe",
    "meet",
    "month",
    "more",
    "morning",
    "next",
    "note",
    "number",
    "often",
    "one",
    "open",
    "paper",
    "park",
    "place",
    "question",
    "read",
    "room",
    "same",
    "second",
    "see",
    "send",
    "short",
    "some",
    "soon",
    "still",
    "story",
    "table",
    "talk",
    "than",
    "thanks",
    "that",
    "the",
    "then",
    "there",
    "thing",
    "think",
    "this",
    "time",
    "today",
    "tomorrow",
    "tree",
    "two",
    "under",
    "visit",
    "walk",
    "water",
    "week",
    "well",
    "when",
    "where",
    "while",
    "window",
    "with",
    "word",
    "work",
    "would",
    "write",
    "year",
    "yellow",
]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: a plain address and a name."""

    address: str
    name: str

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def words(chance: random.Random, number: int) -> str:
    """So many words in a row."""
    return " ".join(chance.choices(_WORDS, k=number))


def encoded(text: str) -> str:
    """The text as one encoded word (RFC 2047)."""
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


def route(chance: random.Random, sender: Sender, own: str, at: datetime) -> list[str]:
    """The Received fields of a way over two hops, the last one on top, and the receiver's verdict."""
    here = f"mx{chance.randrange(9)}.example.com"
    earlier = at - timedelta(seconds=chance.randrange(1, 20))
    number = ".".join(str(chance.randrange(1, 255)) for _ in range(2))
    return [
        f"Received: from out.{sender.domain} (out.{sender.domain} [192.0.{number}])\n"
        f"\tby {here} (Postfix) with ESMTPS id {chance.getrandbits(40):X}\n"
        f"\tfor <{own}>; {format_datetime(at)} (UTC)",
        f"Received: from [10.0.{number}] (unknown [10.0.{number}])\n"
        f"\tby out.{sender.domain} with ESMTPSA id {chance.getrandbits(64):x};\n"
        f"\t{format_datetime(earlier)}",
        f"Authentication-Results: {here};\n\tdkim=pass header.d={sender.domain}; spf=pass\n"
        f"\tsmtp.mailfrom={sender.domain}; dmarc=pass",
    ]


def signature(chance: random.Random, sender: Sender) -> list[str]:
    """A DKIM-Signature of the usual length (RFC 6376)."""
    body = b64encode(chance.randbytes(32)).decode()
    signed = b64encode(chance.randbytes(192)).decode()
    folded = "\n\t ".join(signed[start : start + 72] for start in range(0, len(signed), 72))
    return [
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={sender.domain}; s=s1;\n"
        "\th=from:to:subject:date:message-id:mime-version:content-type;\n"
        f"\tbh={body};\n\tb={folded}"
    ]


def body_of(chance: random.Random, size: int) -> bytes:
    """A text of about so many octets, more often shorter than much longer."""
    length = int(size * chance.lognormvariate(0, 0.7))
    lines = []
    while length > 0:
        lines.append(words(chance, 12))
        length -= len(lines[-1]) + 1
    return "\n".join([*lines, ""]).encode()


def alternative(chance: random.Random, size: int) -> tuple[str, bytes]:
    """The Content-Type and the body of a text in two forms."""
    boundary = f"----=_Part_{chance.getrandbits(60):x}"
    text = body_of(chance, size)
    parts = [
        f"--{boundary}\nContent-Type: text/plain; charset=utf-8\n\n".encode() + text,
        f"--{boundary}\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>".encode()
        + text.replace(b"\n", b"<br>\n")
        + b"</p></body></html>\n",
    ]
    return (
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        b"".join(parts) + f"--{boundary}--\n".encode(),
    )


def newsletter_body(chance: random.Random, size: int) -> bytes:
    """A page of HTML."""
    text = body_of(chance, size)
    rows = b"".join(b'<tr><td style="padding:4px">' + line + b"</td></tr>\n" for line in text.split(b"\n"))
    return b"<html><body><table>\n" + rows + b"</table></body></html>\n"


def delivery_report(chance: random.Random, own: str) -> tuple[str, bytes]:
    """The Content-Type and the body of a delivery report (RFC 3464)."""
    boundary = f"{chance.getrandbits(60):X}/mx.example.net"
    body = (
        f"--{boundary}\nContent-Description: Notification\nContent-Type: text/plain\n\n"
        f"{body_of(chance, 400).decode()}\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; nobody@example.net\nAction: failed\nStatus: 5.1.1\n\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\nFrom: {own}\nSubject: {words(chance, 4)}\n\n"
        f"--{boundary}--\n"
    )
    return (
        f'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="{boundary}"',
        body.encode(),
    )


def calendar_body(chance: random.Random, at: datetime, own: str) -> tuple[str, bytes]:
    """The Content-Type and the body of an invitation (RFC 6047)."""
    boundary = f"000{chance.getrandbits(60):x}"
    start = (at + timedelta(days=3)).strftime("%Y%m%dT%H0000Z")
    body = (
        f"--{boundary}\nContent-Type: text/plain; charset=utf-8\n\n{body_of(chance, 500).decode()}\n"
        f"--{boundary}\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n\n"
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
        f"UID:{chance.getrandbits(60):x}@example.org\nDTSTAMP:{start}\nDTSTART:{start}\n"
        f"ATTENDEE:mailto:{own}\nSUMMARY:Invented\nEND:VEVENT\nEND:VCALENDAR\n"
        f"--{boundary}--\n"
    )
    return f'Content-Type: multipart/alternative; boundary="{boundary}"', body.encode()
