"""Time that comes from a mark on a message, the Message-ID of what was sent, and clients found quickly by their id.

Frozen: later versions change the tables in revisions of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tell the time of a mark from what was logged by hand: one entry a contact; and index what is looked up."""
    op.add_column(
        "time_entries", sa.Column("of_mark", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    of_mark = sa.text("of_mark")
    op.create_index(
        "time_of_mark",
        "time_entries",
        ["contact"],
        unique=True,
        sqlite_where=of_mark,
        postgresql_where=of_mark,
    )
    op.add_column("intents", sa.Column("sent_message_id", sa.Text(), nullable=True))
    op.create_index("addresses_by_client", "client_addresses", ["therapist", "client_id"], unique=False)
