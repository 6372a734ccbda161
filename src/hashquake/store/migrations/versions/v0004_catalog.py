"""The catalog's tables: opinions by kind and scope, what was searched, changes, claims, forecasts.

The rows of `opinions` keep their documents as they are; only the columns next to them change, so
the table is made again with the same rows.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OUTAGE = "ou"


def upgrade() -> None:
    """Reshape the opinions and add the tables."""
    _reshape_opinions()
    op.create_table(
        "searched",
        *_id("searched"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("start_s", sa.Double, nullable=False),
        sa.Column("end_s", sa.Double, nullable=False),
        sa.Column("detectors", sa.Text, nullable=False),
        sa.Column("last_reading", sa.Integer, nullable=False),
        sa.Column("recorded_s", sa.Double, nullable=False),
    )
    op.create_index("ix_searched_kind_subject", "searched", ["kind", "subject"])
    op.create_table(
        "snapshots",
        *_id("snapshots"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("recorded_s", sa.Double, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "changes",
        *_id("changes"),
        sa.Column("at_s", sa.Double, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "claims",
        *_id("claims"),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("speaker", sa.Text, nullable=False),
        sa.Column("published_s", sa.Double),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("relation", sa.String(16), nullable=False),
        sa.Column("low", sa.Double, nullable=False),
        sa.Column("high", sa.Double, nullable=False),
        sa.Column("start_s", sa.Double),
        sa.Column("end_s", sa.Double),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_claims_batch_id"),
    )
    op.create_table(
        "forecasts",
        *_id("forecasts"),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("issued_s", sa.Double, nullable=False),
        sa.Column("recorded_s", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_forecasts_quantity_target", "forecasts", ["quantity", "target"])


def _id(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _reshape_opinions() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT id, quake, revision, false_alarms_per_year, recorded_s, document"
            " FROM opinions ORDER BY id"
        )
    ).all()
    op.drop_table("opinions")
    table = op.create_table(
        "opinions",
        *_id("opinions"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("recorded_s", sa.Double, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.UniqueConstraint(
            "kind", "scope", "name", "revision", name="uq_opinions_kind_scope_name_revision"
        ),
    )
    op.bulk_insert(
        table,
        [
            {
                "id": number,
                "kind": "outage" if name.startswith(_OUTAGE) else "quake",
                "scope": "" if name.startswith(_OUTAGE) else f"false_alarms_per_year={rate:g}",
                "name": name,
                "revision": revision_,
                "recorded_s": recorded_s,
                "document": document,
            }
            for number, name, revision_, rate, recorded_s, document in rows
        ],
    )
