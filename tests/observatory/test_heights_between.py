"""Blocks of a window come without a hole, also where header times run backwards."""

from pathlib import Path

import numpy as np
import pytest
from tests.small_chains import EPOCH, chain

from hashquake.core.contracts import Batch
from hashquake.core.window import Window
from hashquake.observatory.measure import heights_between
from hashquake.store.open_record import open_record


@pytest.mark.parametrize("strays", [0, 3, 40])
def test_no_height_is_left_out(tmp_path: Path, strays: int) -> None:
    n = 300
    times_s = 1_600_000_000 + 600 * np.arange(n)
    inside = np.arange(60, 60 + 4 * strays, 4)  # dated hours back, far outside the window
    times_s[inside] = 1_600_000_000 - 7200
    blocks = chain(times_s.tolist(), pool=[f"p{at % 3}" for at in range(n)])
    with_all = open_record(tmp_path / "r.db", create=True, network=None)
    with_all.append(Batch(blocks=blocks), source="table")
    window = Window(start_s=1_600_000_000 + 600 * 50, end_s=1_600_000_000 + 600 * 250)
    found = heights_between(with_all, window)
    assert found.height.tolist() == list(range(EPOCH + 51, EPOCH + 251))
    assert found.header_s.tolist() == times_s[50:250].tolist()
    assert [found.pool_of(at) for at in range(3)] == ["p2", "p0", "p1"]
    with_all.close()
