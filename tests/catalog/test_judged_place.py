"""What was judged is written next to the record: a restart goes on from it, to the last bit."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, update
from tests.catalog.test_steady_series import SUBJECT, made, shape

from hashquake.catalog import judged_place, judged_signals
from hashquake.catalog.judged_signals import JudgedSignals
from hashquake.catalog.signals import read_signals
from hashquake.core.contracts import Batch
from hashquake.core.record import Record
from hashquake.detect.detector_choice import OWN
from hashquake.store.open_record import open_record
from hashquake.store.schema import snapshots


def read_anew(kept: JudgedSignals, record: Record) -> object:
    last = record.last_readings()[SUBJECT]
    return shape(kept.read(record, SUBJECT, detectors=OWN, last_reading=last))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often the readings of a place are read from the beginning."""
    found: list[int] = []
    judge_anew = judged_signals._read

    def read(*given: Any) -> Any:
        found.append(1)
        return judge_anew(*given)

    monkeypatch.setattr(judged_signals, "_read", read)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_restart_at_any_instant_judges_on(tmp_path: Path, seed: int, reads: list[int]) -> None:
    rng = np.random.default_rng(seed)
    readings, kept = made(seed), JudgedSignals()
    # Long enough for each instrument's detector to have been chosen.
    edges = sorted({0, 7000, len(readings), *rng.integers(7000, len(readings), 8).tolist()})
    with open_record(tmp_path / "r.db", create=True) as record:
        for first, past in pairwise(edges):
            record.append(Batch(readings=tuple(readings[first:past])), source="live")
            if rng.random() < 0.7:
                kept = JudgedSignals()  # a program that starts again, with or without a last save
            found = read_anew(kept, record)
            assert found == shape(read_signals(record, SUBJECT, detectors=OWN))
            if rng.random() < 0.7 or first == 0:
                kept.save(record, everything=True)
    assert len(reads) == 1


@pytest.mark.parametrize("fault", ["cut", "other code", "other record", "other place", "no bytes"])
def test_a_snapshot_that_does_not_fit_is_read_anew(
    tmp_path: Path, fault: str, reads: list[int]
) -> None:
    readings, kept = made(3), JudgedSignals()
    path = tmp_path / "r.db"
    with open_record(path, create=True) as record:
        record.append(Batch(readings=tuple(readings[:7000])), source="live")
        read_anew(kept, record)
        kept.save(record, everything=True)
        (row,) = [record.snapshot(judged_place.KIND, SUBJECT)]
        assert row is not None
    changes: dict[str, dict[str, Any]] = {
        "cut": {"state": row.state[:900]},
        "other code": {"version": "format 0"},
        "other record": {"state": other_record(tmp_path / "other.db")},
        "other place": {"scope": "country:IR"},
        "no bytes": {"state": b""},
    }
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as raw:
        raw.execute(
            update(snapshots).where(snapshots.c.kind == judged_place.KIND).values(changes[fault])
        )
    engine.dispose()
    reads.clear()
    with open_record(path) as record:
        found = read_anew(JudgedSignals(), record)
        assert found == shape(read_signals(record, SUBJECT, detectors=OWN))
    assert len(reads) == 1


def other_record(path: Path) -> bytes:
    kept = JudgedSignals()
    with open_record(path, create=True) as record:
        record.append(Batch(readings=tuple(made(4)[:6000])), source="live")
        read_anew(kept, record)
        kept.save(record, everything=True)
        found = record.snapshot(judged_place.KIND, SUBJECT)
    assert found is not None
    return found.state
