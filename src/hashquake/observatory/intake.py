"""The one door: every batch is named, checked and kept here, live or replayed."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hashquake.core import clock
from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch, Progress, SourceContext
from hashquake.core.coverage import Coverage
from hashquake.core.errors import (
    ChainError,
    HashquakeError,
    InputError,
    RecordError,
    SourceError,
    UsageError,
)
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import MAIN
from hashquake.core.option_problem import option_problem
from hashquake.core.record import AppendResult, Record
from hashquake.core.regular_file import refuse_special_in
from hashquake.core.run import Run
from hashquake.core.secret_url import without_passwords
from hashquake.datasets.bundled import bundled_epoch_bits
from hashquake.observatory.adopted_outages import adopt_outages
from hashquake.observatory.deep_reorg import deep_reorg
from hashquake.observatory.found_rates import found_rates
from hashquake.observatory.own_clock import refuse_ahead
from hashquake.observatory.own_faults import own_faults_named
from hashquake.plugins import load_plugin

if TYPE_CHECKING:
    from hashquake.observatory.following import Follower


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What a run of a source changed.

    Parameters
    ----------
    changes : AppendResult
        Summed over its batches.
    first_height, last_height : int or None
        Of the main-chain blocks read; None when none were.
    coverage : Coverage
        Of the chain in the record afterwards; of a source of readings alone, the time for which
        it gave a value.
    partial : bool
        Whether it was stopped before its end; what was read is kept.
    notes : tuple of str
        What the source left out, waited for or did otherwise than usual, a sentence each.
    """

    changes: AppendResult
    first_height: int | None
    last_height: int | None
    coverage: Coverage
    partial: bool
    notes: tuple[str, ...] = ()


def new_follower() -> "Follower":
    """Return the catalog's pipeline; its science takes longer to load than most questions do."""
    from hashquake.observatory.following import Follower

    return Follower()


def feed(
    record: Record,
    batch: Batch,
    *,
    source: str,
    follower: "Follower",
    now_s: float,
    bulk: bool = False,
) -> AppendResult:
    """Take in a batch: name its pools, check its chain, store it and step the catalog with it.

    All of it is one transaction: it is kept whole or not at all.

    Parameters
    ----------
    record : Record
        Where it is kept.
    batch : Batch
        Main-chain blocks in height order; stale ones marked.
    source : str
        Who gives it.
    follower : Follower
        The catalog's pipeline of this record.
    now_s : float
        Our clock, UTC Unix seconds: nothing ahead of it is kept.
    bulk : bool
        Whether more follows at once; see `Follower.take`. Whoever sets it calls `settle` after
        the last batch.

    Raises
    ------
    ChainError
        When its blocks break a rule of the chain; nothing of the batch is kept.
    InputError
        What `hashquake.observatory.own_clock.refuse_ahead` raises.
    RecordError
        When it cannot be kept.
    ConclusionError
        When what follows from it cannot be concluded; nothing of the batch is kept.
    """
    kept = _checked(record, batch, now_s)
    with own_faults_named() as concluding, _undone(follower), record.writing() as inside:
        before = inside.tip()
        _check_blocks(inside, kept, before)
        concluding.now = True
        follower.ready(inside)
        concluding.now = False
        result = inside.append(kept, source=source)
        concluding.now = True
        stepped = follower.take(inside, kept, result, before=before, bulk=bulk)
    follower.keep(stepped)
    return result


def feed_alone(
    record: Record, batch: Batch, *, source: str, follower: "Follower", now_s: float
) -> AppendResult:
    """Store a batch and conclude nothing from it; `settle` does that later.

    Parameters
    ----------
    record : Record
        Where it is kept.
    batch : Batch
        Main-chain blocks in height order; stale ones marked.
    source : str
        Who gives it.
    follower : Follower
        The catalog's pipeline of this record.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    ChainError, InputError, RecordError
        As `feed` does.
    """
    kept = _checked(record, batch, now_s)
    with _undone(follower), record.writing() as inside:
        before = inside.tip()
        _check_blocks(inside, kept, before)
        result = inside.append(kept, source=source)
        follower.leave(inside, kept, result, before=before)
    return result


def _checked(record: Record, batch: Batch, now_s: float) -> Batch:
    """Return a batch with its pools named, unless it is of the future."""
    refuse_ahead(batch, now_s)
    blocks = identified(batch.blocks)
    if record.network.stands_for_main and len(blocks):
        from hashquake.observatory.rehearsed import with_main_difficulty

        blocks = with_main_difficulty(blocks)
    return replace(batch, blocks=blocks)


def _check_blocks(inside: Record, batch: Batch, tip: tuple[int, bytes | None] | None) -> None:
    """Refuse main-chain blocks that do not follow from what is stored."""
    main = batch.blocks.main()
    if len(main):
        first = int(main.height[0])
        _refuse_gap(tip, first)
        state = inside.chain_state(first, prev=main.prev[0])
        check_chain(main, state, network=inside.network)


def settle(record: Record, follower: "Follower", *, formed: Record | None = None) -> None:
    """Do after the last batch of a run what its batches left undone.

    Parameters
    ----------
    record : Record
        That was fed.
    follower : Follower
        The catalog's pipeline of this record.
    formed : Record or None
        A record with the same blocks and readings, whose catalog is taken over where it fits.

    Raises
    ------
    ConclusionError
        When that cannot be concluded; the batches are stored.
    """
    ours = own_faults_named(concluding=True)
    with ours, _undone(follower), record.writing() as inside:
        if formed is not None:
            follower.keep(follower.adopt(inside, formed))
            adopt_outages(inside, formed)
        stepped = follower.settle(inside)
    follower.keep(stepped)


@contextmanager
def _undone(follower: "Follower") -> Iterator[None]:
    """Have the follower let go of a transaction that is not committed."""
    try:
        yield
    except BaseException:
        follower.undo()
        raise


def _refuse_gap(tip: tuple[int, bytes | None] | None, first_height: int) -> None:
    if tip is not None and first_height > tip[0] + 1:
        raise ChainError(
            f"heights {tip[0] + 1} to {first_height - 1} are missing between the record and "
            f"what is to be added",
            code="height-gap",
            height=tip[0] + 1,
            hint="ingest the missing blocks first, or start a new record",
        )


def ingest(
    record: Record,
    source: str,
    options: Mapping[str, Any],
    *,
    now_s: Callable[[], float],
    progress: Callable[[Progress], None],
    follower: "Follower",
    note: Callable[[str], None] = lambda _sentence: None,
    transport: Any = None,
) -> IngestResult:
    """Read a source to its end into a record; see `Observatory.ingest`.

    Parameters
    ----------
    record : Record
        Where to store.
    source : str
        The plugin's name.
    options : mapping of str to object
        Of its ``Options``.
    now_s : callable
        The clock, UTC Unix seconds.
    progress : callable
        Called now and then with how far it is.
    follower : Follower
        The catalog's state.
    note : callable
        Called with each line for the user.
    transport : object
        What carries HTTP in place of the network, for tests; None is the network.
    """
    plugin = load_plugin("sources", source)
    notes: list[str] = []

    def noted(sentence: str) -> None:
        if sentence not in notes:  # a source that reads its table twice says it once
            notes.append(sentence)
            note(sentence)

    context = SourceContext(
        record=record,
        now_s=now_s,
        sleep=clock.sleep,
        transport=transport,
        progress=progress,
        note=noted,
        epoch_bits=bundled_epoch_bits() if record.network == MAIN else {},
        found_hps=found_rates(record, now_s),
    )
    changes = AppendResult()
    first: int | None = None
    last: int | None = None
    partial = False
    seen = Coverage()
    try:
        for batch in plugin.read(checked_options(plugin, source, options), context):
            result = feed(record, batch, source=source, follower=follower, now_s=now_s(), bulk=True)
            changes += result
            if (deep := deep_reorg(result)) is not None:
                noted(deep)
            seen = seen.joined(batch.observed)
            main = batch.blocks.main()
            if len(main):
                first = int(main.height[0]) if first is None else first
                last = int(main.height[-1])
    except KeyboardInterrupt:
        partial = True
    except (SourceError, InputError) as error:
        _keep_failure(record, source, error, now_s())
        if changes != AppendResult():
            settle(record, follower)
        raise
    if changes != AppendResult():
        settle(record, follower)
    record.add_run(Run(source=source, ended_s=now_s()))
    return IngestResult(
        changes=changes,
        first_height=first,
        last_height=last,
        coverage=record.coverage() if "blocks" in plugin.CARD.gives else seen,
        partial=partial,
        notes=tuple(notes),
    )


def _keep_failure(record: Record, source: str, error: HashquakeError, ended_s: float) -> None:
    """Keep that a run failed, so that the source's silence is not taken for a quiet world."""
    message = visible_text(without_passwords(error.message), limit=300)
    try:
        record.add_run(Run(source=source, ended_s=ended_s, code=error.code, message=message))
    except RecordError:
        # What the source said matters more than that it could not be noted down.
        return


def identified(blocks: BlockColumns) -> BlockColumns:
    """Name the pools of blocks that carry a coinbase and no pool yet.

    A label that a source gave stays, so that a table of labels keeps meaning what it meant.

    Parameters
    ----------
    blocks : BlockColumns
        In any order.
    """
    if not blocks.coinbase.any():
        return blocks
    wanting = [
        at
        for at in range(len(blocks))
        if blocks.coinbase[at] is not None and blocks.pool_code[at] < 0
    ]
    if not wanting:
        return blocks
    from hashquake.pools.identify import identify_all
    from hashquake.pools.registry import bundled

    found = identify_all(
        coinbases=[blocks.coinbase[at] for at in wanting],
        payouts=[blocks.payouts[at] or () for at in wanting],
        headers_s=[int(blocks.header_s[at]) for at in wanting],
        registry=bundled(),
    )
    pools = [blocks.pool_of(at) for at in range(len(blocks))]
    for at, identification in zip(wanting, found, strict=True):
        pools[at] = identification.pool
    return blocks.with_pools(pools)


def checked_options(plugin: Any, source: str, options: Mapping[str, Any]) -> Any:
    """Return the options of a source as its own model, checked.

    Parameters
    ----------
    plugin : object
        The module of the source.
    source : str
        Its name.
    options : mapping of str to object
        As given.

    Raises
    ------
    UsageError
        ``option-invalid`` naming the option.
    """
    from pydantic import ValidationError

    try:
        checked = plugin.Options(**options)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        known = [name for name in plugin.Options.model_fields if name not in options]
        # A value that does not fit needs no other name.
        misspelt = where[:100] if where not in plugin.Options.model_fields else ""
        near = difflib.get_close_matches(misspelt, known, n=1)
        meant = f"did you mean {near[0].replace('_', '-')}? " if near else ""
        raise UsageError(
            f"{source} cannot be read: {option_problem(error)}",
            code="option-invalid",
            hint=f"{meant}see hashquake ingest {source.partition(':')[0]} --help",
        ) from None
    for name in type(checked).model_fields:
        refuse_special_in(getattr(checked, name))
    return checked
