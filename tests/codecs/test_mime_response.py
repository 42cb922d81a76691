"""A response as bytes."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.codecs.mime import compose_response, read_message, response_fields
from boundary_plugins.core.headers import addresses
from boundary_plugins.core.message import subject_of

AT = datetime(2026, 11, 20, 20, tzinfo=UTC)


def composed(
    *,
    subject: str = "Automatic reply",
    text: str = "Hello.\n",
    html: str = "<p>Hello.</p>\n",
    sender: str = "therapist@example.com",
    sender_name: str | None = None,
    to: str = "ab@example.org",
    message_id: str = "<r@example.com>",
    response_id: str = "0123abcd",
    in_reply_to: str | None = "<1@example.org>",
    references: tuple[str, ...] = ("<0@example.org>", "<1@example.org>"),
    language: str | None = "en",
) -> bytes:
    """A response of which one thing is special."""
    fields = response_fields(
        response_id=response_id,
        sender=sender,
        sender_name=sender_name,
        to=to,
        subject=subject,
        date=AT,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        language=language,
    )
    return compose_response(fields, response_id=response_id, text=text, html=html)


def parsed(data: bytes) -> EmailMessage:
    """As another program reads it, strictly."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert [] == message.defects
    return message


def test_a_response_has_every_field_that_it_needs() -> None:
    """RFC 3834, sections 3.1 and 5."""
    message = parsed(composed())

    expected = {
        "From": "therapist@example.com",
        "To": "ab@example.org",
        "Subject": "Automatic reply",
        "Date": "Fri, 20 Nov 2026 20:00:00 +0000",
        "Message-ID": "<r@example.com>",
        "In-Reply-To": "<1@example.org>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Boundary-Response": "0123abcd",
        "Content-Language": "en",
    }
    assert expected == {name: str(message[name]).strip("<>") for name in expected} | {
        name: message[name] for name in expected if name.endswith(("ID", "To")) and name != "To"
    }
    assert "<0@example.org> <1@example.org>" == " ".join(str(message["References"]).split())


def test_a_response_is_plain_text_with_an_html_twin() -> None:
    """RFC 2046, section 5.1.4: the plainest first."""
    message = parsed(composed(text="Grüße ☂\n.\nFrom here\n", html="<p>Grüße ☂</p>"))

    plain, html = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert "multipart/alternative" == message.get_content_type()
    assert ("text/plain", "text/html") == (plain.get_content_type(), html.get_content_type())
    assert ["Grüße ☂", ".", "From here"] == plain.get_content().splitlines()
    assert ["<p>Grüße ☂</p>"] == html.get_content().splitlines()


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=300)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_words_give_a_message_that_smtp_takes(subject: str, name: str, text: str, html: str) -> None:
    """RFC 5322, section 2.1.1: CRLF, at most 998 octets a line; RFC 2047 where it is not ASCII."""
    data = composed(subject=subject, sender_name=name, text=text, html=html)

    message = parsed(data)
    assert data.isascii()
    assert b"" == data.replace(b"\r\n", b"").translate(None, bytes(range(32, 127)) + b"\t")
    assert max(len(line) for line in data.split(b"\r\n")) <= 200
    assert ("therapist@example.com",) == addresses(str(message["From"].addresses[0].addr_spec))
    plain = next(iter(message.iter_parts()))
    assert isinstance(plain, EmailMessage)
    assert (text.splitlines() or [""]) == plain.get_content().splitlines()
    assert 13 == len(message.keys())


@given(TEXTS.map(lambda text: " ".join("".join(c if c.isprintable() else " " for c in text).split())))
def test_a_subject_survives(subject: str) -> None:
    """What we write we read back, encoded words that a client wrote as text too."""
    assert subject == subject_of(read_message(composed(subject=subject), provider_id="1"))


@pytest.mark.parametrize(
    "words",
    [
        "a\r\nBcc: x@example.net",
        "a\nBcc: x@example.net",
        "a\rBcc: x",
        "a\0\x0bBcc: x",
        "a\u2028Bcc: x",
        "=?utf-8?q?=0D=0ABcc:_x?=",
    ],
)
def test_a_subject_or_a_name_brings_no_field_of_its_own(words: str) -> None:
    """Header injection through the client's own Subject, or a name in the configuration."""
    message = parsed(composed(subject=words, sender_name=words))

    assert "Bcc" not in message
    assert ["therapist@example.com"] == [address.addr_spec for address in message["From"].addresses]


@pytest.mark.parametrize(
    "name",
    ["R. Example", 'R. "Rex" Example\\', "Rÿan Éxample", "=?utf-8?q?x?=", "R., Example <x@example.net>"],
)
def test_a_senders_name_is_read_back(name: str) -> None:
    """RFC 5322, section 3.2.5: quoted, or encoded words."""
    message = parsed(composed(sender_name=name))

    assert name == message["From"].addresses[0].display_name


@pytest.mark.parametrize(
    "field, value",
    [
        ("to", "ab@example.org\r\nBcc: x@example.net"),
        ("to", "ab@example.org, x@example.net"),
        ("to", '"a\r\nb"@example.org'),
        ("to", "A <ab@example.org>"),
        ("to", ""),
        ("sender", "therapist"),
        ("sender", "therapist@example.com\n"),
        ("message_id", "<r@example.com>\r\nBcc: x@example.net"),
        ("message_id", "r@example.com"),
        ("response_id", "a\r\nb"),
        ("response_id", 'a"b'),
        ("response_id", ""),
    ],
)
def test_what_cannot_stand_in_a_field_is_refused(field: str, value: str) -> None:
    """An address or id with a line break is an attack or a bug."""
    with pytest.raises(ValueError, match=r"address|control|Message-ID|response id"):
        composed(**{field: value})  # type: ignore[arg-type]


def test_ids_of_others_that_cannot_stand_in_a_field_are_left_out() -> None:
    """The response goes all the same."""
    bad = ("<a\r\nBcc: x>", "<a b>", "a", "<>", "<" + "a" * 1000 + ">", "<é@example.org>")

    message = parsed(composed(in_reply_to=bad[0], references=bad))

    assert message["In-Reply-To"] is None
    assert message["References"] is None
    assert message["Bcc"] is None


def test_a_long_thread_keeps_its_root_and_its_latest_ids() -> None:
    """RFC 5537, section 3.4.4: the first and the last ones must stay."""
    ids = tuple(f"<{number}@example.org>" for number in range(100))

    references = str(parsed(composed(references=ids))["References"]).split()

    assert 20 == len(references)
    assert (ids[0], ids[-19], ids[-1]) == (references[0], references[1], references[-1])


def test_a_domain_with_letters_beyond_ascii_is_written_in_ascii() -> None:
    """RFC 5890: mail servers without SMTPUTF8 must take it."""
    data = composed(to="ab@exämple.org")

    assert b"To: <ab@xn--exmple-cua.org>" in data
    assert ("ab@xn--exmple-cua.org",) == addresses(str(parsed(data)["To"]))


@pytest.mark.parametrize(
    "name, expected",
    [
        ("R. Example", "R. Example"),
        # Quotation marks and commas stay inside the phrase (RFC 5322, section 3.2.5).
        ('R. "Rob" Example, PhD', 'R. "Rob" Example, PhD'),
        # Letters beyond ASCII are encoded words (RFC 2047, section 5).
        ("Zoë Müller", "Zoë Müller"),
        # A line break brings no field of its own.
        ("R.\r\nBcc: x@example.net", "R. Bcc: x@example.net"),
    ],
)
def test_a_sender_has_a_name_beside_the_address(name: str, expected: str) -> None:
    """The From of a full text says who writes."""
    parsed = message_from_bytes(composed(sender_name=name), policy=default)

    assert expected == parsed["From"].addresses[0].display_name
    assert "therapist@example.com" == parsed["From"].addresses[0].addr_spec
    assert parsed["Bcc"] is None
