"""Judge detectors side by side: at one measured false-alarm rate, on the same simulated drops."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from hashquake.core.interval import Interval
from hashquake.forward.null import NullModel
from hashquake.judge.calibration import count_false_alarms
from hashquake.judge.delays import CAP_S, measure_delays
from hashquake.judge.peers import Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """One method at one drop.

    Parameters
    ----------
    name, setting : str
        The method, and its threshold in its own terms.
    false_alarms_per_year : Interval
        As measured, on years not used to set the threshold.
    drop_share : float
        The drop.
    mean_delay_s, mean_error_s : float
        Mean with undetected drops at the cap of 30 days, and its standard error.
    median_delay_s : float
        Infinite beyond the cap.
    found_share : float
        The part found before the cap.
    wanted_per_year : float
        The false-alarm rate that the threshold was set to.
    wild_per_year : Interval or None
        False alarms a year at the same threshold where the hash rate drifts by `WILD.walk_share`;
        None where that was not measured.
    """

    name: str
    setting: str
    false_alarms_per_year: Interval
    drop_share: float
    mean_delay_s: float
    mean_error_s: float
    median_delay_s: float
    found_share: float
    wanted_per_year: float = 1.0
    wild_per_year: Interval | None = None


WILD = NullModel(walk_share=0.020)
"""A network that drifts twice as fast as the one on which thresholds are set."""


def equal_threshold(
    peer: Peer, *, false_alarms_per_year: float, years: float, seed: int, rounds: int = 9
) -> float:
    """Find a peer's threshold by halving: its rate need not be smooth, only falling.

    Parameters
    ----------
    peer : Peer
        Whose.
    false_alarms_per_year : float
        The rate wanted.
    years, seed, rounds : float, int, int
        Simulated years, their seed, and how often to halve.
    """
    low, high = peer.low, peer.high
    for _ in range(rounds):
        middle = (low + high) / 2.0
        counted = count_false_alarms(peer, threshold=middle, years=years, seed=seed)
        if counted.alarms > false_alarms_per_year * counted.years:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def compare(
    detector: Any,
    *,
    name: str,
    setting: str,
    threshold: float,
    drops_share: tuple[float, ...],
    runs: int,
    years: float,
    seed: int,
    model: NullModel | None = None,
    wanted_per_year: float = 1.0,
) -> tuple[PeerRow, ...]:
    """Measure one method: false alarms on fresh years, then delays on the common drops.

    Parameters
    ----------
    detector : Detector
        A peer or a plugin.
    name, setting : str
        As printed.
    threshold : float
        At which it alarms.
    drops_share : tuple of float
        Drops to impose.
    runs, years, seed : int, float, int
        Drops a size, years of null, and the seed, the same for every method.
    model : NullModel or None
        How the hash rate moves; None is the record's.
    wanted_per_year : float
        The false-alarm rate that the threshold was set to.
    """
    quiet = count_false_alarms(detector, threshold=threshold, years=years, seed=seed, model=model)
    wild = count_false_alarms(detector, threshold=threshold, years=years, seed=seed, model=WILD)
    rows = []
    for at, drop_share in enumerate(drops_share):
        delays = measure_delays(
            detector,
            drop_share=drop_share,
            threshold=threshold,
            runs=runs,
            seed=seed + 1 + at,
            model=model,
        )
        median_s = delays.quantile_s(0.5)
        rows.append(
            PeerRow(
                name=name,
                setting=setting,
                false_alarms_per_year=quiet.per_year,
                drop_share=drop_share,
                mean_delay_s=min(delays.mean_s, CAP_S),
                mean_error_s=delays.mean_error_s,
                median_delay_s=median_s,
                found_share=delays.found_share,
                wanted_per_year=wanted_per_year,
                wild_per_year=wild.per_year,
            )
        )
    return tuple(rows)


def rows_json(rows: tuple[PeerRow, ...], *, seed: int, runs: int, years: float) -> str:
    """Write rows as the JSON bundled with the program; an infinite median becomes null.

    Parameters
    ----------
    rows : tuple of PeerRow
        The table.
    seed, runs, years : int, int, float
        How it was made.
    """
    plain = [asdict(row) for row in rows]
    for row in plain:
        if row["median_delay_s"] == float("inf"):
            row["median_delay_s"] = None
    return json.dumps({"seed": seed, "runs": runs, "years": years, "rows": plain}, indent=1) + "\n"


@lru_cache(maxsize=1)
def measured_with() -> dict[str, float]:
    """Return how the bundled table was measured: ``seed``, ``runs`` a drop, quiet ``years``."""
    stored = json.loads(_measured_text())
    return {name: stored[name] for name in ("seed", "runs", "years")}


def measured_rows(*, wanted_per_year: float | None = 1.0) -> tuple[PeerRow, ...]:
    """Read the bundled table.

    Parameters
    ----------
    wanted_per_year : float or None
        Rows of this false-alarm rate: at 1 every method and our own; None is all.
    """
    rows = tuple(_row_of(row) for row in json.loads(_measured_text())["rows"])
    return tuple(row for row in rows if wanted_per_year in (None, row.wanted_per_year))


def _row_of(row: dict[str, Any]) -> PeerRow:
    wild, median_s = row.get("wild_per_year"), row["median_delay_s"]
    return PeerRow(
        **{
            **row,
            "false_alarms_per_year": Interval(**row["false_alarms_per_year"]),
            "wild_per_year": None if wild is None else Interval(**wild),
            "median_delay_s": float("inf") if median_s is None else median_s,
        }
    )


def _measured_text() -> str:
    return (resources.files("hashquake.judge") / "peers_measured.json").read_text(encoding="utf-8")
