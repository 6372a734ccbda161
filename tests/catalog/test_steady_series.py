"""A series that goes on is judged on; the outcome is that of judging it again, to the last bit."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hashquake.catalog import judged_signals
from hashquake.catalog.judged_signals import JudgedSignals
from hashquake.catalog.signals import Signal, read_signals
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN
from hashquake.store.open_record import open_record

START_S = 1_640_995_200.0
SUBJECT = "country:KZ"
SERIES = (("ioda_bgp_prefixes_count", 300.0), ("ioda_ping_slash24_up_count", 600.0),
          ("radar_traffic_share", 1800.0))  # fmt: skip


def made(seed: int, days: float = 16.0) -> list[Reading]:
    """Return what three instruments say, with an outage and a few gaps, in order of time."""
    rng = np.random.default_rng(seed)
    dark = START_S + rng.uniform(6.0, days) * 86_400.0
    found = []
    for quantity, step_s in SERIES:
        for at_s in np.arange(START_S, START_S + days * 86_400.0, step_s):
            if rng.random() < 0.01:
                continue
            rhythm = 1.0 + 0.4 * np.sin(2 * np.pi * at_s / 86_400.0)
            level = 1000.0 * (rhythm if step_s == 1800.0 else 1.0)
            low = 0.05 if dark <= at_s < dark + 20_000.0 else 1.0
            found.append(
                Reading(
                    subject=SUBJECT,
                    quantity=quantity,
                    window=Window(start_s=float(at_s), end_s=float(at_s) + step_s),
                    value=float(max(0.0, level * low * (1.0 + 0.005 * rng.standard_normal()))),
                    source=quantity.partition("_")[0],
                )
            )
    return sorted(found, key=lambda one: one.window.end_s)


def shape(signals: tuple[Signal, ...]) -> list[Any]:
    return [
        (
            one.name,
            one.flags.start_s,
            one.flags.step_s,
            one.flags.made_by,
            one.flags.ratio.tobytes(),
            one.flags.level.tobytes(),
            one.coverage,
            one.usual_value,
        )
        for one in signals
    ]


@pytest.mark.parametrize("seed", range(4))
def test_judging_on_is_judging_anew(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed + 100)
    readings, kept, reads = made(seed), JudgedSignals(), []
    judge_anew = judged_signals._read

    def read(*given: Any) -> Any:
        reads.append(1)
        return judge_anew(*given)

    monkeypatch.setattr(judged_signals, "_read", read)
    edges = sorted({0, len(readings), *rng.integers(2500, len(readings), 12).tolist()})
    with open_record(tmp_path / "r.db", create=True) as record:
        for first, past in pairwise(edges):
            record.append(Batch(readings=tuple(readings[first:past])), source="live")
            last = record.last_readings()[SUBJECT]
            found = kept.read(record, SUBJECT, detectors=OWN, last_reading=last)
            assert shape(found) == shape(read_signals(record, SUBJECT, detectors=OWN))
    assert len(reads) <= 3, "it is read again only where another detector comes to suit"


@pytest.mark.parametrize("fault", ["corrected", "older", "finer", "other quantity"])
def test_whatever_does_not_go_on_is_judged_anew(tmp_path: Path, fault: str) -> None:
    readings, kept = made(9), JudgedSignals()
    last = readings[-1]
    window, quantity = last.window, last.quantity
    if fault == "older":
        window = Window(start_s=START_S - 3600.0, end_s=START_S - 3600.0 + window.duration_s)
    elif fault == "finer":
        window = Window(start_s=window.end_s, end_s=window.end_s + 60.0)
    elif fault == "other quantity":
        quantity = "ioda_telescope_index"
    odd = Reading(subject=SUBJECT, quantity=quantity, window=window, value=3.0, source=last.source)
    with open_record(tmp_path / "r.db", create=True) as record:
        for batch in (readings, [odd]):
            record.append(Batch(readings=tuple(batch)), source="live")
            number = record.last_readings()[SUBJECT]
            found = kept.read(record, SUBJECT, detectors=OWN, last_reading=number)
            assert shape(found) == shape(read_signals(record, SUBJECT, detectors=OWN))
