"""When each source first saw a block; and observed time found by its end."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the index; earlier sightings are those of the blocks' own rows."""
    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("block_id", sa.Integer, nullable=False),
        sa.Column("seen_s", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_sightings_batch_id"),
        sa.ForeignKeyConstraint(["block_id"], ["blocks.id"], name="fk_sightings_block_id"),
    )
    op.create_index("ix_sightings_block_id", "sightings", ["block_id"])
    op.create_index("ix_observed_end_s", "observed", ["end_s"])
