"""Opinions of a catalog that was stepped again, stored where they differ from those there are."""

from typing import Any

from hashquake.catalog import pipeline
from hashquake.catalog.causes import explained
from hashquake.catalog.documents import quake_document
from hashquake.catalog.ledger import replayed_quakes
from hashquake.catalog.pipeline import PipelineState
from hashquake.catalog.quakes import ANCHOR_BLOCKS
from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change, Opinion
from hashquake.core.quake import Quake
from hashquake.core.record import Record
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.change_rows import opinion_changes

_CAUSES = frozenset({"causes"})


def bring_ledger_to(inside: Record, state: PipelineState) -> list[Change]:
    """Store what a catalog that was stepped again says beyond what is stored.

    Parameters
    ----------
    inside : Record
        Inside the transaction that rebuilt the state.
    state : PipelineState
        After the last block stored.

    Returns
    -------
    list of Change
        A change for each opinion stored; the caller adds them to the feed.
    """
    ledger = state.quakes.ledger
    documents = [quake_document(quake) for quake in ledger]
    added = replayed_quakes(
        inside.opinions("quake", scope=state.scope),
        documents,
        scope=state.scope,
        complete=True,
        at_s=state.quakes.clock_s,
        ignoring=_CAUSES,
    )
    quake_of = {_unnumbered(each): quake for each, quake in zip(documents, ledger, strict=True)}
    of_added = [quake_of.get(_unnumbered(one.document)) for one in added]
    with_causes = iter(
        explained(
            inside,
            [quake for quake in of_added if quake is not None],
            labelled=state.quakes.labelled,
            detectors=installed_detectors(),
        )
    )
    entered = tuple(
        one if quake is None else _with_causes(one, next(with_causes))
        for one, quake in zip(added, of_added, strict=True)
    )
    inside.add_opinions(entered)
    return opinion_changes(entered)


def brought_up(
    inside: Record, state: PipelineState, tip: tuple[int, bytes | None] | None
) -> PipelineState:
    """Step the blocks up to a tip that were stored by others, or without concluding from them.

    Parameters
    ----------
    inside : Record
        Inside a transaction.
    state : PipelineState
        Of blocks of the same chain, up to some height.
    tip : (int, bytes or None) or None
        Up to where.
    """
    if tip is None or state.quakes.height >= tip[0]:
        return state
    first = state.quakes.height - ANCHOR_BLOCKS + 1
    missed = inside.blocks(first_height=first, last_height=tip[0])
    state, _ = pipeline.step(state, Batch(blocks=missed))
    # What another program stored it has stated; what nobody concluded before is stated here.
    inside.add_changes(bring_ledger_to(inside, state))
    return state


def _unnumbered(document: Any) -> str:
    return repr(sorted((k, v) for k, v in document.items() if k != "revision"))


def _with_causes(opinion: Opinion, quake: Quake) -> Opinion:
    document = {**quake_document(quake), "revision": opinion.revision}
    return Opinion(
        kind=opinion.kind,
        scope=opinion.scope,
        name=opinion.name,
        revision=opinion.revision,
        document=document,
    )
