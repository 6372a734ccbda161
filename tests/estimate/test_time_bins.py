"""Counting time_bin by bin, against the plain definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hashquake.estimate.time_bins import OpenBin, TimeBins, count_bins

BIN_S = 100


def counted(times: np.ndarray, clock_s: float, open_bin: OpenBin) -> tuple[OpenBin, TimeBins]:
    return count_bins(
        open_bin,
        bin_s=BIN_S,
        clock_s=clock_s,
        found_s=times,
        work_hashes=np.full(len(times), 2.0),
        subject=np.zeros(len(times), np.int64),
        watched=np.ones(len(times), np.bool_),
    )


def fresh(index: int = 0) -> OpenBin:
    return OpenBin(index=index, blocks=np.zeros(1), exposure=0.0)


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=30).map(sorted),
    st.integers(0, 30),
)
@settings(max_examples=60, deadline=None)
def test_bins_hold_every_block_and_every_second_however_split(times: list[float], cut: int) -> None:
    found = np.array(times)
    whole_open, whole = counted(found, 0.0, fresh())
    cut = min(cut, len(found))
    open_bin, first = counted(found[:cut], 0.0, fresh())
    clock_s = float(found[cut - 1]) if cut else 0.0
    end, second = counted(found[cut:], clock_s, open_bin)
    assert np.array_equal(np.concatenate([first.blocks, second.blocks]), whole.blocks)
    assert np.array_equal(np.concatenate([first.exposure, second.exposure]), whole.exposure)
    assert (end.index, end.exposure) == (whole_open.index, whole_open.exposure)
    edges = np.arange(0, 1200, BIN_S)
    expected = np.histogram(found, edges)[0][: len(whole)]
    assert whole.blocks[:, 0].tolist() == expected.tolist()
    assert np.allclose(whole.exposure, BIN_S / 2.0)


def test_what_was_not_watched_counts_neither_as_silence_nor_as_blocks() -> None:
    end, bins = count_bins(
        fresh(),
        bin_s=BIN_S,
        clock_s=0.0,
        found_s=np.array([50.0, 250.0, 280.0]),
        work_hashes=np.ones(3),
        subject=np.zeros(3, np.int64),
        watched=np.array([True, False, True]),
    )
    assert bins.blocks[:, 0].tolist() == [1.0, 0.0]
    assert bins.exposure.tolist() == [50.0, 0.0]
    assert (end.index, end.exposure, end.blocks.tolist()) == (2, 30.0, [1.0])
