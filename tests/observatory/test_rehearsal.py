"""A rehearsal: blocks of the easiest target stand for mainnet's of the same time."""

from pathlib import Path

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError
from hashquake.core.network import MAIN, NETWORKS, REHEARSAL, network_named
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

EASIEST = 0x207FFFFF
EPOCH = 768_096
"""The difficulty changed here; the block after it is the first of the rehearsal."""


def played(n_blocks: int) -> tuple[Batch, BlockColumns]:
    blocks = bundled_blocks()
    first = int(np.searchsorted(blocks.height, EPOCH + 1))
    real = blocks.take(slice(first, first + n_blocks))
    again = BlockColumns.build(
        height=real.height - EPOCH,
        header_s=real.header_s.astype(np.int64),
        bits=np.full(len(real), EASIEST),
        pool_code=real.pool_code,
        pool_names=real.pool_names,
    )
    whole = Window(start_s=float(real.header_s[0]), end_s=float(real.header_s.max()))
    return Batch(blocks=again, observed=(whole,)), real


def fed(path: Path, network: str, n_blocks: int) -> Observatory:
    observatory = open_observatory(str(path), create=True, network=NETWORKS[network])
    observatory.feed(played(n_blocks)[0], source="node")
    return observatory


def test_blocks_carry_the_difficulty_of_mainnet_at_their_times(tmp_path: Path) -> None:
    with fed(tmp_path / "r.db", "rehearsal", 2_300) as ask:
        kept = ask.record.blocks().bits
    assert (kept == played(2_300)[1].bits).all()
    assert len(set(kept.tolist())) == 2
    with fed(tmp_path / "plain.db", "regtest", 50) as ask:
        assert set(ask.record.blocks().bits.tolist()) == {EASIEST}


def test_a_storm_is_found_and_explained_in_a_rehearsal_alone(tmp_path: Path) -> None:
    with fed(tmp_path / "r.db", "rehearsal", 1_300) as ask:
        found = [one for one in ask.quakes() if one.subject == "network"]
        assert [one.causes[0].name for one in found] == ["weather"]
    with fed(tmp_path / "plain.db", "regtest", 1_300) as ask:
        assert not ask.quakes()


def test_a_record_stays_a_rehearsal_and_takes_regtest_nodes() -> None:
    assert network_named("rehearsal") == REHEARSAL
    assert network_named("regtest") == NETWORKS["regtest"] != REHEARSAL
    assert REHEARSAL.rpc_name == NETWORKS["regtest"].rpc_name
    assert REHEARSAL.has_main_facts
    assert MAIN.has_main_facts
    assert not NETWORKS["regtest"].has_main_facts


def test_a_record_of_regtest_takes_no_other_difficulty(tmp_path: Path) -> None:
    batch, real = played(3)
    mixed = BlockColumns.build(
        height=batch.blocks.height,
        header_s=batch.blocks.header_s,
        bits=[EASIEST, EASIEST, int(real.bits[0])],
    )
    with (
        open_observatory(str(tmp_path / "r.db"), create=True, network=NETWORKS["regtest"]) as ask,
        pytest.raises(ChainError),
    ):
        ask.feed(Batch(blocks=mixed), source="node")
