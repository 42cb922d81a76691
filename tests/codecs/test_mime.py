"""Bytes to the facts of a message: header block, fields, structure, arrival."""

from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boundary_plugins.codecs.mime import (
    LONG_AGO,
    MAX_HEADER_BYTES,
    arrival_instant,
    header_block,
    instant_of,
    read_headers,
    read_message,
)
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.message import Headers, message_id_of, subject_of

CORPUS = Path(__file__).parent.parent / "corpus"
AT = datetime(2026, 11, 20, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "data, expected",
    [
        (b"A: 1\r\nB: 2\r\n\r\nC: 3\r\n", b"A: 1\nB: 2"),
        (b"A: 1\nB: 2\n\nC: 3\n\nD: 4", b"A: 1\nB: 2"),
        (b"A: 1\rB: 2\r\rC: 3\r", b"A: 1\nB: 2"),
        # Mixed line ends: the first empty line counts, whichever it is.
        (b"A: 1\r\nB: 2\n\nC: 3\r\n\r\nD: 4", b"A: 1\nB: 2"),
        (b"A: 1\nB: 2\r\n\r\nC: 3\n\nD: 4", b"A: 1\nB: 2"),
        # No body, with and without an end of line.
        (b"A: 1\r\n", b"A: 1"),
        (b"A: 1", b"A: 1"),
        # An mbox line, also quoted as some programs leave it; a byte order mark; NULs.
        (b"From ab@example.org Fri Nov 20 20:00:00 2026\nA: 1\n\nx", b"A: 1"),
        (b">From ab@example.org Fri Nov 20 20:00:00 2026\nA: 1\n\nx", b"A: 1"),
        (b"\xef\xbb\xbfA: 1\n\nx", b"A: 1"),
        (b"A: 1\0\n\nx", b"A: 1"),
        # Nothing there.
        (b"", None),
        (b"\r\n\r\nbody", None),
        (b"\nA: 1\n\nbody", None),
        (b"\0\0\0", None),
    ],
)
def test_the_header_block_is_cut_at_the_first_empty_line(data: bytes, expected: bytes | None) -> None:
    """RFC 5322, section 2.1, with the line ends that are found in practice."""
    assert expected == header_block(data)


def test_an_endless_header_block_is_bounded() -> None:
    """Only whole lines within the first MiB are taken."""
    data = b"A: 1\r\n" + b"B: " + b"x" * (2 * MAX_HEADER_BYTES)
    many = b"A: 1\r\n" * MAX_HEADER_BYTES

    assert header_block(data) == b"A: 1"
    assert len(header_block(many) or b"") <= MAX_HEADER_BYTES


def test_many_repeated_fields_take_no_longer_than_their_number() -> None:
    """170,000 fields of one name; a quadratic reader would take minutes."""
    headers = read_message(b"A: 1\r\n" * 170_000, provider_id="1").headers

    assert headers is not None
    assert len(headers.all("a")) == 170_000  # type: ignore[arg-type]


def fields_of(data: bytes) -> dict[str, tuple[str, ...]]:
    """All fields as we read them."""
    block = header_block(data)
    headers = read_headers(block) if block else None
    return {name: headers.all(name) for name in headers.names()} if headers else {}  # type: ignore[misc]


def fields_by_the_standard_library(data: bytes) -> dict[str, tuple[str, ...]]:
    """All fields as compat32 reads them, unfolded and decoded line by line as we promise."""
    message = BytesHeaderParser(policy=compat32).parsebytes(data)
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.raw_items():
        lines = value.encode("ascii", "surrogateescape").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = "".join(promised_text(line) for line in lines.split(b"\n")).strip(" \t")
        found[name.lower()] = (*found.get(name.lower(), ()), text)
    return found


def promised_text(line: bytes) -> str:
    """UTF-8, else Windows-1252."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


NAMES = st.sampled_from(
    [b"Subject", b"FROM", b"to", b"X-Loop", b"Received", b"a", b"Weird!#$%", b"", b"Fr\xc3\xb6m"]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            b" plain",
            b"no space",
            b"",
            b" =?utf-8?q?R=C3=A9?= =?utf-8?b?w6k=?=",
            b" J\xc3\xbcrgen <j@example.org>",
            b" J\xfcrgen <j@example.org>",
            b"\t a: b: c ",
            b" folded\n more",
            b"\n only below",
            b" twice\n\tfolded\n  again",
            b" folded\n \n to an empty line",
        ]
    ),
    st.binary(max_size=12).filter(lambda value: not set(value) & set(b"\r\n\0")),
)
FIELDS = st.tuples(NAMES, st.just(b":"), VALUES).map(b"".join)
ODD_LINES = st.sampled_from(
    [
        b"no colon here",
        b" a continuation",
        b"From nobody Fri Nov 20 20:00:00 2026",
        b": no name",
        b"",
        b"--",
        b"\tx: y",
    ]
)


@given(
    st.lists(st.one_of(FIELDS, FIELDS, FIELDS, ODD_LINES), max_size=8),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    st.sampled_from([b"", b"Body: text\n\nmore\n"]),
)
@example([b"A: \x85x", b" y"], b"\n", b"")
@example([b"A: 1", b"From x", b" y", b"B: 2"], b"\n", b"")
def test_fields_are_those_that_the_standard_library_reads(
    lines: list[bytes], newline: bytes, body: bytes
) -> None:
    """A differential test against BytesHeaderParser: 8-bit, folded, repeated, broken, encoded."""
    data = b"".join(line.replace(b"\n", newline) + newline for line in lines) + newline + body

    assert fields_by_the_standard_library(data) == fields_of(data)


@given(st.binary(max_size=200).map(lambda data: data.replace(b"\0", b"")))
def test_arbitrary_bytes_read_as_the_standard_library_reads_them(data: bytes) -> None:
    """Whatever comes, but what we take beyond: spaces before a colon, a quoted mbox line, a mark."""
    if b" :" in data or b"\t:" in data or data.startswith((b">From ", b"\xef\xbb\xbf")):
        return

    assert fields_by_the_standard_library(data) == fields_of(data)


#: What we take beyond the standard library: the obsolete space, the mark, the NULs.
BEYOND = {
    "auto_submitted_with_a_space_before_the_colon",
    "crlf_line_ends_and_a_byte_order_mark",
    "nul_bytes_in_the_headers",
}
ALIKE = sorted(path for path in CORPUS.glob("*.eml") if path.stem not in BEYOND)


@pytest.mark.parametrize("path", ALIKE, ids=lambda path: path.stem)
def test_the_corpus_reads_as_the_standard_library_reads_it(path: Path) -> None:
    """The same for whole messages."""
    data = path.read_bytes()

    assert fields_by_the_standard_library(data) == fields_of(data)


def test_a_space_before_the_colon_is_obsolete_and_read() -> None:
    """RFC 5322, section 4.5: an Auto-Submitted field must not be missed for a space."""
    assert fields_of(b"Auto-Submitted : auto-replied\r\n\r\n") == {"auto-submitted": ("auto-replied",)}


DATES = [
    ("Fri, 20 Nov 2026 20:00:00 +0000", AT),
    ("Fri, 20 Nov 2026 21:00:00 +0100 (CET)", AT),
    ("20 Nov 2026 15:00:00 -0500", AT),
    ("Fri, 20 Nov 2026 20:00:00 GMT", AT),
    ("Fri, 20 Nov 2026 15:00:00 EST", AT),
    ("Fri, 20 Nov 2026 20:00 +0000", AT),
    # Obsolete: two digits of a year, comments anywhere (RFC 5322, section 4.3).
    ("Fri, 20 Nov 26 20:00:00 +0000", AT),
    ("Fri (a day), 20 Nov 2026 (x) 20:00:00 +0000", AT),
    # A leap second.
    ("Fri, 20 Nov 2026 19:59:60 +0000", AT - timedelta(seconds=1)),
    ("Fri, 31 Feb 2026 20:00:00 +0000", None),
    ("Fri, 20 Nov 0000 20:00:00 +0000", None),
    ("01 Jan 0001 00:00:00 +2300", None),
    # Years in which no mail can have come.
    ("Fri, 20 Nov 0027 20:00:00 +0000", None),
    ("Wed, 31 Dec 1969 23:59:59 +0000", None),
    ("Fri, 20 Nov 9999 20:00:00 +0000", None),
    ("yesterday", None),
    ("", None),
]


@pytest.mark.parametrize("value, expected", DATES)
def test_a_date_is_an_instant(value: str, expected: datetime | None) -> None:
    """RFC 5322, sections 3.3 and 4.3."""
    assert expected == instant_of(value)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_what_the_standard_library_writes_is_read_back(local: datetime, zone: timezone) -> None:
    """The fast form, in every zone."""
    at = local.replace(microsecond=0, tzinfo=zone)

    assert at == instant_of(format_datetime(at))


@given(st.text(max_size=40))
def test_no_date_raises(value: str) -> None:
    """Whatever stands there."""
    instant_of(value)


RECEIVED = (
    "from a by b; Fri, 20 Nov 2026 22:00:00 +0000",
    "from c by d; Fri, 20 Nov 2026 20:00:00 +0000 (UTC)",
)


@pytest.mark.parametrize(
    "fields, hop, expected",
    [
        ({"received": RECEIVED}, 0, AT + timedelta(hours=2)),
        # The topmost may be a fetcher's, hours late: which hop to trust is configuration.
        ({"received": RECEIVED}, 1, AT),
        ({"received": RECEIVED, "date": ("Fri, 20 Nov 2026 20:00:01 +0000",)}, 2, AT + timedelta(seconds=1)),
        ({"received": ("nonsense",), "date": ("Fri, 20 Nov 2026 20:00:00 +0000",)}, 0, AT),
        ({"received": ("nonsense",), "date": ("nonsense",)}, 0, AT - timedelta(days=1)),
        ({}, 0, AT - timedelta(days=1)),
    ],
)
def test_arrival_is_told_by_the_trusted_hop_then_date_then_the_file(
    fields: dict[str, tuple[str, ...]], hop: int, expected: datetime
) -> None:
    """RFC 5321, section 4.4: each hop puts its own date at the top."""
    assert expected == arrival_instant(Headers(fields), trusted_hop=hop, fallback=AT - timedelta(days=1))


def test_a_message_without_any_date_is_ancient() -> None:
    """Better silent than late."""
    assert read_message(b"Subject: x\r\n\r\n", provider_id="1").arrived_at == LONG_AGO


def test_the_facts_of_a_message_are_read_from_its_bytes() -> None:
    """The whole way, once."""
    data = b"Message-ID: <1@example.org>\r\nSubject: =?utf-8?q?R=C3=A9?=\r\n\r\nHello"

    message = read_message(
        data, provider_id="7", arrived_at=AT, envelope_sender="", delivered_to=("x@example.com",)
    )

    assert (
        message.provider_id,
        message.arrived_at,
        message.envelope_sender,
        message.delivered_to,
    ) == ("7", AT, "", ("x@example.com",))
    assert message_id_of(message) == "<1@example.org>"
    assert subject_of(message) == "Ré"


INVITE = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
PLAIN = "Content-Type: text/plain\r\n\r\nHello\r\n"
CALENDAR = f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{INVITE}"


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    """A multipart entity with its own header block."""
    inner = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\npreamble\r\n{inner}--{boundary}--\r\n'


STRUCTURES: list[tuple[str, bool | Unknown]] = [
    # At the top: the parameter, or the line in the text, also in base64.
    (CALENDAR, True),
    (f"Content-Type: text/calendar\r\n\r\n{INVITE}", True),
    ("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", False),
    (
        "Content-Type: text/calendar\r\nContent-Transfer-Encoding: BASE64\r\n\r\n"
        "QkVHSU46VkNBTEVOREFSDQpNRVRI\r\nT0Q6UkVRVUVTVA0K\r\n",
        True,
    ),
    # Inside, and inside what is inside.
    (multipart("alternative", PLAIN, CALENDAR), True),
    (multipart("mixed", PLAIN, CALENDAR), True),
    (multipart("Mixed", multipart("ALTERNATIVE", PLAIN, CALENDAR, boundary="bb"), PLAIN), True),
    (multipart("mixed", PLAIN, CALENDAR.replace("text/calendar", "Text/Calendar").replace("method", "METHOD")), True),
    # A person's: an invitation in a forwarded message, in a text, in another type's name.
    (multipart("mixed", PLAIN, f"Content-Type: message/rfc822\r\n\r\n{CALENDAR}"), False),
    (multipart("mixed", f"Content-Type: text/plain\r\n\r\n{CALENDAR}"), False),
    (multipart("mixed", PLAIN, 'Content-Type: application/pdf; name="text/calendar; method=x"\r\n\r\nx\r\n'), False),
    (multipart("signed", PLAIN, CALENDAR), False),
    (multipart("alternative", PLAIN, PLAIN), False),
    (PLAIN, False),
    ("Subject: no type\r\n\r\nHello\r\n", False),
    # A delimiter of another boundary, one in the midst of a line, none at all.
    (multipart("mixed", f"Content-Type: text/plain\r\n\r\n--bb\r\n{CALENDAR}x --b\r\n{CALENDAR}"), False),
    ("Content-Type: multipart/mixed\r\n\r\n--b\r\n" + CALENDAR, UNKNOWN),
    # Cut off before the end: what follows cannot be known; what was found is.
    (multipart("mixed", PLAIN, PLAIN).removesuffix("--b--\r\n"), UNKNOWN),
    (multipart("mixed", CALENDAR, PLAIN).removesuffix("--b--\r\n"), True),
    # Deeper than is looked at.
    (
        multipart("mixed", multipart("mixed", multipart("mixed", multipart("mixed", multipart("mixed", multipart("mixed",
            multipart("mixed", CALENDAR, boundary="g"), boundary="f"), boundary="e"), boundary="d"), boundary="c"),
            boundary="bb")),
        UNKNOWN,
    ),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("text, expected", STRUCTURES)
def test_a_calendars_message_is_known_by_its_structure(
    text: str, expected: bool | Unknown, newline: str
) -> None:
    """RFC 6047, section 2.4, and RFC 2046, section 5.1."""
    data = text.replace("\r\n", newline).encode()

    assert expected is read_message(data, provider_id="1").calendar_method


PIECES = [b"--b", b"--", b"\r\n", b"\n", b"Content-Type: text/calendar", b"METHOD:X", b"x", b":"]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_structure_raises(pieces: list[bytes]) -> None:
    """Whatever stands between boundaries."""
    read_message(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"".join(pieces), provider_id="1")
