"""Series of hash rates for charts: fewer points that keep every peak, and numbers of four bytes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
LINES = ("median_hps", "low_hps", "high_hps")


def thinned(document: dict[str, Any], points: int) -> dict[str, Any]:
    """Return a series of at most so many points: of each stretch its lowest and highest median.

    Parameters
    ----------
    document : dict
        Of a series, as ``hashquake rate --step`` prints it.
    points : int
        At least 2. A shorter series comes back as it is.

    Returns
    -------
    dict
        The same, with ``at_s``, the start of the step that each point shows; ``step_s`` is the
        mean distance of two points, ``thinned_from_step_s`` the length of a step. A stretch
        without any data stays a gap.
    """
    n = len(document["median_hps"])
    if n <= points:
        return document
    chosen, stretch = min_max(np.array(document["median_hps"], float), points)
    step_s = document["step_s"]

    def picked(values: list[float | None]) -> list[float | None]:
        return [None if at < 0 else values[at] for at in chosen.tolist()]

    starts = [
        document["start_s"] + step_s * (at if at >= 0 else place // 2 * stretch)
        for place, at in enumerate(chosen.tolist())
    ]
    made = document | {name: picked(document[name]) for name in LINES}
    made["means"] = [one | {name: picked(one[name]) for name in LINES} for one in made["means"]]
    return made | {"step_s": step_s * stretch / 2, "thinned_from_step_s": step_s, "at_s": starts}


def min_max(medians: NDArray[np.float64], points: int) -> tuple[Indices, int]:
    """Return which steps to keep: two of each stretch, in order of time, -1 for a gap.

    Parameters
    ----------
    medians : array of float64, shape (n,)
        NaN in a gap.
    points : int
        Most to keep, at least 2.

    Returns
    -------
    tuple of (array of int64, int)
        The steps, and how many steps a stretch has.
    """
    stretch = -(-len(medians) // (points // 2))
    n_stretches = -(-len(medians) // stretch)
    table = np.full(n_stretches * stretch, np.nan)
    table[: len(medians)] = medians
    rows = table.reshape(n_stretches, stretch)
    empty = np.isnan(rows).all(axis=1)
    low = np.where(np.isnan(rows), np.inf, rows).argmin(axis=1)
    high = np.where(np.isnan(rows), -np.inf, rows).argmax(axis=1)
    pairs = np.sort(np.stack((low, high), axis=1), axis=1)
    pairs += np.arange(n_stretches)[:, None] * stretch
    pairs[empty] = -1
    return pairs.reshape(-1).astype(np.int64), stretch


def float32_bytes(document: dict[str, Any]) -> bytes:
    """Return the medians, the lower and the upper limits of each series, little-endian float32.

    Parameters
    ----------
    document : dict
        Of one series, or of several under ``series``; a gap becomes NaN.
    """
    several = document.get("series", [document])
    return b"".join(
        np.array(one[name], float).astype("<f4").tobytes() for one in several for name in LINES
    )


def series_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row a step and subject, times as Unix seconds.

    Parameters
    ----------
    document : dict
        Of one series, or of several under ``series``.
    """
    rows: list[dict[str, Any]] = []
    for one in document.get("series", [document]):
        step_s, n = one["step_s"], len(one["median_hps"])
        starts = one.get("at_s") or [one["start_s"] + at * step_s for at in range(n)]
        rows += [
            {"subject": one["subject"], "start_s": starts[at]}
            | {name: one[name][at] for name in LINES}
            | {
                f"mean_{mean['days']}d_{name}": mean[name][at]
                for mean in one.get("means", ())
                for name in LINES
            }
            for at in range(n)
        ]
    return rows
