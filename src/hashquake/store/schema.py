"""The tables of the record. Rows are added, never edited, never removed.

::

    batches        one row for each transaction that brought something new
    |- observed        stretches of time a batch closed
    |- readings        values of other instruments
    |- claims          what somebody published
    `- blocks          height, header time, bits: what tells one block from another
       |- block_details    what is in the block: hash, prev, coinbase, payouts
       |- labels           what is said of it: pool, time seen
       `- fates            leaving the main chain, and coming back
    runs           how each run of a source ended: well, or with which error
    opinions       what was thought of quakes and outages, each a document never touched again
    searched       where and when detectors looked; outside of it "none" means nothing
    changes        numbered: what every transaction changed, for readers with a cursor
    forecasts      statements about the future, stored before the truth is known
    snapshots      states of running kernels: a cache whose rows are replaced
    alerts         what the rules of the settings raised, updated or found recovered
    `- alert_deliveries   each alert on its way to each place; a row says how far it is
    alert_cursor   one row: how far `changes` was read for alerts, and the rules' state there
    pools          slugs, so that a block carries a small number
    meta           the network, and when the record was made

A block without a row in `fates` is in the main chain; otherwise the last row counts. What is
learnt of a block later is a new row of `block_details` or `labels`; where several rows fill the
same column, the last one counts. Identifiers are given by the program in the order of arrival.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0007"
"""The migration these tables are the outcome of; a test holds the two together."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    # Integer, not BigInteger: only that spelling makes it SQLite's own row number. The program
    # numbers rows itself, so two writers at once collide instead of interleaving.
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _of(table: str, *, nullable: bool = False) -> Column[Any]:
    name = {"batches": "batch_id", "blocks": "block_id", "pools": "pool_id"}[table]
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=nullable)


meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    _id(),
    Column("source", String(64), nullable=False),
    Column("received_s", Double, nullable=False),
    Column("blocks_added", Integer, nullable=False),
    Column("blocks_known", Integer, nullable=False),
    Column("blocks_staled", Integer, nullable=False),
    Column("readings_added", Integer, nullable=False),
)

observed = Table(
    "observed",
    metadata,
    _id(),
    _of("batches"),
    Column("start_s", Double, nullable=False),
    Column("end_s", Double, nullable=False),
    Index(None, "end_s"),
)

pools = Table(
    "pools",
    metadata,
    _id(),
    Column("slug", Text, nullable=False),
    UniqueConstraint("slug"),
)

blocks = Table(
    "blocks",
    metadata,
    _id(),
    _of("batches"),
    Column("height", Integer, nullable=False),
    Column("header_s", BigInteger, nullable=False),
    Column("bits", BigInteger, nullable=False),
    # 0, or counting up for different blocks that agree in the three columns before; their
    # hashes, in block_details, tell them apart.
    Column("twin", Integer, nullable=False),
    _of("pools", nullable=True),
    Column("seen_s", Double),
    UniqueConstraint("height", "header_s", "bits", "twin"),
)

block_details = Table(
    "block_details",
    metadata,
    _id(),
    _of("batches"),
    _of("blocks"),
    Column("hash", LargeBinary),
    Column("prev", LargeBinary),
    Column("coinbase", LargeBinary),
    Column("payouts", Text),  # a JSON array of addresses
    Index(None, "block_id"),
)

labels = Table(
    "labels",
    metadata,
    _id(),
    _of("batches"),
    _of("blocks"),
    _of("pools", nullable=True),
    Column("seen_s", Double),
    Index(None, "block_id"),
)

fates = Table(
    "fates",
    metadata,
    _id(),
    _of("batches"),
    _of("blocks"),
    Column("fate", String(8), nullable=False),
    CheckConstraint("fate IN ('main', 'stale')", name="fate"),
    Index(None, "block_id"),
)

# When each source first saw a block; the source is that of the batch.
sightings = Table(
    "sightings",
    metadata,
    _id(),
    _of("batches"),
    _of("blocks"),
    Column("seen_s", Double, nullable=False),
    Index(None, "block_id"),
)

readings = Table(
    "readings",
    metadata,
    _id(),
    _of("batches"),
    Column("subject", Text, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("start_s", Double, nullable=False),
    Column("end_s", Double, nullable=False),
    Column("value", Double, nullable=False),
    Column("normal", Double),
    Column("source", Text, nullable=False),
    Index(None, "subject", "start_s"),
)

opinions = Table(
    "opinions",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("name", String(32), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recorded_s", Double, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("kind", "scope", "name", "revision"),
)

searched = Table(
    "searched",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("start_s", Double, nullable=False),
    Column("end_s", Double, nullable=False),
    Column("detectors", Text, nullable=False),
    Column("last_reading", Integer, nullable=False),
    Column("recorded_s", Double, nullable=False),
    # JSON of the networks the search was given; empty when it was given none.
    Column("networks", Text, nullable=False, server_default=""),
    Index(None, "kind", "subject"),
)

# Its rows are replaced: a kernel's state is a cache, rebuilt from the record.
snapshots = Table(
    "snapshots",
    metadata,
    _id(),
    Column("kind", String(32), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("version", Text, nullable=False),
    Column("height", Integer, nullable=False),
    Column("recorded_s", Double, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    _id(),
    Column("at_s", Double, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("document", Text, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    _id(),
    _of("batches"),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("language", String(32), nullable=False),
    Column("speaker", Text, nullable=False),
    Column("published_s", Double),
    Column("subject", Text, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("relation", String(16), nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("start_s", Double),
    Column("end_s", Double),
)

forecasts = Table(
    "forecasts",
    metadata,
    _id(),
    Column("quantity", String(64), nullable=False),
    Column("target", String(64), nullable=False),
    Column("issued_s", Double, nullable=False),
    Column("recorded_s", Double, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "quantity", "target"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("source", String(64), nullable=False),
    Column("ended_s", Double, nullable=False),
    Column("code", String(64), nullable=False),  # empty when it ended well
    Column("message", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("key", String(64), nullable=False),
    Column("rule", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("at_s", Double, nullable=False),
    Column("subject", Text, nullable=False),
    Column("false_alarms_per_year", Double),
    Column("change_id", Integer, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("key"),
    Index("ix_alerts_rule", "rule", "thread"),
)

# A row follows its delivery: it is changed with each attempt.
alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    _id(),
    Column("alert_id", Integer, ForeignKey("alerts.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_s", Double, nullable=False),
    Column("because", Text, nullable=False),
    Index(None, "alert_id"),
    Index("ix_alert_deliveries_state", "state", "way"),
)

# One row, replaced in the transaction that stores the alerts it led to.
alert_cursor = Table(
    "alert_cursor",
    metadata,
    _id(),
    Column("after_id", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
