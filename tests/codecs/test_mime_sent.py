"""The facts of a message that the therapist sent, whatever its header block looks like."""

from datetime import UTC, datetime, timedelta

import pytest

from boundary_plugins.codecs.mime_sent import read_sent

FILED = datetime(2026, 3, 2, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields, recipients, sent_at",
    [
        # Cc and Bcc count, each address once, folded and with display names that hold commas.
        (
            b'To: "One, A." <one@example.org>,\r\n two@example.org\r\n'
            b"Cc: two@example.org\r\nBcc: C <c@example.org>",
            ("one@example.org", "two@example.org", "c@example.org"),
            FILED,
        ),
        # RFC 5322, section 3.4: a group.
        (b"To: family: one@example.org, two@example.org;", ("one@example.org", "two@example.org"), FILED),
        # The Date field, in its own zone.
        (b"Date: Mon, 02 Mar 2026 15:00:00 -0500", (), FILED - timedelta(hours=1)),
        # "-0000" is UTC of an unknown place (RFC 5322, section 3.3).
        (b"Date: Mon, 02 Mar 2026 20:30:00 -0000", (), FILED - timedelta(minutes=30)),
        # A date that is none, or beyond the calendar, or later than the filing.
        (b"Date: yesterday", (), FILED),
        (b"Date: Mon, 02 Mar 9999 15:00:00 -9999", (), FILED),
        (b"Date: Mon, 02 Mar 2099 15:00:00 +0000", (), FILED),
        # Bytes that no standard allows.
        (b"To: \xff\xfe <one@example.org>\r\nDate: \xff", ("one@example.org",), FILED),
        # Nothing at all.
        (b"", (), FILED),
    ],
)
def test_the_facts_of_a_sent_message(fields: bytes, recipients: tuple[str, ...], sent_at: datetime) -> None:
    """Recipients and instant; what cannot be read is the time of filing."""
    sent = read_sent(fields + b"\r\n\r\nHello.", provider_id="1", filed_at=FILED)

    assert (recipients, sent_at) == (sent.recipients, sent.sent_at)
