"""The first tables, and a view of the main chain for people with a SQL prompt."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MAIN_CHAIN = """
CREATE VIEW main_chain AS
SELECT
    blocks.id AS block_id,
    blocks.height,
    blocks.header_s,
    blocks.bits,
    (SELECT pools.slug FROM pools WHERE pools.id = COALESCE(
        (SELECT labels.pool_id FROM labels
         WHERE labels.block_id = blocks.id AND labels.pool_id IS NOT NULL
         ORDER BY labels.id DESC LIMIT 1),
        blocks.pool_id)) AS pool,
    COALESCE(
        (SELECT labels.seen_s FROM labels
         WHERE labels.block_id = blocks.id AND labels.seen_s IS NOT NULL
         ORDER BY labels.id DESC LIMIT 1),
        blocks.seen_s) AS seen_s,
    (SELECT block_details.hash FROM block_details
     WHERE block_details.block_id = blocks.id AND block_details.hash IS NOT NULL
     ORDER BY block_details.id DESC LIMIT 1) AS hash
FROM blocks
WHERE COALESCE(
    (SELECT fates.fate FROM fates
     WHERE fates.block_id = blocks.id
     ORDER BY fates.id DESC LIMIT 1),
    'main') = 'main'
"""


def _id(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _of(table: str, name: str, target: str, *, nullable: bool = False) -> list[Any]:
    return [
        sa.Column(name, sa.Integer, nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_{table}_{name}"),
    ]


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "meta",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "batches",
        *_id("batches"),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("received_s", sa.Double, nullable=False),
        sa.Column("blocks_added", sa.Integer, nullable=False),
        sa.Column("blocks_known", sa.Integer, nullable=False),
        sa.Column("blocks_staled", sa.Integer, nullable=False),
        sa.Column("readings_added", sa.Integer, nullable=False),
    )
    op.create_table(
        "observed",
        *_id("observed"),
        *_of("observed", "batch_id", "batches"),
        sa.Column("start_s", sa.Double, nullable=False),
        sa.Column("end_s", sa.Double, nullable=False),
    )
    op.create_table(
        "pools",
        *_id("pools"),
        sa.Column("slug", sa.Text, nullable=False),
        sa.UniqueConstraint("slug", name="uq_pools_slug"),
    )
    _create_block_tables()
    op.create_table(
        "readings",
        *_id("readings"),
        *_of("readings", "batch_id", "batches"),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("start_s", sa.Double, nullable=False),
        sa.Column("end_s", sa.Double, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("normal", sa.Double),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("ix_readings_subject_start_s", "readings", ["subject", "start_s"])
    op.execute(_MAIN_CHAIN)


def _create_block_tables() -> None:
    op.create_table(
        "blocks",
        *_id("blocks"),
        *_of("blocks", "batch_id", "batches"),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("header_s", sa.BigInteger, nullable=False),
        sa.Column("bits", sa.BigInteger, nullable=False),
        sa.Column("twin", sa.Integer, nullable=False),
        *_of("blocks", "pool_id", "pools", nullable=True),
        sa.Column("seen_s", sa.Double),
        sa.UniqueConstraint(
            "height", "header_s", "bits", "twin", name="uq_blocks_height_header_s_bits_twin"
        ),
    )
    op.create_table(
        "block_details",
        *_id("block_details"),
        *_of("block_details", "batch_id", "batches"),
        *_of("block_details", "block_id", "blocks"),
        sa.Column("hash", sa.LargeBinary),
        sa.Column("prev", sa.LargeBinary),
        sa.Column("coinbase", sa.LargeBinary),
        sa.Column("payouts", sa.Text),
    )
    op.create_table(
        "labels",
        *_id("labels"),
        *_of("labels", "batch_id", "batches"),
        *_of("labels", "block_id", "blocks"),
        *_of("labels", "pool_id", "pools", nullable=True),
        sa.Column("seen_s", sa.Double),
    )
    op.create_table(
        "fates",
        *_id("fates"),
        *_of("fates", "batch_id", "batches"),
        *_of("fates", "block_id", "blocks"),
        sa.Column("fate", sa.String(8), nullable=False),
        sa.CheckConstraint("fate IN ('main', 'stale')", name="ck_fates_fate"),
    )
    for table in ("block_details", "labels", "fates"):
        op.create_index(f"ix_{table}_block_id", table, ["block_id"])
