"""Blocks that go on under another name are no fall: names lost, relabelled and merged."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.simulated_falls import fall

from hashquake.catalog.labels import label_change
from hashquake.core.columns import BlockColumns
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

QUIET, ONSET_S = fall(drop_share=0.0001, after_d=6.0)
ONSET = Window(start_s=ONSET_S - 3600.0, end_s=ONSET_S + 3600.0)
Rename = Callable[[str, int], str]


def filed(name: Rename, from_s: float = ONSET_S) -> BlockColumns:
    """The same blocks, filed by a function of name and row from an instant on."""
    names = [
        name(QUIET.pool_of(row) or "", row) if QUIET.header_s[row] >= from_s else QUIET.pool_of(row)
        for row in range(len(QUIET))
    ]
    return QUIET.with_pools(names)


def change(blocks: BlockColumns, pool: str) -> str | None:
    found = label_change(blocks, pool=pool, onset=ONSET, detected_s=ONSET_S + 7 * DAY_S)
    return None if found is None else found.filed_under


@pytest.mark.parametrize("pool", ["p00", "p03", "p06"])
def test_all_labels_lost_is_no_fall_of_any_pool(pool: str) -> None:
    assert change(filed(lambda _name, _row: "unknown"), pool) == "unknown"


def test_a_part_of_a_pool_under_a_new_name_is_no_fall() -> None:
    blocks = filed(lambda name, row: "fresh" if name == "p01" and row % 5 < 2 else name)
    assert change(blocks, "p01") == "fresh"


def test_a_pool_merged_into_another_is_no_fall() -> None:
    assert change(filed(lambda name, _row: "p02" if name == "p01" else name), "p01") == "p02"


def test_a_pool_whose_machines_spread_over_others_did_fall() -> None:
    rng = np.random.default_rng(1)
    others = rng.choice(["p00", "p02", "p03", "p04"], len(QUIET))
    blocks = filed(lambda name, row: str(others[row]) if name == "p01" and row % 3 else name)
    assert change(blocks, "p01") is None


def test_half_the_machines_of_a_pool_that_change_to_another_are_a_migration() -> None:
    blocks = filed(lambda name, row: "p02" if name == "p01" and row % 2 else name)
    assert change(blocks, "p01") is None


def test_what_a_small_pool_lost_is_gained_by_another_by_chance() -> None:
    # A hundredth of the blocks: among nineteen other pools one always gains about as much.
    assert change(filed(lambda name, _row: "p13" if name == "p12" else name), "p12") is None
