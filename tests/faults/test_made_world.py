"""Reorganisations, clocks that jump, a full disk, a database that is started again."""

import json
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from tests.e2e.postgresql import Cluster
from tests.faults.conftest import FAULTS_A_PASS
from tests.faults.watched import (
    Outcome,
    Watched,
    copied,
    make_base,
    outcome_of,
    to_the_end,
)
from tests.faults.world import LIVE_BLOCKS, World

from hashquake.observatory import open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
HOUR_S = 3600.0


def fault_blocks(draw: random.Random) -> set[int]:
    """Choose after which live blocks something goes wrong."""
    return set(draw.sample(range(6, LIVE_BLOCKS - 6, 2), FAULTS_A_PASS))


def test_reorganisations_of_depth_1_to_6_also_while_down(
    base: Path, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    watched = Watched(str(copied(base, tmp_path)))
    world = watched.world
    due = sorted(fault_blocks(draw))
    depths = []

    def act(_: Watched) -> bool:
        if not due or len(world.main) - len(World().main) < due[0]:
            return to_the_end(watched)
        due.pop(0)
        depths.append(draw.randint(1, 6))
        world.reorganise(depths[-1], depths[-1] + 1)
        return False

    def until_a_fault(one: Watched) -> bool:
        return bool(due and len(world.main) - len(World().main) >= due[0]) or to_the_end(one)

    def until_fewer(before: int, one: Watched) -> bool:
        return len(due) < before or act(one)

    while due:
        if draw.random() < 0.5:
            watched.watch(partial(until_fewer, len(due)))
        else:
            watched.watch(until_a_fault)
            act(watched)
    watched.watch(to_the_end)
    found = outcome_of(watched.where)
    calm = Watched(str(copied(base, tmp_path, "calm.db")), world=World(whole=world.main))
    calm.watch(to_the_end)
    wanted = outcome_of(calm.where)
    stale = [block for block in found.blocks if "stale" in block]
    assert len(stale) == sum(depths)
    assert [block for block in found.blocks if "stale" not in block] == wanted.blocks
    assert (found.readings, found.outages) == (wanted.readings, wanted.outages)
    assert last_quakes(found) == last_quakes(wanted)


def last_quakes(found: Outcome) -> set[str]:
    """Return the last revision of each quake, without its number."""
    latest: dict[str, str] = {}
    for _kind, _scope, name, _revision, document in map(json.loads, found.quakes):
        latest[name] = json.dumps({**document, "revision": None}, sort_keys=True)
    return set(latest.values())


@contextmanager
def _full(is_full: list[bool]) -> Iterator[None]:
    """Let the record's file not grow while it is said to be full."""

    def limit(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        most = pages if is_full[0] else 1_000_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    event.listen(Engine, "begin", limit)
    try:
        yield
    finally:
        event.remove(Engine, "begin", limit)


def test_a_disk_that_is_full_for_a_while(
    base: Path, undisturbed: Outcome, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    watched = Watched(str(copied(base, tmp_path)))
    due, is_full, left = fault_blocks(draw), [False], [0]

    def wait() -> None:
        if is_full[0]:
            left[0] -= 1
            is_full[0] = left[0] > 0

    def act(one: Watched) -> bool:
        if len(one.world.main) - len(World().main) in due:
            due.discard(len(one.world.main) - len(World().main))
            is_full[0], left[0] = True, draw.randint(5, 60)
        return to_the_end(one)

    watched.each_tick = wait
    with _full(is_full):
        watched.watch(act)
    assert not due
    assert outcome_of(watched.where) == undisturbed
    with open_observatory(watched.where) as observatory:
        said = [one.document for one in observatory.changes(limit=10_000) if one.kind == "source"]
    assert any("[disk-full]" in one["because"] for one in said)
    assert sqlite3.connect(watched.where).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_database_that_is_started_again(
    cluster: Cluster, undisturbed: Outcome, seed: int
) -> None:
    draw = random.Random(seed)
    where = cluster.database()
    make_base(where)
    watched = Watched(where)
    due = fault_blocks(draw)
    restarts: list[threading.Thread] = []

    def restart(wait_s: float) -> None:
        time.sleep(0.2 * wait_s)  # in the middle of whatever is being written
        cluster.stop("immediate" if wait_s < 0.5 else "fast")
        time.sleep(wait_s)
        cluster.start()

    def act(one: Watched) -> bool:
        at = len(one.world.main) - len(World().main)
        done = to_the_end(one)
        if due and at >= min(due) and not (restarts and restarts[-1].is_alive()):
            due.discard(min(due))
            restarts.append(threading.Thread(target=restart, args=(draw.random(),)))
            restarts[-1].start()
        return done and not due

    watched.watch(act)
    restarts[-1].join()
    assert any("trying again" in note for note in watched.notes)
    assert watched.notes[-1] == "the record can be reached again"
    assert outcome_of(where) == undisturbed


def test_clocks_that_jump_by_an_hour(
    base: Path, undisturbed: Outcome, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    watched = Watched(str(copied(base, tmp_path)))
    due, left = fault_blocks(draw), [0]

    def wait() -> None:
        if watched.jump_s:
            left[0] -= 1
            if left[0] <= 0:
                watched.jump_s = 0.0

    def act(one: Watched) -> bool:
        at = len(one.world.main) - len(World().main)
        if at in due:
            due.discard(at)
            one.jump_s, left[0] = draw.choice([-HOUR_S, HOUR_S]), draw.randint(5, 60)
        return to_the_end(one)

    watched.each_tick = wait
    watched.watch(act)
    assert not due
    assert outcome_of(watched.where) == undisturbed
