from pathlib import Path

import numpy as np
import pytest

from hashquake.core.chain import check_chain
from hashquake.core.errors import ChainError
from hashquake.datasets import bundled
from hashquake.datasets.packed_arrays import pack_arrays, packed_arrays


def test_the_bundled_blocks_are_those_that_were_verified_and_pass_again() -> None:
    assert bundled.is_as_verified()
    blocks = bundled.bundled_blocks()
    assert len(blocks) == 282_174
    check_chain(blocks)


def test_other_blocks_than_those_verified_are_checked_when_they_are_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = packed_arrays("blocks.npz")
    interval_s = columns["interval_s"].astype(np.int64)
    interval_s[100_500] += 90_000  # the blocks before lie too early for the retarget rule
    monkeypatch.setattr(
        bundled, "packed_arrays", lambda _name: columns | {"interval_s": interval_s}
    )
    monkeypatch.setattr(bundled, "bundled_checksum", lambda: "another")
    with pytest.raises(ChainError):
        bundled.bundled_blocks.__wrapped__()


def test_packed_columns_come_back_and_equal_columns_give_equal_bytes(tmp_path: Path) -> None:
    columns = {"small": np.array([-1, 300]), "names": np.array(["a", "bcd"]), "x": np.array([0.5])}
    pack_arrays(tmp_path / "a.npz", columns)
    pack_arrays(tmp_path / "b.npz", columns)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert found["small"].dtype == np.int16
        assert all(np.array_equal(found[name], columns[name]) for name in columns)
