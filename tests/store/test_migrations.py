"""A record of an older version is brought up to date, and nothing in it is lost."""

import json
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from hashquake.catalog.ledger import latest
from hashquake.core.opinion import OUTAGE_SCOPE, quake_scope
from hashquake.store.open_record import open_record
from hashquake.store.schema import HEAD


def made_at(path: Path, version: str) -> None:
    """Make the tables of an older version."""
    config = Config()
    config.set_main_option("script_location", "hashquake.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.exec_driver_sql("INSERT INTO meta VALUES ('network', 'main')")
    engine.dispose()


def document(name: str, revision: int) -> str:
    shape = {"id": name, "revision": revision, "onset": {"start_s": revision, "end_s": 9}}
    return json.dumps(shape, sort_keys=True)


def test_opinions_keep_their_documents_when_the_tables_move_to_version_4(path: Path) -> None:
    made_at(path, "0003")
    rows = [
        (1, "hq20210416a", 1, 1.0, 5.0, document("hq20210416a", 1)),
        (2, "ou20220105kza", 1, 0.0, 6.0, document("ou20220105kza", 1)),
        (3, "hq20210416a", 2, 1.0, 7.0, document("hq20210416a", 2)),
        (4, "hq20210416a", 1, 0.1, 8.0, document("hq20210416a", 1)),
    ]
    old = sqlite3.connect(path)
    old.executemany("INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?)", rows)
    old.commit()
    old.close()
    with open_record(path) as record:
        quakes, outages = record.opinions("quake"), record.opinions("outage")
        assert [(one.scope, one.name, one.revision) for one in quakes] == [
            (quake_scope(1.0), "hq20210416a", 1),
            (quake_scope(1.0), "hq20210416a", 2),
            (quake_scope(0.1), "hq20210416a", 1),
        ]
        assert [(one.scope, one.name) for one in outages] == [(OUTAGE_SCOPE, "ou20220105kza")]
        assert [one.document for one in quakes] == [
            json.loads(row[-1]) for row in rows if row[1].startswith("hq")
        ]
        assert {one.revision for one in latest(quakes)} == {1, 2}
        # Whoever searched before did not say where, so nothing counts as searched.
        assert record.searched("outage") == ()
    new = sqlite3.connect(path)
    assert new.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    assert new.execute("SELECT recorded_s FROM opinions ORDER BY id").fetchall() == [
        (5.0,),
        (6.0,),
        (7.0,),
        (8.0,),
    ]
    new.close()


def test_searches_keep_their_rows_when_the_tables_move_to_version_5(path: Path) -> None:
    made_at(path, "0004")
    old = sqlite3.connect(path)
    row = (1, "outage", OUTAGE_SCOPE, "country:KZ", 1.0, 2.0, "d/1", 7, 5.0)
    old.execute("INSERT INTO searched VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()
    with open_record(path) as record:
        (one,) = record.searched("outage")
        assert (one.subject, one.last_reading, one.networks) == ("country:KZ", 7, None)


def test_a_record_of_version_5_gets_room_for_sightings(path: Path) -> None:
    made_at(path, "0005")
    old = sqlite3.connect(path)
    old.execute("INSERT INTO batches VALUES (1, 'node', 5.0, 0, 0, 0, 0)")
    old.execute("INSERT INTO observed VALUES (1, 1, 10.0, 20.0)")
    old.commit()
    old.close()
    with open_record(path) as record:
        assert record.sightings(0, 1_000_000) == ()
        assert [one.end_s for one in record.coverage().windows] == [20.0]
