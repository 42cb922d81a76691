"""Promised answers that the therapist says were given.

Frozen: later versions change the tables in revisions of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of promises that were kept."""
    op.create_table(
        "kept_promises",
        sa.Column(
            "contact",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("therapist", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contacts.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact"),
    )
