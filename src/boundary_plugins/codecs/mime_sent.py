"""A message among the therapist's sent ones: to whom it went and when, and whether it is a response of ours."""

from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from boundary_plugins.ports import SentMessage

#: The header field of ours that a response carries.
RESPONSE_HEADER = "X-Boundary-Response"
#: No decision looks further back at what the therapist wrote.
SENT_LOOKBACK = timedelta(days=60)
# A Date that is later than the filing by more than this comes from a wrong clock.
_CLOCKS_DIFFER = timedelta(days=1)


def read_sent(data: bytes, *, provider_id: str, filed_at: datetime) -> SentMessage:
    """The recipients of To, Cc and Bcc, the Date (else when it was filed, aware) and our response id.

    `data` begins with the header block; nothing beyond it is looked at.
    """
    headers = BytesHeaderParser().parsebytes(data)
    fields = [str(value) for name in ("to", "cc", "bcc") for value in headers.get_all(name, [])]
    recipients = dict.fromkeys(address for _, address in getaddresses(fields) if "@" in address)
    response_id = headers.get(RESPONSE_HEADER)
    return SentMessage(
        provider_id=provider_id,
        recipients=tuple(recipients),
        sent_at=_date(headers.get("date"), filed_at),
        response_id=str(response_id).strip() or None if response_id else None,
    )


def _date(value: object, filed_at: datetime) -> datetime:
    """The Date field's instant in UTC; when the message was filed where it tells none, or the future."""
    try:
        date = parsedate_to_datetime(str(value))
        # "-0000" means an unknown zone (RFC 5322, section 3.3), of which the time is UTC's.
        instant = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return filed_at
    return instant if instant <= filed_at + _CLOCKS_DIFFER else filed_at
