"""The state of the chain's check, rebuilt from what is stored."""

from pathlib import Path

import pytest
from tests.store.conftest import START_S, make

from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.store.open_record import open_record

EPOCH = 350 * EPOCH_BLOCKS


@pytest.mark.parametrize("after", [15, 40])
@pytest.mark.parametrize("branch", ["A", "z"], ids=["earlier", "later"])
@pytest.mark.parametrize("stale_first", [True, False])
def test_an_epoch_starts_with_the_main_chains_block(
    tmp_path: Path, after: int, branch: str, *, stale_first: bool
) -> None:
    """Two blocks of the epoch's first height are stored, dated 32 or 25 seconds apart."""
    before = make(EPOCH - 20, 20)
    main = make(EPOCH, after)
    rival = make(EPOCH, 1, branch=branch, root="a")
    assert rival.header_s[0] != main.header_s[0]
    runs = [before, rival, main] if stale_first else [before, main, rival]
    with open_record(tmp_path / "r.db", create=True) as record:
        for blocks in runs:
            record.append(Batch(blocks=blocks), source="test")
        stale = record.blocks(first_height=EPOCH, last_height=EPOCH, stale=True)
        assert sorted(stale.stale.tolist()) == [False, True]
        state = record.chain_state(EPOCH + after)
    assert state.epoch_start_s == START_S + 600 * EPOCH + ord("a")
    whole = check_chain(joined(before, main))
    assert state == whole


def joined(*parts: BlockColumns) -> BlockColumns:
    return BlockColumns.from_blocks(block for part in parts for block in part.blocks())
