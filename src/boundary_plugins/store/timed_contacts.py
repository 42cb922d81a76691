"""The contacts of clients as fees look at them: with the time on each, and whether it was answered out of hours."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.fees.charge import TimedContact
from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.store.queries import contact_of
from boundary_plugins.store.session import Reads
from boundary_plugins.store.tables import contacts, therapist_sent, time_entries

# Nothing more is read: an instant that nobody needs takes as long as the rest of a row.
_SHOWN = (
    *(contacts.c.number, contacts.c.client_id, contacts.c.channel, contacts.c.topic, contacts.c.arrived_at),
    *(contacts.c.out_of_boundary, contacts.c.window_start, contacts.c.window_end, contacts.c.crisis),
)
#: After every instant that can be stored.
_END_OF_TIME = sa.literal(2**62, sa.BigInteger)


class TimedContactReads(Reads):
    """Reading what fees are assessed from."""

    def timed_contacts(
        self, client_id: str | None = None, since: datetime | None = None, *, with_cause: bool = False
    ) -> list[TimedContact]:
        """The contacts of all clients, or of one, that came at `since` or later; oldest first.

        `with_cause`: only those that something may be charged for, with time or answered out of boundary.

        The clock that runs is not in their time. A contact is answered out of boundary where the therapist
        wrote to the client while contact hours were closed, after this contact and before their next one.
        """
        wanted = [contacts.c.therapist == self.therapist, contacts.c.client_id.is_not(None)]
        if client_id is not None:
            wanted.append(contacts.c.client_id == client_id)
        if since is not None:
            wanted.append(contacts.c.arrived_at >= since)
        time: defaultdict[int, list[TimeSpent]] = defaultdict(list)
        with self._database.read() as connection:
            for number, meter, seconds in connection.execute(_time_of(wanted)):
                time[number].append(TimeSpent(Meter(meter), seconds))
            return [
                TimedContact(row.number, contact_of(row), tuple(time.get(row.number, ())), row.answered)
                for row in connection.execute(_contacts_with_answers(wanted, with_cause))
            ]


def _time_of(wanted: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """The finished entries of the wanted contacts."""
    return (
        sa.select(time_entries.c.contact, time_entries.c.meter, time_entries.c.seconds)
        .join(contacts, contacts.c.number == time_entries.c.contact)
        .where(*wanted, time_entries.c.seconds.is_not(None))
        .order_by(time_entries.c.id)
    )


def _contacts_with_answers(wanted: list[sa.ColumnElement[bool]], with_cause: bool) -> sa.Select[Any]:
    """The wanted contacts, or those of them with a cause, each with whether it was answered out of boundary."""
    in_order = (contacts.c.arrived_at, contacts.c.number)
    next_at = sa.func.lead(contacts.c.arrived_at, 1, _END_OF_TIME)
    of_client = next_at.over(partition_by=contacts.c.client_id, order_by=in_order).label("next_at")
    each = sa.select(contacts.c.therapist, *_SHOWN, of_client).where(*wanted).subquery("each")
    answered = sa.exists().where(
        therapist_sent.c.therapist == each.c.therapist,
        therapist_sent.c.client_id == each.c.client_id,
        therapist_sent.c.sent_at > each.c.arrived_at,
        therapist_sent.c.sent_at < each.c.next_at,
        therapist_sent.c.out_of_boundary,
    )
    shown = [each.c[column.name] for column in _SHOWN]
    query = sa.select(*shown, answered.label("answered")).order_by(each.c.arrived_at, each.c.number)
    has_time = sa.exists().where(time_entries.c.contact == each.c.number, time_entries.c.seconds.is_not(None))
    return query.where(sa.or_(has_time, answered)) if with_cause else query
