"""The catalog of quakes by replay: feed from the start, without touching what is stored."""

from dataclasses import replace

import numpy as np

from hashquake.catalog.book_order import CatalogState
from hashquake.catalog.causes import explained
from hashquake.catalog.documents import quake_document
from hashquake.catalog.in_turn import in_turn, pool_reports
from hashquake.catalog.ledger import replayed_quakes
from hashquake.catalog.pipeline import levels_of, start
from hashquake.catalog.pipeline import step as step_pipeline
from hashquake.catalog.quakes import DETECTORS, step
from hashquake.core.columns import BlockColumns
from hashquake.core.network import require_steady_bits
from hashquake.core.opinion import Searched, quake_scope
from hashquake.core.quake import Quake
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.detect.detector_choice import OWN, Detectors

_FAR_S = 1e12


def replay(
    record: Record,
    *,
    false_alarms_per_year: float,
    until_s: float | None,
    write: bool,
    detectors: Detectors = OWN,
) -> tuple[Quake, ...]:
    """Build the catalog by replay; see `Observatory.replay`.

    Parameters
    ----------
    record : Record
        Whose blocks.
    false_alarms_per_year : float
        Of the detectors' thresholds, above 0.
    until_s : float or None
        Only blocks and readings known by then are used, that instant included, UTC Unix seconds;
        None is all.
    write : bool
        Whether to store the opinions formed.
    detectors : Detectors
        Those that judge readings.
    """
    state, end_s = _replayed(record, false_alarms_per_year=false_alarms_per_year, until_s=until_s)
    if not write:
        return explained(record, state.quakes(), labelled=state.labelled, detectors=detectors)
    ledger = explained(record, state.ledger, labelled=state.labelled, detectors=detectors)
    scope = quake_scope(false_alarms_per_year)
    with record.writing() as inside:
        searched = [one for one in inside.searched("quake") if one.scope == scope]
        complete = until_s is None or all(one.window.end_s <= until_s for one in searched)
        added = replayed_quakes(
            inside.opinions("quake", scope=scope),
            [quake_document(quake) for quake in ledger],
            scope=scope,
            complete=complete,
            at_s=state.clock_s,
        )
        inside.add_opinions(added)
        first_s = _first_s(inside)
        if first_s is not None and end_s is not None and first_s < end_s and complete:
            span = Window(start_s=first_s, end_s=end_s)
            inside.add_searched([quake_search(scope, span)])
    return replace(state, ledger=ledger).quakes()


def quake_search(scope: str, window: Window) -> Searched:
    """Return the statement that the chain was searched for quakes of a catalog.

    Parameters
    ----------
    scope : str
        The catalog's name, from `quake_scope`.
    window : Window
        The part of the chain that was searched.
    """
    return Searched(kind="quake", scope=scope, subject=NETWORK, window=window, detectors=DETECTORS)


def _replayed(
    record: Record, *, false_alarms_per_year: float, until_s: float | None
) -> tuple[CatalogState, float | None]:
    """Return the catalog's state, and the instant up to which the chain was watched."""
    require_steady_bits(record.network, "the detection of falls")
    blocks = record.blocks()
    seen = record.coverage().windows
    observed_s = seen[-1].end_s + 1.0 if seen else None
    end_s = observed_s
    if until_s is not None:
        # What was known then: the chain up to the last block dated at that instant or before, and
        # what was detected at that very instant.
        end_s = float(np.nextafter(until_s, np.inf))
        known = record.blocks(window=Window(start_s=0.0, end_s=end_s))
        top = int(known.height.max()) if len(known) else -1
        blocks = blocks.take(blocks.height <= top)
    reports = pool_reports(record, until_s=_FAR_S if until_s is None else until_s)
    pipe = start(false_alarms_per_year=false_alarms_per_year, gaps=load_label_gaps())
    for batch in in_turn(blocks, reports):
        pipe, _ = step_pipeline(pipe, batch)
    state = pipe.quakes
    if end_s is not None and observed_s is not None:
        # Silence counts up to the end of what was observed, and no further.
        watched_s = max(min(end_s, observed_s), state.clock_s + 1.0)
        state, _ = step(
            state, BlockColumns.empty(), watched_s, vouched=True, levels=levels_of(pipe.reports)
        )
    return state, end_s if until_s is None else until_s


def _first_s(record: Record) -> float | None:
    seen = record.coverage().windows
    return seen[0].start_s if seen else None
