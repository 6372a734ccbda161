"""Blocks in memory: what a record answers is the same with them and without."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.window import Window
from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord

Chain = Callable[..., BlockColumns]
SEED = 20_220_105


def assert_same(kept: SqlRecord, plain: SqlRecord, random: Random) -> None:
    """Compare what both answer to a random question."""
    every = plain.blocks(stale=True)
    height = random.choice(every.height.tolist())
    start_s = random.choice(every.header_s.tolist())
    question = random.choice(
        (
            {},
            {"stale": True},
            {"first_height": height},
            {"last_height": height, "detail": True, "stale": True},
            {"window": Window(start_s=start_s, end_s=start_s + 6_000)},
        )
    )
    ours, theirs = kept.blocks(**question), plain.blocks(**question)
    for field in fields(BlockColumns):
        np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name))


def grown(chain: Chain, random: Random, n_steps: int) -> Iterator[BlockColumns]:
    """Make batches: new blocks, longer branches, and pools and times of blocks long stored."""
    branch, top = "a", 100
    for step in range(n_steps):
        kind = random.choice(("new", "new", "branch", "labels"))
        if kind == "branch" and step:
            depth, root, branch = random.randint(1, 3), branch, chr(ord("b") + step)
            yield chain(top - depth, depth + 1, branch=branch, root=root)
            top += 1
        elif kind == "labels" and step:
            yield chain(top - 1, 1, branch=branch, pool=[f"p{step}"], seen_s=[float(step)])
        else:
            yield chain(top, 4, branch=branch, pool=["p", None, "q", "unknown"])
            top += 4


def test_blocks_stay_those_of_the_record_while_others_write(path: Path, chain: Chain) -> None:
    random = Random(SEED)
    with (
        open_record(path, create=True) as writer,
        open_record(path) as kept,
        open_record(path) as plain,
    ):
        kept.keep_blocks()
        for blocks in grown(chain, random, 40):
            writer.append(Batch(blocks=blocks), source="test")
            for _ in range(3):
                assert_same(kept, plain, random)
        assert plain.counts()["stale"] > 10


def test_a_transaction_rolled_back_leaves_nothing(path: Path, chain: Chain) -> None:
    with open_record(path, create=True) as record:
        record.append(Batch(blocks=chain(100, 5)), source="test")
        record.keep_blocks()

        def interrupted() -> None:
            with record.writing() as inside:
                inside.append(Batch(blocks=chain(105, 5)), source="test")
                assert len(inside.blocks()) == 10
                assert len(record.blocks()) == 5
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            interrupted()
        assert len(record.blocks()) == 5
        record.append(Batch(blocks=chain(105, 2)), source="test")
        assert record.blocks().height.tolist() == list(range(100, 107))


def test_only_what_came_since_is_read(path: Path, chain: Chain) -> None:
    with open_record(path, create=True) as record:
        record.append(Batch(blocks=chain(100, 50)), source="test")
        record.keep_blocks()
        with sqlite3.connect(path) as direct:
            # Were the blocks read again, this one would be missing.
            direct.execute("delete from blocks where height = 120")
        record.append(Batch(blocks=chain(150, 1)), source="test")
        assert record.blocks().height.tolist() == list(range(100, 151))


def test_another_record_in_its_place_is_read_again(path: Path, chain: Chain) -> None:
    with open_record(path, create=True) as record:
        record.append(Batch(blocks=chain(100, 5)), source="test")
        record.keep_blocks()
        with sqlite3.connect(path) as direct:
            direct.execute("update blocks set header_s = header_s + 7")
        assert record.blocks().header_s.tolist() == (chain(100, 5).header_s + 7).tolist()
