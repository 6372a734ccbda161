"""Pools at an instant: what they found, what they report, and whether chance explains the gap."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hashquake.core.interval import Interval, rounded
from hashquake.core.pool_exposure import Exposure
from hashquake.core.reading import Reading
from hashquake.core.record import Record
from hashquake.core.reported_rate import QUANTITY, ReportedState, reported_state
from hashquake.core.result_table import ResultTable
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount, PoolBlockCounts, pool_block_counts
from hashquake.estimate.drop import holm
from hashquake.estimate.pool_luck import PoolLuck, pool_luck
from hashquake.estimate.reported_mean import ReportedMean, reported_mean
from hashquake.estimate.shares import share_of
from hashquake.estimate.window import rate_of
from hashquake.observatory.measure import blocks_around, check_subject
from hashquake.pools.registry import bundled

if TYPE_CHECKING:
    import polars as pl

LEVEL = 0.9
_BEFORE_S = 2.0 * DAY_S
"""Reports read before the window: they show whether a value is frozen when it begins."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PoolStanding:
    """One pool over a window: blocks found compared with the hash rate it reports.

    Parameters
    ----------
    pool, name : str
        Slug, and the name people know.
    window : Window
        The time counted.
    n_blocks : int
        Blocks found.
    expected_blocks : Interval or None
        Blocks to expect of the reported hash rate; None where none is reported.
    found_hps, reported_hps : Interval, Interval or None
        The hash rate its blocks imply, and the mean of what it reports, hashes per second. The
        second interval is of what it says, not of the truth: a pool's bias does not show in it.
    luck_share : Interval or None
        The first over the second; 1 is what was to be expected.
    luck_p_value, luck_p_value_adjusted : float or None
        How often chance alone makes such a difference, for this pool, and with Holm's correction
        for the number of pools compared.
    share : Interval or None
        Its share of the network's blocks; None when nobody found one.
    reported_state : {"ok", "frozen", "silent", "none"}
        Of its reports at the window's end.
    reported_source : str or None
        Who read the reports.
    reported_covered_share : float
        Part of the window with a report that moved, 0 to 1.
    exposures : tuple of Exposure
        How much of it sits in places that went dark; empty unless asked for.
    """

    pool: str
    name: str
    window: Window
    n_blocks: int
    expected_blocks: Interval | None
    found_hps: Interval
    reported_hps: Interval | None
    luck_share: Interval | None
    luck_p_value: float | None
    luck_p_value_adjusted: float | None
    share: Interval | None
    reported_state: ReportedState
    reported_source: str | None
    reported_covered_share: float
    exposures: tuple[Exposure, ...] = ()

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the units."""
        said = (
            f"reports {rounded(self.reported_hps.median)} H/s"
            if self.reported_hps is not None
            else f"reports: {self.reported_state}"
        )
        return (
            f"<PoolStanding {self.pool}: {self.n_blocks} blocks, "
            f"found {rounded(self.found_hps.median)} H/s, {said}>"
        )


class PoolStandings(tuple[PoolStanding, ...], ResultTable):
    """Pools over one window, most blocks first; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a pool, limits in columns of their own.

        Returns
        -------
        polars.DataFrame
            Columns ``found_hps_median``, ``found_hps_low``, ``found_hps_high`` and so on; null
            where a pool reports nothing.
        """
        import polars as pl

        return pl.DataFrame([_row(one) for one in self], infer_schema_length=None)


def pool_standings(record: Record, window: Window, *, named: tuple[str, ...] = ()) -> PoolStandings:
    """Compare what pools found with what they report; see `Observatory.pools`.

    Only readings that end in the window or before it are used: what was known then.

    Parameters
    ----------
    record : Record
        With blocks and reports.
    window : Window
        In which blocks are counted.
    named : tuple of str
        Subjects that have a row even where they found no block and report nothing.
    """
    counts = pool_block_counts(
        blocks_around(record, window), window, record.coverage(), network=record.network
    )
    found = {one.subject: one for one in counts.pools if one.n_blocks}
    spoken = _speaking(record, window.end_s)
    for subject in named:
        check_subject(record, subject)
    subjects = [*found, *sorted((spoken | set(named)) - found.keys())]
    rows = [
        _standing(record, subject, found.get(subject), counts, window, subject in spoken)
        for subject in subjects
    ]
    compared = [at for at, row in enumerate(rows) if row.luck_p_value is not None]
    adjusted = holm([rows[at].luck_p_value or 0.0 for at in compared])
    for at, p_value in zip(compared, adjusted, strict=True):
        rows[at] = replace(rows[at], luck_p_value_adjusted=p_value)
    return PoolStandings(rows)


def with_exposures(rows: PoolStandings, found: tuple[Exposure, ...]) -> PoolStandings:
    """Return the rows with how much of each pool sits in places that went dark.

    Parameters
    ----------
    rows : PoolStandings
        One row a pool.
    found : tuple of Exposure
        Of any pools and places.
    """
    return PoolStandings(
        replace(row, exposures=tuple(one for one in found if one.pool == row.pool)) for row in rows
    )


def _speaking(record: Record, at_s: float) -> set[str]:
    """Name the pools that had reported by an instant."""
    return {
        span.subject
        for span in record.reading_spans()
        if span.quantity == QUANTITY
        and span.subject.startswith("pool:")
        and span.window.start_s < at_s
    }


def _standing(
    record: Record,
    subject: str,
    found: BlockCount | None,
    counts: PoolBlockCounts,
    window: Window,
    speaks: bool,
) -> PoolStanding:
    own = found or _none_found(subject, counts, window)
    reports, mean = _reports(record, subject, window) if speaks else ((), None)
    state: ReportedState = reported_state(reports, window.end_s)
    if speaks and not reports:
        state = "silent"
    luck: PoolLuck | None = None
    if mean is not None:
        luck = pool_luck(own.n_counted, own.exposure_s_per_hash, mean, level=LEVEL)
    pool = parse_subject(subject).name
    return PoolStanding(
        pool=pool,
        name=_names().get(pool, pool),
        window=window,
        n_blocks=own.n_blocks,
        expected_blocks=None if luck is None else luck.expected_blocks,
        found_hps=rate_of(own).interval(LEVEL),
        reported_hps=None if mean is None else mean.interval(LEVEL),
        luck_share=None if luck is None else luck.luck_share,
        luck_p_value=None if luck is None else luck.p_value,
        luck_p_value_adjusted=None,
        share=share_of(counts, window, subject).interval(LEVEL) if counts.n_labelled else None,
        reported_state=state,
        reported_source=reports[-1].source if reports else None,
        reported_covered_share=0.0 if mean is None else mean.covered_share,
    )


def _none_found(subject: str, counts: PoolBlockCounts, window: Window) -> BlockCount:
    """Return the count of a pool that found no block: it had the same chance as the others."""
    exposure = counts.pools[0].exposure_s_per_hash
    equal = None if counts.pools[0].n_equal is None else 0.0
    return BlockCount(
        subject=subject, window=window, n_blocks=0, exposure_s_per_hash=exposure, n_equal=equal
    )


def _reports(
    record: Record, subject: str, window: Window
) -> tuple[tuple[Reading, ...], ReportedMean | None]:
    """Return the series of a pool's reports that covers most of the window, and its mean."""
    around = Window(start_s=window.start_s - _BEFORE_S, end_s=window.end_s)
    series: dict[str, list[Reading]] = {}
    for reading in record.readings(subject=subject, window=around):
        if reading.quantity == QUANTITY and reading.window.end_s <= window.end_s:
            series.setdefault(reading.source, []).append(reading)
    means = {source: reported_mean(readings, window) for source, readings in series.items()}

    def merit(source: str) -> tuple[float, float, str]:
        mean = means[source]
        covered_share = 0.0 if mean is None else mean.covered_share
        return covered_share, series[source][-1].window.end_s, source

    if not series:
        return (), None
    best = max(series, key=merit)
    return tuple(series[best]), means[best]


def _names() -> dict[str, str]:
    return {pool.slug: pool.name for pool in bundled().pools}


def _row(one: PoolStanding) -> dict[str, Any]:
    row: dict[str, Any] = {
        "pool": one.pool,
        "name": one.name,
        "start_s": one.window.start_s,
        "end_s": one.window.end_s,
        "n_blocks": one.n_blocks,
    }
    for name in ("expected_blocks", "found_hps", "reported_hps", "luck_share", "share"):
        interval = getattr(one, name)
        for part in ("median", "low", "high"):
            row[f"{name}_{part}"] = None if interval is None else getattr(interval, part)
    return row | {
        "luck_p_value": one.luck_p_value,
        "luck_p_value_adjusted": one.luck_p_value_adjusted,
        "reported_state": one.reported_state,
        "reported_source": one.reported_source,
        "reported_covered_share": one.reported_covered_share,
    }
