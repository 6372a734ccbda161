"""Bins that can change no outage are let go: memory stays, and every opinion is as without it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hashquake.catalog import judged_place, judged_signals
from hashquake.catalog.judged_signals import JudgedSignals
from hashquake.catalog.outages import outages
from hashquake.catalog.signals import Signal
from hashquake.core.contracts import Batch
from hashquake.core.outage import Outage
from hashquake.core.reading import Reading
from hashquake.core.record import Record
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN
from hashquake.store.open_record import open_record

SUBJECT = "country:KZ"
START_S = parse_time("2022-01-03")
DAYS = 260.0
SERIES = (("ioda_bgp_prefixes_count", 3600.0), ("ioda_ping_slash24_up_count", 7200.0),
          ("radar_traffic_share", 10_800.0))  # fmt: skip


def readings(seed: int) -> list[Reading]:
    """Return what three instruments say, with outages that not all see, and long silences."""
    rng = np.random.default_rng(seed)
    dark = [
        (at_s, at_s + 3600.0 * 10 ** rng.uniform(0.5, 2.0), rng.uniform(0.02, 0.6))
        for at_s in START_S + rng.uniform(10.0, DAYS, 9) * DAY_S
    ]
    found: list[Reading] = []
    for at, (quantity, step_s) in enumerate(SERIES):
        silent = START_S + rng.uniform(20.0, DAYS, 3) * DAY_S
        sees = rng.random(len(dark)) < 0.7
        first_s = START_S + step_s * (0 if at else 30)
        for at_s in np.arange(first_s, START_S + DAYS * DAY_S, step_s):
            if rng.random() < 0.01 or any(0.0 <= at_s - one < 3.0 * DAY_S for one in silent):
                continue
            rhythm = 1.0 + 0.4 * np.sin(2.0 * np.pi * at_s / DAY_S) if at == 2 else 1.0
            low = [d[2] for d, seen in zip(dark, sees, strict=True) if seen and d[0] <= at_s < d[1]]
            value = 1000.0 * rhythm * min(low, default=1.0) * (1.0 + 0.004 * rng.standard_normal())
            window = Window(start_s=float(at_s), end_s=float(at_s) + step_s)
            found.append(
                Reading(
                    subject=SUBJECT,
                    quantity=quantity,
                    window=window,
                    value=float(value),
                    source=quantity.partition("_")[0],
                )
            )
    return sorted(found, key=lambda one: one.window.end_s)


def searched(record: Record, kept: JudgedSignals) -> tuple[Outage, ...]:
    last = record.last_readings()[SUBJECT]

    def read(subject: str) -> tuple[Signal, ...]:
        return kept.read(record, subject, detectors=OWN, last_reading=last)

    return outages(record, read=read, fused_of=kept.fused)


def fed(record: Record, seed: int, n: int) -> Iterator[None]:
    """Store the readings in parts of any length, the first large enough to choose detectors."""
    rng, given = np.random.default_rng(seed), readings(seed)
    edges = [0, *np.sort(rng.integers(1000, len(given), n)).tolist(), len(given)]
    for first, past in pairwise(sorted(set(edges))):
        record.append(Batch(readings=tuple(given[first:past])), source="live")
        yield


@pytest.mark.parametrize("seed", range(4))
def test_outages_are_those_of_all_bins(tmp_path: Path, seed: int) -> None:
    rng, kept = np.random.default_rng(seed), JudgedSignals()
    with open_record(tmp_path / "r.db", create=True) as record:
        for _ in fed(record, seed, 20):
            if rng.random() < 0.3:
                kept = JudgedSignals()  # a program that starts again
            found = searched(record, kept)
            assert found == outages(record)
            if rng.random() < 0.5:
                kept.save(record, everything=True)
        (place,) = kept._places.values()
        shortest = min(len(one.flags) * one.flags.step_s for one in place.signals)
    assert len(found) >= 3
    assert shortest < 0.6 * DAYS * DAY_S, "bins were let go"


def test_memory_does_not_grow_with_the_time_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_anew: list[str] = []
    judge_anew = judged_signals._read

    def read(*given: Any) -> Any:
        read_anew.append(given[1])
        return judge_anew(*given)

    monkeypatch.setattr(judged_signals, "_read", read)
    kept, most = JudgedSignals(), 0.0
    with open_record(tmp_path / "r.db", create=True) as record:
        for _ in fed(record, 7, 40):
            searched(record, kept)
            (place,) = kept._places.values()
            bins = [len(one.flags) * one.flags.step_s / DAY_S for one in place.signals]
            most = max(most, *bins)
        assert most <= 60.0 + 30.0 + 15.0, "a month is let go at once"
        kept.save(record, everything=True)
        again = JudgedSignals()
        assert searched(record, again) == outages(record)
    assert len(read_anew) <= 3, "no part of a restart reads the beginning again"


def test_a_snapshot_that_lost_what_was_settled_is_not_gone_on_with(tmp_path: Path) -> None:
    kept = JudgedSignals()
    with open_record(tmp_path / "r.db", create=True) as record:
        for _ in fed(record, 7, 40):
            searched(record, kept)
        (place,) = kept._places.values()
        n = judged_place.count_readings(record, SUBJECT)
        text: Any = "text"
        for settled, fits in ((place.settled, True), (None, False), (text, False)):
            written = judged_place.snapshot(SUBJECT, replace(place, settled=settled), n_readings=n)
            assert written is not None
            record.save_snapshot(written)
            assert (judged_place.restored(record, SUBJECT, OWN) is not None) == fits
