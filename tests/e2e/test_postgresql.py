"""A record on a real PostgreSQL: its migrations, several watchers at once, readers elsewhere."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect
from tests.e2e.postgresql import Cluster
from tests.faults.watched import (
    Outcome,
    Watched,
    copied,
    make_base,
    outcome_of,
    to_the_end,
)
from tests.faults.world import World
from tests.running_watcher import RunningWatcher, ran, wait_until
from tests.serve.test_cli_watch import served
from tests.sources.simulated_chain import MinedChain
from tests.sources.simulated_node import SimulatedNode

from hashquake.core.network import NETWORKS
from hashquake.store.open_record import open_record
from hashquake.store.schema import HEAD, metadata

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
VERSIONS = [f"{number:04}" for number in range(1, int(HEAD))]


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_of_every_earlier_version_are_brought_up(cluster: Cluster, version: str) -> None:
    where = cluster.database()
    config = Config()
    config.set_main_option("script_location", "hashquake.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(where)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.exec_driver_sql("INSERT INTO meta VALUES ('network', 'main')")
    with open_record(where) as record:
        assert record.counts()["blocks"] == 0
    found = inspect(engine)
    for table in metadata.sorted_tables:
        assert {one["name"] for one in found.get_columns(table.name)} == set(table.c.keys())
    with engine.connect() as connection:
        version_found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        assert version_found.scalar() == HEAD
    engine.dispose()


def test_two_programs_that_make_a_record_at_once_make_one(cluster: Cluster) -> None:
    where = cluster.database()
    failures = []

    def make() -> None:
        try:
            with open_record(where, create=True) as record:
                record.counts()
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_two_watchers_write_every_block_and_every_opinion_once(
    cluster: Cluster, tmp_path: Path
) -> None:
    base = tmp_path / "base.db"
    make_base(str(base))
    alone = Watched(str(copied(base, tmp_path)))
    alone.watch(to_the_end)
    where = cluster.database()
    make_base(where)
    world = World()
    first, second = (Watched(where, world=world) for _ in range(2))
    follower = threading.Thread(target=second.watch, args=(lambda _: world.exhausted,))
    follower.start()
    first.watch(to_the_end)
    follower.join()
    found, wanted = outcome_of(where), outcome_of(alone.where)
    assert isinstance(found, Outcome)
    assert found == wanted


def test_several_programs_watch_and_one_that_is_killed_is_not_missed(cluster: Cluster) -> None:
    where = cluster.database()
    made = ran("init", "--db", where, "--empty", "--network", "regtest")
    assert made.returncode == 0, made.stderr
    chain = MinedChain(end_s=time.time()).grow(20)
    nodes = SimulatedNode(chain), SimulatedNode(chain)
    with served(nodes[0]) as killed_url, served(nodes[1]) as left_url:
        killed, left = (
            RunningWatcher("bitcoind_rpc", "--url", url, "--db", where, "--json")
            for url in (killed_url, left_url)
        )
        # Whichever comes first writes all of it; the other then has nothing to say.
        wait_until(lambda: all(one.requests for one in nodes))
        wait_until(lambda: len(killed.lines) + len(left.lines) > 0)
        assert json.loads(ran("status", "--db", where, "--json").stdout)["watching"]
        os.kill(killed.process.pid, signal.SIGKILL)
        killed.ended()
        chain.grow(2)
        left.wait_for(lambda lines: sum('"block"' in line for line in lines) == 2)
        assert json.loads(ran("status", "--db", where, "--json").stdout)["watching"]
        assert left.stop() == 0
    assert not json.loads(ran("status", "--db", where, "--json").stdout)["watching"]
    numbers = [one["id"] for one in left.changes()]
    assert numbers == sorted(set(numbers))
    with open_record(where, network=NETWORKS["regtest"]) as record:
        assert record.counts()["blocks"] == 23
