"""Opinions of quakes: the catalog, kept next to the blocks it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("quake", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("false_alarms_per_year", sa.Double, nullable=False),
        sa.Column("recorded_s", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.UniqueConstraint(
            "false_alarms_per_year",
            "quake",
            "revision",
            name="uq_opinions_false_alarms_per_year_quake_revision",
        ),
    )
