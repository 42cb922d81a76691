"""The tables, as SQLAlchemy Core knows them; the migrations make them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_stored(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970-01-01 UTC. Raises ValueError for a naive one."""
    try:
        return (at - _EPOCH) // _MICROSECOND
    except TypeError:
        raise ValueError("the store keeps instants only, and a time without a zone is none") from None


def from_stored(stored: int) -> datetime:
    """The aware instant in UTC of a stored number."""
    return _EPOCH + timedelta(microseconds=stored)


class UtcInstant(TypeDecorator[datetime]):
    """An instant, aware and in UTC on every database: an integer of microseconds since 1970.

    Both databases compare and index integers alike, and no driver can lose the zone.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002
        """Refuse naive instants."""
        return None if value is None else to_stored(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Give back an aware instant."""
        return None if value is None else from_stored(value)


#: SQLite gives an alias of its row id only to a column of the type INTEGER.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()


def _table(name: str, *columns: Any) -> sa.Table:
    """A table whose deleted row numbers are never given out again."""
    return sa.Table(name, metadata, *columns, sqlite_autoincrement=True)


def _therapist(primary_key: bool = False) -> sa.Column[str]:
    """The therapist's id, which every row names."""
    return sa.Column("therapist", sa.Text, primary_key=primary_key, nullable=False)


def _text(name: str, nullable: bool = False, **more: Any) -> sa.Column[str]:
    """A column of text."""
    return sa.Column(name, sa.Text, nullable=nullable, **more)


def _at(name: str, nullable: bool = False) -> sa.Column[datetime]:
    """A column of instants."""
    return sa.Column(name, UtcInstant, nullable=nullable)


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    _text("store_id"),
    sa.Column("generation", sa.BigInteger, nullable=False),
)

therapists = sa.Table(
    "therapists",
    metadata,
    _therapist(primary_key=True),
    _text("mode"),
    _at("mode_since", nullable=True),
    _at("armed_at", nullable=True),
    _at("last_commit_at", nullable=True),
    sa.Column("directory_version", sa.BigInteger, nullable=False),
)

clients = sa.Table(
    "clients",
    metadata,
    _therapist(primary_key=True),
    _text("id", primary_key=True),
    _text("zone", nullable=True),
    _text("language", nullable=True),
    _text("region", nullable=True),
    _text("auto_reply"),
    sa.Column("active", sa.Boolean, nullable=False),
    _text("fee_standing", server_default="as agreed"),
    sa.Column("session_fee", sa.BigInteger, nullable=True),
    _text("session_currency", nullable=True),
    sa.Column("session_minutes", sa.Integer, nullable=True),
    _text("invoice_to", nullable=True),
    _at("added_at"),
    _at("edited_at"),
)

client_addresses = _table(
    "client_addresses",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("client_id"),
    _text("address"),
    _text("canonical"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("therapist", "canonical"),
    sa.ForeignKeyConstraint(
        ["therapist", "client_id"], ["clients.therapist", "clients.id"], ondelete="CASCADE"
    ),
)
sa.Index("addresses_by_client", client_addresses.c.therapist, client_addresses.c.client_id)

contacts = _table(
    "contacts",
    sa.Column("number", Number, primary_key=True),
    _therapist(),
    _text("mailbox", nullable=True),
    _text("provider_id", nullable=True),
    _text("client_id", nullable=True),
    _text("channel"),
    _text("topic"),
    _at("arrived_at"),
    sa.Column("out_of_boundary", sa.Boolean, nullable=False),
    _at("window_start"),
    _at("window_end"),
    sa.Column("crisis", sa.Boolean, nullable=False),
    _at("recorded_at"),
    sa.UniqueConstraint("therapist", "mailbox", "provider_id"),
)
sa.Index("contacts_by_client", contacts.c.therapist, contacts.c.client_id, contacts.c.arrived_at)

#: Few lists of reasons differ, so each is kept once, under its own hash; a row of `messages` names it.
reason_lists = sa.Table(
    "reason_lists",
    metadata,
    sa.Column("digest", sa.LargeBinary(16), primary_key=True),
    _text("reasons"),
)

messages = sa.Table(
    "messages",
    metadata,
    _therapist(primary_key=True),
    _text("mailbox", primary_key=True),
    _text("provider_id", primary_key=True),
    sa.Column("message_key", sa.LargeBinary(16), nullable=True),
    _at("arrived_at", nullable=True),
    _at("decided_at"),
    _text("state"),
    _text("reason"),
    sa.Column("reasons", sa.LargeBinary(16), sa.ForeignKey("reason_lists.digest"), nullable=True),
    sa.Column("would_respond", sa.Boolean, nullable=False),
    sqlite_with_rowid=False,
)

intents = _table(
    "intents",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("mailbox"),
    _text("provider_id"),
    _text("response_id", unique=True),
    _text("client_id", nullable=True),
    sa.Column("sender_key", sa.LargeBinary(16), nullable=True),
    sa.Column("domain_key", sa.LargeBinary(16), nullable=True),
    sa.Column("address_id", Number, sa.ForeignKey("client_addresses.id", ondelete="SET NULL"), nullable=True),
    _text("own_address"),
    _text("subject_form"),
    _text("in_reply_to", nullable=True),
    _text("refs"),
    _text("facts"),
    sa.Column("resources_only", sa.Boolean, nullable=False),
    sa.Column("crisis", sa.Boolean, nullable=False),
    _at("window_start"),
    _at("window_end"),
    _at("not_before"),
    _at("not_after"),
    _text("state"),
    _text("reason"),
    _text("note"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _at("next_attempt_at", nullable=True),
    _at("created_at"),
    _at("attempted_at", nullable=True),
    _at("settled_at", nullable=True),
    # Where the provider replaced the one that the response was given.
    _text("sent_message_id", nullable=True),
    sa.UniqueConstraint("therapist", "mailbox", "provider_id"),
)
_COUNTS = sa.text("state <> 'dropped'")
_OPEN = sa.text("state IN ('intended', 'attempting')")
# With the condition in the index, the history is counted without a look at the rows.
for _name, _column in (
    ("intents_by_client", intents.c.client_id),
    ("intents_by_sender", intents.c.sender_key),
    ("intents_by_domain", intents.c.domain_key),
    ("intents_by_mailbox", intents.c.mailbox),
):
    sa.Index(
        _name,
        intents.c.therapist,
        _column,
        intents.c.created_at,
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    )
sa.Index(
    "intents_open",
    intents.c.therapist,
    intents.c.mailbox,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

therapist_sent = _table(
    "therapist_sent",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("mailbox"),
    _text("provider_id"),
    _text("client_id", nullable=True),
    sa.Column("recipient_key", sa.LargeBinary(16), nullable=False),
    _at("sent_at"),
    sa.Column("out_of_boundary", sa.Boolean, nullable=True),
    sa.UniqueConstraint("therapist", "mailbox", "provider_id", "recipient_key"),
)
sa.Index("sent_by_client", therapist_sent.c.therapist, therapist_sent.c.client_id, therapist_sent.c.sent_at)
sa.Index(
    "sent_by_recipient", therapist_sent.c.therapist, therapist_sent.c.recipient_key, therapist_sent.c.sent_at
)

cursors = sa.Table(
    "cursors",
    metadata,
    _therapist(primary_key=True),
    _text("mailbox", primary_key=True),
    _text("cursor"),
)

leases = sa.Table(
    "leases",
    metadata,
    _therapist(primary_key=True),
    _text("mailbox", primary_key=True),
    _text("holder"),
    _at("expires_at"),
)

availability_changes = _table(
    "availability_changes",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("kind"),
    _at("starts_at", nullable=True),
    _at("ends_at", nullable=True),
    _text("said"),
    _text("zone"),
    _text("made_by"),
    _at("made_at"),
    _text("previous_weekly", nullable=True),
    _text("weekly", nullable=True),
    _at("undone_at", nullable=True),
)

notices = sa.Table(
    "notices",
    metadata,
    _therapist(primary_key=True),
    _text("key", primary_key=True),
    _text("text"),
    _at("raised_at"),
    _at("cleared_at", nullable=True),
)

#: The therapist's time on a contact; the one row without an end is the clock that runs.
time_entries = _table(
    "time_entries",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    sa.Column("contact", Number, sa.ForeignKey("contacts.number", ondelete="CASCADE"), nullable=False),
    _text("meter"),
    sa.Column("seconds", sa.Integer, nullable=True),
    _at("started_at", nullable=True),
    _at("logged_at"),
    # Whether a mark on the message says it, which may change or take it away again.
    sa.Column("of_mark", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("time_by_contact", time_entries.c.contact)
_OF_MARK = sa.text("of_mark")
sa.Index(
    "time_of_mark", time_entries.c.contact, unique=True, sqlite_where=_OF_MARK, postgresql_where=_OF_MARK
)
_RUNS = sa.text("seconds IS NULL")
sa.Index("time_running", time_entries.c.therapist, unique=True, sqlite_where=_RUNS, postgresql_where=_RUNS)

#: Promised answers that were given in a way that no mailbox sees.
kept_promises = sa.Table(
    "kept_promises",
    metadata,
    sa.Column(
        "contact",
        Number,
        sa.ForeignKey("contacts.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _therapist(),
    _at("kept_at"),
)

consents = _table(
    "consents",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("client_id"),
    _text("policy_version"),
    _at("given_at"),
    _text("how"),
    _at("revoked_at", nullable=True),
    _at("recorded_at"),
    sa.UniqueConstraint("therapist", "client_id", "policy_version", "given_at"),
    sa.ForeignKeyConstraint(
        ["therapist", "client_id"], ["clients.therapist", "clients.id"], ondelete="CASCADE"
    ),
)

#: Each version of the fee policy as it was when it was first seen; never changed.
fee_policies = sa.Table(
    "fee_policies",
    metadata,
    _therapist(primary_key=True),
    _text("version", primary_key=True),
    sa.Column("digest", sa.LargeBinary(32), nullable=False),
    _text("policy"),
    _at("effective_at"),
    _at("first_seen_at"),
)

charges = _table(
    "charges",
    sa.Column("number", Number, primary_key=True),
    _therapist(),
    _text("client_id"),
    _text("unit"),
    _text("policy_version"),
    _text("fee"),
    _text("contacts"),
    _text("channels"),
    _text("first_on"),
    _text("last_on"),
    _at("ends_at", nullable=True),
    sa.Column("proposed", sa.Boolean, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("net", sa.BigInteger, nullable=False),
    sa.Column("tax", sa.BigInteger, nullable=False),
    _text("currency"),
    sa.Column("digits", sa.Integer, nullable=False),
    _text("steps"),
    _text("state"),
    _text("reason"),
    _text("key", unique=True),
    _text("reference", nullable=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    _at("next_attempt_at", nullable=True),
    _at("created_at"),
    _at("decided_at", nullable=True),
    _at("attempted_at", nullable=True),
    _at("settled_at", nullable=True),
)
_LIVE_CHARGE = sa.text("state NOT IN ('void', 'dropped')")
sa.Index(
    "charges_live",
    charges.c.therapist,
    charges.c.client_id,
    charges.c.unit,
    charges.c.policy_version,
    unique=True,
    sqlite_where=_LIVE_CHARGE,
    postgresql_where=_LIVE_CHARGE,
)

charge_contacts = sa.Table(
    "charge_contacts",
    metadata,
    sa.Column("charge", Number, sa.ForeignKey("charges.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("contact", Number, primary_key=True, autoincrement=False),
    _therapist(),
    sa.Column("live", sa.Boolean, nullable=False),
)
_LIVE = sa.text("live")
sa.Index(
    "one_live_charge_a_contact",
    charge_contacts.c.therapist,
    charge_contacts.c.contact,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)

#: What a person decided about a charge, with what stood there before, so that it can be undone.
charge_decisions = _table(
    "charge_decisions",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    sa.Column("charge", Number, sa.ForeignKey("charges.number", ondelete="CASCADE"), nullable=False),
    _text("kind"),
    _text("reason"),
    _text("before"),
    _text("made_by"),
    _at("made_at"),
    _at("undone_at", nullable=True),
)

#: Only ever added to: what was posted, and the counter-lines that take it back.
ledger_entries = _table(
    "ledger_entries",
    sa.Column("number", Number, primary_key=True),
    _therapist(),
    _text("key"),
    _text("client_id"),
    _text("fee"),
    _text("policy_version"),
    _text("channels"),
    _text("first_on"),
    _text("last_on"),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("net", sa.BigInteger, nullable=False),
    sa.Column("tax", sa.BigInteger, nullable=False),
    _text("currency"),
    sa.Column("digits", sa.Integer, nullable=False),
    _text("tax_name"),
    sa.Column("tax_rate", sa.Integer, nullable=False),
    sa.Column("tax_included", sa.Boolean, nullable=False),
    sa.Column("counters", Number, sa.ForeignKey("ledger_entries.number"), nullable=True, unique=True),
    _at("posted_at"),
    sa.UniqueConstraint("therapist", "key"),
)

invoices = _table(
    "invoices",
    sa.Column("id", Number, primary_key=True),
    _therapist(),
    _text("client_id"),
    _text("state"),
    _text("first_on"),
    _text("last_on"),
    _text("currency"),
    sa.Column("digits", sa.Integer, nullable=False),
    _text("language"),
    _text("series", nullable=True),
    sa.Column("sequence", sa.Integer, nullable=True),
    _text("issued_on", nullable=True),
    sa.Column("cancels", Number, sa.ForeignKey("invoices.id"), nullable=True, unique=True),
    _text("reason"),
    _at("created_at"),
    # Numbers have no gap, and none is given twice.
    sa.UniqueConstraint("therapist", "series", "sequence"),
)

invoice_lines = sa.Table(
    "invoice_lines",
    metadata,
    sa.Column("invoice", Number, sa.ForeignKey("invoices.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("entry", Number, sa.ForeignKey("ledger_entries.number"), primary_key=True),
    _therapist(),
    sa.Column("live", sa.Boolean, nullable=False),
)
sa.Index(
    "one_live_invoice_an_entry",
    invoice_lines.c.therapist,
    invoice_lines.c.entry,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
