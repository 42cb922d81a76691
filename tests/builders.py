"""Values that many tests need, made short: messages, hours, circumstances."""

from datetime import UTC, datetime, timedelta

from boundary_plugins.core.availability import Availability, ContactHours
from boundary_plugins.core.client import Client
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import Headers, SubjectMessage
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.core.response import ResponseFacts, Wording

#: Friday 20 November 2026, 20:00 UTC: the contact hours of `weekend()` closed three hours ago.
FRIDAY_EVENING = datetime(2026, 11, 20, 20, tzinfo=UTC)
FRIDAY_CLOSING = datetime(2026, 11, 20, 17, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 23, 9, tzinfo=UTC)

OWN = "therapist@example.com"
CLIENT = Client(id="AB", addresses=("ab@example.org", "ab.work@example.net"))
POLICY = ResponsePolicy(own_addresses=(OWN,))
#: What a discreet response in English tells of an opening on Monday 30 November, 9:00 in New York.
FACTS = ResponseFacts(
    wording=Wording.DISCREET,
    next_opening_at=datetime(2026, 11, 30, 14, tzinfo=UTC),
    promised_by=None,
    promises_next_opening=True,
    zone="America/New_York",
    practice_zone="America/New_York",
    language="en",
    region="US",
    discreet=True,
)


def message(
    arrived_at: datetime = FRIDAY_EVENING,
    *,
    provider_id: str = "1",
    known: frozenset[str] | None = None,
    **headers: str,
) -> SubjectMessage:
    """A client's plain message; `headers` by name with underscores, an empty text leaves one out."""
    fields = {
        "return-path": "<ab@example.org>",
        "from": "A. B. <ab@example.org>",
        "to": OWN,
        "subject": "A question",
        "message-id": f"<{provider_id}@example.org>",
    }
    fields.update({name.replace("_", "-").lower(): value for name, value in headers.items()})
    return SubjectMessage(
        provider_id=provider_id,
        arrived_at=arrived_at,
        headers=Headers({name: (value,) for name, value in fields.items() if value}, known),
    )


def hours(*opened: tuple[datetime, datetime], covered: Interval | None = None) -> ContactHours:
    """Contact hours that are open in the given intervals of instants and closed else."""
    around = covered or Interval(FRIDAY_EVENING - timedelta(days=90), FRIDAY_EVENING + timedelta(days=90))
    layer = Availability("weekly hours", 9, around, tuple(Interval(*pair) for pair in opened))
    return ContactHours.combine([layer], around)


def weekend() -> ContactHours:
    """Open Friday 9 to 17, closed over the weekend, open Monday 9 to 17 and Tuesday 9 to 17 (UTC)."""
    return hours(
        (FRIDAY_CLOSING - timedelta(hours=8), FRIDAY_CLOSING),
        (MONDAY_OPENING, MONDAY_OPENING + timedelta(hours=8)),
        (MONDAY_OPENING + timedelta(days=1), MONDAY_OPENING + timedelta(days=1, hours=8)),
    )
