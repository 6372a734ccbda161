"""The catalog while blocks and readings come in: one step a batch, live and in replay.

Pure: a step takes a state and gives a new one with what it means for the ledger. Storing it, and
searching the readings of the countries that a step names, is the observatory's part.

The law, checked by property tests: stepping a whole gives the same opinions as stepping any split
of it, with or without a snapshot in between.
"""

from dataclasses import dataclass, replace

from hashquake.catalog.book_order import CatalogState
from hashquake.catalog.quakes import DETECTORS, again_from, step_reported
from hashquake.catalog.quakes import start as start_quakes
from hashquake.catalog.quakes import step as step_quakes
from hashquake.catalog.reported_review import Levels
from hashquake.catalog.snapshot import FORMAT, SnapshotError, decode, encode
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.label_gap import LabelGap
from hashquake.core.opinion import Snapshot, quake_scope
from hashquake.core.pick import ReportedSum
from hashquake.core.quake import Quake
from hashquake.core.window import Window
from hashquake.detect import reported_drop
from hashquake.detect.reported_drop import ReportedDropState

KIND = "catalog"
VERSION = f"{FORMAT}+{DETECTORS}"
"""Snapshots of other versions are not read."""
_GAP_STEPS = 2.0
"""A series is silent when nothing came for so many of its steps."""


class LateReportError(Exception):
    """What pools reported came in too late for a step: rebuild the pipeline from the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingGap:
    """A stretch in which a series of readings was silent, noticed when it spoke again.

    Parameters
    ----------
    subject, quantity, source : str
        The series.
    window : Window
        From its last value to the next.
    """

    subject: str
    quantity: str
    source: str
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineEvents:
    """What a step means.

    Parameters
    ----------
    quakes : tuple of Quake
        Opinions formed, in order, each in the next revision of its quake.
    subjects : tuple of str
        Countries to be searched: readings came that may move their outages.
    gaps : tuple of ReadingGap
        Series that spoke again after a silence.
    """

    quakes: tuple[Quake, ...] = ()
    subjects: tuple[str, ...] = ()
    gaps: tuple[ReadingGap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PipelineState:
    """The pipeline between two steps.

    Parameters
    ----------
    false_alarms_per_year : float
        Of the catalog of quakes.
    quakes : CatalogState
        The catalog of quakes.
    reports : ReportedDropState
        The detector that follows what pools report.
    spoken : tuple of ((str, str, str), float)
        When each series of readings last spoke: subject, quantity, source; UTC Unix seconds.
    """

    false_alarms_per_year: float
    quakes: CatalogState
    reports: ReportedDropState
    spoken: tuple[tuple[tuple[str, str, str], float], ...] = ()

    @property
    def scope(self) -> str:
        """The catalog of quakes that it makes."""
        return quake_scope(self.false_alarms_per_year)


def start(*, false_alarms_per_year: float = 1.0, gaps: tuple[LabelGap, ...] = ()) -> PipelineState:
    """Return the state before anything was seen; see `hashquake.catalog.quakes.start`.

    Parameters
    ----------
    false_alarms_per_year : float
        Of the detectors' thresholds, above 0.
    gaps : tuple of LabelGap
        Known gaps in labels.
    """
    return PipelineState(
        false_alarms_per_year=false_alarms_per_year,
        quakes=start_quakes(false_alarms_per_year=false_alarms_per_year, gaps=gaps),
        reports=reported_drop.start(false_alarms_per_year=false_alarms_per_year),
    )


def step(
    state: PipelineState, batch: Batch, *, now_s: float | None = None, vouched: bool = False
) -> tuple[PipelineState, PipelineEvents]:
    """Take a batch, or with an empty one the silence up to an instant.

    Of a batch with both, what pools report is taken before the blocks.

    Parameters
    ----------
    state : PipelineState
        Where it stood; not changed.
    batch : Batch
        As it was stored. Repeats are passed over and reorgs followed; see
        `hashquake.catalog.quakes.step`.
    now_s : float or None
        Up to when the chain is known to have been watched, UTC Unix seconds.
    vouched : bool
        Whether all the time since the last block was watched; else a leap is not believed.

    Returns
    -------
    PipelineState and PipelineEvents

    Raises
    ------
    LateReportError
        When reports came after something that the catalog cannot go back before.
    """
    reports, picks = reported_drop.step(state.reports, batch.readings)
    levels = levels_of(reports)
    reported = step_reported(state.quakes, picks, levels)
    if reported is None or reports.n_late > state.reports.n_late:
        raise LateReportError
    quakes, formed = step_quakes(reported[0], batch.blocks, now_s, vouched=vouched, levels=levels)
    formed = (*reported[1], *formed)
    spoken = dict(state.spoken)
    gaps: list[ReadingGap] = []
    for reading in sorted(batch.readings, key=lambda one: one.window):
        series = (reading.subject, reading.quantity, reading.source)
        last_s = spoken.get(series)
        window = reading.window
        if last_s is not None and window.start_s > last_s + _GAP_STEPS * window.duration_s:
            silent = Window(start_s=last_s, end_s=window.start_s)
            subject, quantity, source = series
            gaps.append(
                ReadingGap(subject=subject, quantity=quantity, source=source, window=silent)
            )
        spoken[series] = window.end_s if last_s is None else max(last_s, window.end_s)
    countries = {one.subject for one in batch.readings if one.subject.startswith("country:")}
    events = PipelineEvents(quakes=formed, subjects=tuple(sorted(countries)), gaps=tuple(gaps))
    moved = replace(state, quakes=quakes, reports=reports, spoken=tuple(sorted(spoken.items())))
    return moved, events


def levels_of(reports: ReportedDropState) -> Levels:
    """Return what says how much pools reported in two windows.

    Parameters
    ----------
    reports : ReportedDropState
        The detector that has followed them.
    """

    def levels(before: Window, after: Window) -> ReportedSum | None:
        return reported_drop.reported_levels(reports, before, after)

    return levels


def rewound(
    state: PipelineState, height: int, blocks: BlockColumns
) -> tuple[PipelineState, PipelineEvents] | None:
    """Take the blocks from a height on again; see `hashquake.catalog.quakes.again_from`.

    Parameters
    ----------
    state : PipelineState
        The pipeline's state.
    height : int
        The lowest height that changed.
    blocks : BlockColumns
        The main chain's blocks above the last anchor below that height; more does no harm.
    """
    found = again_from(state.quakes, height, blocks, levels_of(state.reports))
    if found is None:
        return None
    quakes, formed = found
    return replace(state, quakes=quakes), PipelineEvents(quakes=formed)


def snapshot(state: PipelineState) -> Snapshot:
    """Write a state down, so that a program that starts again goes on at once.

    When series last spoke is left out: readings may come between two snapshots, and the record
    itself says it.

    Parameters
    ----------
    state : PipelineState
        The pipeline between two steps.
    """
    return Snapshot(
        kind=KIND,
        scope=state.scope,
        version=VERSION,
        height=state.quakes.height,
        state=encode(replace(state, spoken=())),
    )


def restore(found: Snapshot | None) -> PipelineState | None:
    """Read a state that `snapshot` wrote.

    Parameters
    ----------
    found : Snapshot or None
        The stored snapshot; None when there is none.

    Returns
    -------
    PipelineState or None
        None when there is no snapshot, or one of other code: the state is rebuilt then.
    """
    if found is None or found.version != VERSION:
        return None
    try:
        state = decode(found.state)
    except SnapshotError:
        return None
    return state if isinstance(state, PipelineState) else None
