"""What is bundled arrives whole in another record, whatever stops the copying."""

from pathlib import Path

import pytest

from hashquake.core.contracts import Progress
from hashquake.datasets.bundled import BundledRecord
from hashquake.observatory import Observatory, bundled_load, load_bundled, open_observatory


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundle little, so that the copying takes no time."""
    from hashquake.datasets import bundled

    blocks = bundled.bundled_blocks().take(slice(0, 3_000))
    readings = BundledRecord().readings(subject="country:KZ")[:17]
    monkeypatch.setattr(bundled, "bundled_blocks", lambda: blocks)
    monkeypatch.setattr("hashquake.datasets.transcribed.transcribed_readings", lambda: readings)
    monkeypatch.setattr("hashquake.datasets.prices.bundled_price_readings", lambda **_: ())
    monkeypatch.setattr(bundled_load, "BATCH_BLOCKS", 700)
    monkeypatch.setattr(bundled_load, "BATCH_READINGS", 5)


def _stopping_after(steps: int) -> object:
    left = steps

    def step(_progress: Progress) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    return step


def _is_whole(observatory: Observatory) -> bool:
    counts = observatory.record.counts()
    return counts["blocks"] == 3_000 and counts["readings"] == 17


@pytest.mark.parametrize("steps", [0, 3, 5, 8, 9])
def test_a_copy_stopped_at_any_batch_ends_whole_when_run_again(tmp_path: Path, steps: int) -> None:
    db = str(tmp_path / "copy.db")
    with open_observatory(db, create=True) as observatory:
        try:
            load_bundled(observatory, progress=_stopping_after(steps))  # type: ignore[arg-type]
        except KeyboardInterrupt:
            assert steps < 9
        else:
            assert steps == 9
    with open_observatory(db) as observatory:
        assert load_bundled(observatory) == (steps < 9)
        assert _is_whole(observatory)
        assert not load_bundled(observatory)


def test_a_record_with_a_chain_of_its_own_gets_readings_alone(tmp_path: Path) -> None:
    from hashquake.datasets.bundled import bundled_blocks

    with open_observatory(str(tmp_path / "own.db"), create=True) as observatory:
        from hashquake.core.contracts import Batch

        observatory.feed(Batch(blocks=bundled_blocks().take(slice(2_016, 2_100))), source="own")
        load_bundled(observatory)
        counts = observatory.record.counts()
    assert counts["blocks"] == 84
    assert counts["readings"] == 17
