"""Two chains and stale blocks: what the command line, the API and the laboratory answer, once."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hashquake.core.country import parse_country
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S, parse_duration, parse_time
from hashquake.core.window import Window
from hashquake.serve.cli.shares import parse_share
from hashquake.serve.shapes import finite, interval_shape

if TYPE_CHECKING:
    from hashquake.observatory import Observatory

Opened = Callable[[], AbstractContextManager["Observatory"]]


class Raced(Protocol):
    """How races of blocks are simulated: here, or in a process of their own."""

    def __call__(
        self, shares: NDArray[np.float64], delays_s: Sequence[float], /, *, n_blocks: int, seed: int
    ) -> list[list[Interval]]:
        """Return for each delay the stale share of all blocks, and of each pool's."""


USUAL_DELAYS_S = (1.0, 2.0, 10.0)
USUAL_BLOCKS = 2_000_000
_WINDOW_S = 30 * DAY_S
_LEAST_SHARE = 0.005


def partition_document(
    opened: Opened,
    *,
    duration: str,
    share: str | None = None,
    country: str | None = None,
    at: str | None = None,
    domestic: str = "100%",
    confirmations: int = 6,
) -> dict[str, Any]:
    """Return how long two chains grow when a country is cut off and mines on, and what is undone.

    Parameters
    ----------
    opened : callable
        Opens the record, for a country's share; it is not called where `share` is given.
    duration : str
        Length of the cut, such as ``5d``.
    share, country : str or None
        Hash rate behind the cut, or the country whose share the map gives; one of them.
    at : str or None
        Of the map; None is the record's end.
    domestic : str
        Part of the machines whose pool is inside, too.
    confirmations : int
        Of a payment inside, when the cut heals.

    Raises
    ------
    UsageError
        ``usage``, ``share-syntax``, ``duration-syntax``, ``time-syntax``, ``map-missing``.
    """
    # Loaded when it is asked for: it brings scipy, which other pages do without.
    from hashquake.forward.partition import WHAT_NODES_DO, partition, reversal_risk

    behind = _behind(opened, share, country, at)
    inside = parse_share(domestic, what="a part", code="share-syntax")
    length_s = parse_duration(duration)
    found = partition(behind, length_s, domestic_share=inside)
    middle = (behind.median if isinstance(behind, Interval) else behind) * inside
    undone = reversal_risk(middle, length_s, confirmations) if middle > 0.0 else None
    return {
        "duration_s": found.duration_s,
        "inside_share": interval_shape(found.inside_share),
        "inside_blocks": interval_shape(found.inside_blocks),
        "outside_blocks": interval_shape(found.outside_blocks),
        "inside_longer_probability": found.inside_longer,
        "tie_probability": found.tie,
        "undone_inside_blocks": interval_shape(found.undone_inside),
        "undone_outside_blocks": interval_shape(found.undone_outside),
        "inside_interval_s": finite(found.inside_interval_s),
        "outside_interval_s": finite(found.outside_interval_s),
        "inside_epoch_s": finite(found.inside_retarget_s),
        "confirmations": confirmations,
        "reversal_probability": undone,
        "assumptions": list(WHAT_NODES_DO),
    }


def races(
    shares: NDArray[np.float64], delays_s: Sequence[float], *, n_blocks: int, seed: int
) -> list[list[Interval]]:
    """Return for each delay the stale share of all blocks, and of each pool's.

    Parameters
    ----------
    shares : array of float64, shape (pools,)
        Of the hash rate; they sum to 1.
    delays_s : sequence of float
        Until a block reaches the others, seconds.
    n_blocks : int
        How many to find for each delay.
    seed : int
        Equal seeds give equal results.

    Raises
    ------
    UsageError
        What `hashquake.forward.propagation.stale_rates` refuses.
    """
    from hashquake.forward.propagation import stale_rates

    answer = []
    for delay_s in delays_s:
        rates = stale_rates(shares, delay_s, np.random.default_rng(seed), n_blocks=n_blocks)
        answer.append([rates.network(), *(rates.pool(k) for k in range(len(shares)))])
    return answer


def stale_documents(
    opened: Opened,
    *,
    delays_s: Sequence[float] = USUAL_DELAYS_S,
    shares: str | None = None,
    blocks: int = USUAL_BLOCKS,
    seed: int = 1,
    raced: Raced | None = None,
) -> list[dict[str, Any]]:
    """Return the share of each pool's blocks that become stale, a document for each delay.

    Parameters
    ----------
    opened : callable
        Opens the record, for the pools of its last 30 days; not called where `shares` are given.
    delays_s : sequence of float
        Until a block reaches the others, seconds.
    shares : str or None
        Of pools, such as ``30%,29%,41%``.
    blocks : int
        How many to simulate for each delay.
    seed : int
        Equal seeds give equal results.
    raced : callable or None
        Simulates the blocks of pools for each delay; None does it here.

    Raises
    ------
    UsageError
        ``share-syntax``, ``no-labels``, and what `hashquake.forward.propagation` refuses.
    """
    names, parts = _pools(opened, shares)
    documents = []
    found = (raced or races)(parts, delays_s, n_blocks=blocks, seed=seed)
    for delay_s, rates in zip(delays_s, found, strict=True):
        pools = [
            {
                "pool": name,
                "share": float(part),
                "stale_share": interval_shape(rates[k + 1]),
            }
            for k, (name, part) in enumerate(zip(names, parts, strict=True))
        ]
        documents.append(
            {
                "delay_s": delay_s,
                "stale_share": interval_shape(rates[0]),
                "pools": pools,
                "blocks": blocks,
                "seed": seed,
            }
        )
    return documents


def _behind(
    opened: Opened, share: str | None, country: str | None, at: str | None
) -> Interval | float:
    if (share is None) == (country is None):
        raise UsageError(
            "a partition needs either --share or --country",
            code="usage",
            hint="such as hashquake partition --country KZ --at 2022-01-05 --duration 5d",
        )
    if share is not None:
        return parse_share(share, what="a share", code="share-syntax")
    letters = _letters(str(country))
    at_given_s = None if at is None else float(parse_time(at))
    with opened() as observatory:
        at_s = observatory.end_s() if at_given_s is None else at_given_s
        table = observatory.map(as_of_s=at_s, at_s=at_s)
    row = next((one for one in table.rows if one.country == letters), None)
    if row is None:
        raise UsageError(
            f"no map names {letters}", code="map-missing", hint="give its hash rate by --share"
        )
    return row.share.interval(0.9)


def _letters(text: str) -> str:
    try:
        return parse_country(text)
    except FormatError as error:
        raise UsageError(error.message, code=error.code, hint=error.hint) from error


def _pools(opened: Opened, shares: str | None) -> tuple[list[str], NDArray[np.float64]]:
    if shares is not None:
        parts = [parse_share(one, what="a share", code="share-syntax") for one in shares.split(",")]
        return [f"pool {k + 1}" for k in range(len(parts))], np.array(parts)
    with opened() as observatory:
        end_s = observatory.end_s()
        table = observatory.rate(Window(start_s=end_s - _WINDOW_S, end_s=end_s))
    found = {
        row.hashrate.subject.partition(":")[2]: row.share.interval(0.9).median
        for row in table
        if row.share is not None and row.hashrate.subject.startswith("pool:")
    }
    large = {name: part for name, part in found.items() if part >= _LEAST_SHARE}
    if not large:
        raise UsageError(
            "the record names no pools", code="no-labels", hint="give their shares by --shares"
        )
    rest = max(0.0, 1.0 - sum(large.values()))
    names = [*sorted(large, key=lambda name: -large[name])]
    parts = [large[name] for name in names]
    if rest > 0.0:
        # Many small pools race as one of the smallest kind would: split what is left.
        pieces = max(1, round(rest / _LEAST_SHARE))
        names += [f"other {k + 1}" for k in range(pieces)]
        parts += [rest / pieces] * pieces
    whole = np.array(parts)
    return names, whole / whole.sum()
