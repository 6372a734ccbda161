"""Places that went dark within weeks of each other, with the blocks of all pools around them.

Such intensities share their before and after and are looked at together: what is dark time for one
is not lit time for another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.label_gap import LabelGap
from hashquake.core.network import MAIN, Network
from hashquake.core.outage_intensity import OutageIntensity
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.estimate.exposure import work_in_force
from hashquake.estimate.intervention import NETWORK_STEP
from hashquake.estimate.volatility import Drift

Floats = NDArray[np.float64]

BEFORE_S = 21.0 * DAY_S
AFTER_S = 7.0 * DAY_S
GRACE_S = 1.0 * DAY_S
"""After the lights are on again machines take a day to come back: it counts for neither."""
OTHERS = "others"
_LIT_CELL_S = 0.75 * DAY_S
_DARK_CELL_S = 1.0 * DAY_S
_SEGMENT_S = 4.0 * DAY_S
_LEAST_BLOCKS = 8
_LEAST_BEFORE_S = 3.0 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Episode:
    """Blocks of P pools in m cells of time, of which J segments were dark in K places.

    Parameters
    ----------
    intensities : tuple of OutageIntensity
        The E intensities, in order of onset.
    places : tuple of (str, str)
        The K distinct countries and places they struck.
    place_of : array of int, shape (E,)
        Which place each struck.
    pools : tuple of str
        Slugs, most blocks before first; the last may be `OTHERS`.
    notes : dict
        What a reader must know of a pool's blocks, by slug.
    edges_s : array of float, shape (m + 1,)
        UTC Unix seconds.
    n_blocks : array of float, shape (P, m)
        Blocks found.
    exposure : array of float, shape (m,)
        Time over work, in units in which the whole network finds about one block per unit.
    log_unit_hps : float
        Log of the hash rate that finds one block per unit of exposure.
    lit : array of bool, shape (m,)
        Cells in which nobody was dark and nobody was coming back.
    segment : array of int, shape (m,)
        The dark segment a cell belongs to, or -1.
    dark : array of float, shape (E, J)
        Mean intensity in each segment.
    share_before : array of float, shape (P,)
        Shares of the network before the first onset.
    walk_log_per_sqrt_day : float
        Standard deviation of the random walk of the network's log rate after a day.
    growth_log_per_day : float
        Mean growth of the log rate.
    """

    intensities: tuple[OutageIntensity, ...]
    places: tuple[tuple[str, str], ...]
    place_of: NDArray[np.int64]
    pools: tuple[str, ...]
    notes: dict[str, str]
    edges_s: Floats
    n_blocks: Floats
    exposure: Floats
    log_unit_hps: float
    lit: NDArray[np.bool_]
    segment: NDArray[np.int64]
    dark: Floats
    share_before: Floats
    walk_log_per_sqrt_day: float
    growth_log_per_day: float

    @property
    def n_segments(self) -> int:
        """Number of dark segments."""
        return int(self.dark.shape[1])

    def in_segments(self, values: Floats) -> Floats:
        """Add up values of cells, shape (..., m), over the dark segments, shape (..., J).

        Parameters
        ----------
        values : array of float64, shape (..., m)
            One value a cell.
        """
        summed = [values[..., self.segment == j].sum(axis=-1) for j in range(self.n_segments)]
        return np.stack(summed, axis=-1)


def episodes_of(intensities: Iterable[OutageIntensity]) -> tuple[tuple[OutageIntensity, ...], ...]:
    """Gather intensities that lie in each other's before or after.

    Parameters
    ----------
    intensities : iterable of OutageIntensity
        In any order.
    """
    groups: list[list[OutageIntensity]] = []
    reach_s = -np.inf
    for one in sorted(intensities, key=lambda each: (each.span.start_s, each.event)):
        if groups and one.span.start_s - BEFORE_S < reach_s:
            groups[-1].append(one)
        else:
            groups.append([one])
            reach_s = -np.inf
        reach_s = max(reach_s, one.span.end_s + GRACE_S)
    return tuple(tuple(group) for group in groups)


def view_of(intensities: tuple[OutageIntensity, ...]) -> Window:
    """Return the stretch of time an episode looks at.

    Parameters
    ----------
    intensities : tuple of OutageIntensity
        One group of `episodes_of`: at least one, by onset.
    """
    last = max(intensities, key=lambda one: one.span.end_s)
    after_s = GRACE_S + AFTER_S if last.recovers else 0.0
    return Window(start_s=intensities[0].span.start_s - BEFORE_S, end_s=last.span.end_s + after_s)


def count_episode(
    blocks: BlockColumns,
    intensities: tuple[OutageIntensity, ...],
    coverage: Coverage,
    *,
    label_gaps: tuple[LabelGap, ...] = (),
    network: Network = MAIN,
    drift: Drift | None = None,
) -> Episode:
    """Count the blocks of an episode.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, of the time of `view_of` and of what their difficulty rests on.
    intensities : tuple of OutageIntensity
        One group of `episodes_of`.
    coverage : Coverage
        What was observed.
    label_gaps : tuple of LabelGap
        Pools whose blocks go under another name for a while; both names become one row.
    network : Network
        Whose retarget rule holds.
    drift : Drift or None
        How the hash rate of all pools together drifted and grew before the first onset; None takes
        that of a quiet year.

    Raises
    ------
    NoCoverage
        ``no-coverage`` when the dark time or the three days before it were not observed.
    """
    blocks = blocks.main()
    view, onset_s = view_of(intensities), intensities[0].span.start_s
    end_s = max(one.span.end_s for one in intensities)
    name = intensities[0].event
    coverage.require(Window(start_s=onset_s - _LEAST_BEFORE_S, end_s=end_s), what=name)
    held = next(part for seen in coverage.windows if (part := seen.overlap(view)) is not None
                and part.holds(onset_s))  # fmt: skip
    edges_s, lit, segment = _cells(intensities, held)
    inside = (blocks.header_s >= held.start_s) & (blocks.header_s < held.end_s)
    gaps = [gap for gap in label_gaps if gap.window.overlap(held) is not None]
    pools, rows, notes = _rows(blocks.take(inside), gaps, onset_s)
    counts = np.zeros((len(pools), len(edges_s) - 1))
    cell = np.searchsorted(edges_s, blocks.header_s[inside], side="right") - 1
    np.add.at(counts, (rows, cell), 1.0)
    exposure = work_in_force(blocks, network=network).exposure_s_per_hash(edges_s[:-1], edges_s[1:])
    before = edges_s[1:] <= onset_s
    if not counts[:, before].sum():
        raise NoCoverage(f"no block was found before {name}", code="no-blocks")
    unit = counts[:, before].sum() / exposure[before].sum()
    intensity = np.array([one.intensity(edges_s) for one in intensities])
    n_segments = int(segment.max()) + 1
    weights = np.array([np.where(segment == j, exposure, 0.0) for j in range(n_segments)])
    places = tuple(dict.fromkeys((one.country, one.place) for one in intensities))
    n_before = counts[:, before].sum(axis=1) + 0.5
    walk, growth = NETWORK_STEP.drift_log_per_sqrt_day, NETWORK_STEP.growth_log_per_day
    if drift is not None:
        # Rounded, so that an estimate made before is found again on another processor.
        walk, growth = round(drift.walk, 4), round(drift.growth, 5)
    return Episode(
        intensities=intensities,
        places=places,
        place_of=np.array([places.index((one.country, one.place)) for one in intensities]),
        pools=pools,
        notes=notes,
        edges_s=edges_s,
        n_blocks=counts,
        exposure=exposure * unit,
        log_unit_hps=float(np.log(unit)),
        lit=lit,
        segment=segment,
        dark=intensity @ weights.T / weights.sum(axis=1),
        share_before=n_before / n_before.sum(),
        walk_log_per_sqrt_day=walk,
        growth_log_per_day=growth,
    )


def _cells(
    intensities: tuple[OutageIntensity, ...], view: Window
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    """Cut time at every onset and end; give edges, lit cells and dark segments."""
    cuts = {view.start_s, view.end_s}
    for one in intensities:
        span = one.span
        cuts |= {span.start_s, span.end_s, span.end_s + GRACE_S if one.recovers else span.end_s}
    inner = sorted(cut for cut in cuts if view.start_s <= cut <= view.end_s)
    edges, lit, segment, n_segments = [inner[0]], [], [], 0
    for start_s, end_s in pairwise(inner):
        middle_s = (start_s + end_s) / 2.0
        dark = any(_is_dark(one, middle_s) for one in intensities)
        grace = any(one.recovers and 0.0 <= middle_s - one.span.end_s < GRACE_S
                    for one in intensities)  # fmt: skip
        n_parts = max(1, round((end_s - start_s) / _SEGMENT_S)) if dark else 1
        each_s = (end_s - start_s) / n_parts
        n_cells = max(1, round(each_s / (_DARK_CELL_S if dark else _LIT_CELL_S)))
        edges += np.linspace(start_s, end_s, n_parts * n_cells + 1)[1:].tolist()
        lit += [not dark and not grace] * (n_parts * n_cells)
        segment += np.repeat(
            np.arange(n_segments, n_segments + n_parts) if dark else [-1], n_cells
        ).tolist()
        n_segments += n_parts if dark else 0
    return np.array(edges), np.array(lit), np.array(segment)


def _is_dark(one: OutageIntensity, at_s: float) -> bool:
    return one.span.holds(at_s) or (not one.recovers and at_s >= one.span.start_s)


def _rows(
    blocks: BlockColumns, gaps: list[LabelGap], onset_s: float
) -> tuple[tuple[str, ...], NDArray[np.int64], dict[str, str]]:
    """Return the pools distinguished, the row of each block, and notes."""
    code = blocks.pool_code.copy()
    names = blocks.pool_names
    notes = {}
    for gap in gaps:
        # Under one name throughout, or the gap in labels would pass for a fall and a rise.
        if gap.pool in names and gap.filed_under in names:
            code[code == names.index(gap.pool)] = names.index(gap.filed_under)
            notes[gap.filed_under] = f"with the blocks of {gap.pool}: {gap.note}"
    before = code[(blocks.header_s < onset_s) & (code >= 0)]
    counts = np.bincount(before, minlength=len(names))
    told = [int(at) for at in np.argsort(-counts, kind="stable") if counts[at] >= _LEAST_BLOCKS]
    row_of = np.full(len(names) + 1, len(told), np.int64)
    row_of[told] = np.arange(len(told))
    rows = row_of[code]
    pools = tuple(names[at] for at in told)
    if (rows == len(told)).any() or not told:
        pools = (*pools, OTHERS)
        notes[OTHERS] = "small pools together, and blocks whose pool was never looked up"
    return pools, rows, notes
