"""Checks for authors of plugins: run them in your own tests.

They ask of a plugin what every room relies on, so that a plugin which passes works everywhere.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.contracts import Batch, DetectorCard, ScenarioCard, SourceCard, SourceContext
from hashquake.core.coverage import Coverage
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.network import Network
from hashquake.core.reading import Reading
from hashquake.core.subject import parse_subject
from hashquake.detect.anomaly_flags import ACCEPTED, UNSEEN, AnomalyFlags, join
from hashquake.detect.series import Series
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario import Scenario
from hashquake.forward.simulation import Simulation

_OF_READINGS = frozenset({"country", "region", "asn"})
_DETECTORS = "detectors"


def check_source(module: Any, options: dict[str, Any], context: SourceContext) -> BlockColumns:
    """Check a source plugin against its contract by reading it twice.

    Parameters
    ----------
    module : module
        The plugin.
    options : dict
        Options with which it gives at least one batch.
    context : SourceContext
        With an empty record and a transport that stands for the network.

    Returns
    -------
    BlockColumns
        The blocks read, for the author's own tests.

    Raises
    ------
    HashquakeError
        ``plugin-contract`` saying what is missing.
    ChainError
        When the main-chain blocks read break a rule of the chain.
    UsageError
        ``subject-syntax`` when a reading is about no subject.
    """
    name = module.__name__.rpartition(".")[2]
    _require(isinstance(module.CARD, SourceCard), "CARD is not a SourceCard")
    _require(module.CARD.name == name, f"CARD.name is {module.CARD.name!r}, the file is {name!r}")
    _require(issubclass(module.Options, BaseModel), "Options is not a pydantic model")
    silent = [field for field, info in module.Options.model_fields.items() if not info.description]
    _require(not silent, f"options without a description: {', '.join(silent)}")
    first, readings = _read(module, options, context, context.record.network)
    second, again = _read(module, options, context, context.record.network)
    same = len(first) == len(second) and all(
        first.block(at) == second.block(at) for at in range(len(first))
    )
    _require(same, "reading twice gave different blocks")
    _require(readings == again, "reading twice gave different readings")
    return first


def check_scenario(module: Any, *, paths: int = 256) -> Simulation:
    """Check a scenario plugin against its contract by building it twice and running it.

    Parameters
    ----------
    module : module
        The plugin.
    paths : int
        How many futures to draw.

    Returns
    -------
    Simulation
        The run, for the author's own tests.

    Raises
    ------
    HashquakeError
        ``plugin-contract`` saying what is missing.
    InputError
        What the scenario itself refuses.
    """
    name = module.__name__.rpartition(".")[2]
    _require(isinstance(module.CARD, ScenarioCard), "CARD is not a ScenarioCard", room="scenarios")
    same = module.CARD.name == name
    _require(same, f"CARD.name is {module.CARD.name!r}, the file is {name!r}", room="scenarios")
    scenario = module.build()
    _require(isinstance(scenario, Scenario), "build() gives no Scenario", room="scenarios")
    _require(scenario == module.build(), "building twice gave two scenarios", room="scenarios")
    _require(bool(scenario.sources), "it names no sources of its numbers", room="scenarios")
    return run_scenario(scenario, paths=paths, keep_paths=paths)


def _read(
    module: Any, options: dict[str, Any], context: SourceContext, network: Network
) -> tuple[BlockColumns, list[Reading]]:
    batches = list(module.read(module.Options(**options), context))
    _require(bool(batches), "it gave nothing")
    _require(all(isinstance(batch, Batch) for batch in batches), "it gave something but batches")
    state = None
    for batch in batches:
        state = check_chain(batch.blocks.main(), state, network=network)
        _check_readings(batch, module.CARD)
    readings = [reading for batch in batches for reading in batch.readings]
    return concatenate([batch.blocks for batch in batches]), readings


def _check_readings(batch: Batch, card: SourceCard) -> None:
    for reading in batch.readings:
        parse_subject(reading.subject)
        _require(math.isfinite(reading.value), f"a {reading.quantity} is not a finite number")
        _require(
            reading.source.partition(":")[0] == card.name,
            f"a reading's source is {reading.source!r}, the plugin is {card.name}",
        )
    if batch.readings and not len(batch.blocks):
        covered = Coverage(tuple(reading.window for reading in batch.readings))
        empty = [window for window in batch.observed if covered.gaps(window)]
        _require(not empty, "it calls a time observed for which it gives no reading")


def check_detector(module: Any, series: Series) -> AnomalyFlags:
    """Check a detector of readings against its contract by running it on a series many times.

    The detectors whose card names countries, regions or ASes take a `Series`; those of the
    network and of pools take blocks and are not checked here.

    Parameters
    ----------
    module : module
        The plugin.
    series : Series
        Long enough that something is judged, and without a bin of NaN at its very end.

    Returns
    -------
    AnomalyFlags
        Of the whole series, for the author's own tests.

    Raises
    ------
    HashquakeError
        ``plugin-contract`` saying which promise is broken: a card that fits the file; the same
        answer every time; a whole equal to any split of it, with repeats; a step that changes
        neither state nor series; gaps that are neither falls nor zeros; zeros that are no gaps;
        flags of the past that the future does not change; another series refused.
    """
    name = module.__name__.rpartition(".")[2]
    card = module.CARD
    _require(isinstance(card, DetectorCard), "CARD is not a DetectorCard", _DETECTORS)
    _require(card.name == name, f"CARD.name is {card.name!r}, the file is {name!r}", _DETECTORS)
    _require(card.version >= 1 and bool(card.source), "CARD has no version or source", _DETECTORS)
    of_readings = bool(card.subjects) and set(card.subjects) <= _OF_READINGS
    _require(of_readings, "it takes blocks: CARD.subjects is not of readings", _DETECTORS)
    kind = parse_subject(series.subject).kind
    _require(kind in card.subjects, f"CARD.subjects has no {kind}", _DETECTORS)
    whole = _judged(module, series)
    _check_marks(whole, series, f"{card.name}/{card.version}")
    _same(whole, _judged(module, series), "twice the same series gave different flags")
    for pieces in (2, 3, 7, len(series)):
        _check_split(module, series, whole, pieces)
    _check_gaps(module, series, whole)
    _check_future(module, series, whole)
    state, _ = module.step(module.start(), series)
    for other in ("country:ZZ", "asn:64496"):
        if other != series.subject:
            _check_refused(module, state, replace(series, subject=other))
    return whole


def _judged(module: Any, series: Series) -> AnomalyFlags:
    state, before = module.start(), series.values.copy()
    _, flags = module.step(state, series)
    _require(isinstance(flags, AnomalyFlags), "a step gives no AnomalyFlags", _DETECTORS)
    kept = np.array_equal(series.values, before, equal_nan=True)
    _require(kept, "a step changes the series it is given", _DETECTORS)
    _, again = module.step(state, series)
    _same(flags, again, "a step changes the state it is given")
    given: AnomalyFlags = flags
    return given


def _check_marks(flags: AnomalyFlags, series: Series, made_by: str) -> None:
    grid = (flags.subject, flags.signal, flags.start_s, flags.step_s, flags.lag_s, len(flags))
    of_series = (series.subject, series.signal, series.start_s, series.step_s, series.lag_s)
    _require(grid == (*of_series, len(series)), "the flags are on another grid", _DETECTORS)
    _require(len(flags.level) == len(flags), "levels and ratios are not as many", _DETECTORS)
    _require(flags.made_by == made_by, f"made_by is not {made_by!r}", _DETECTORS)
    known = np.isin(flags.level, np.arange(UNSEEN, ACCEPTED + 1)).all()
    _require(bool(known), "a level is not one of flags.py", _DETECTORS)
    judged = flags.level != UNSEEN
    _require(bool(judged.any()), "nothing was judged: give a longer series", _DETECTORS)
    _require(bool(np.isfinite(flags.ratio[judged]).all()), "a level has no ratio", _DETECTORS)


def _check_split(module: Any, series: Series, whole: AnomalyFlags, pieces: int) -> None:
    cuts = np.linspace(0, len(series), pieces + 1).astype(int)
    state, parts = module.start(), []
    for first, past in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        repeat = max(0, first - 2)  # what was taken before comes again
        begin_s = series.start_s + repeat * series.step_s
        part = replace(series, start_s=begin_s, values=series.values[repeat:past])
        state, flags = module.step(state, part)
        parts.append(flags)
    _same(whole, _joined(parts), f"a whole differs from its split in {pieces}")


def _joined(parts: list[AnomalyFlags]) -> AnomalyFlags:
    """Put the flags of consecutive steps together; each begins where the one before ended."""
    try:
        return join(parts)
    except UsageError as error:
        problem = f"a step does not go on where the last one ended: {error.message}"
        raise _broken(problem, _DETECTORS) from None


def _check_gaps(module: Any, series: Series, whole: AnomalyFlags) -> None:
    judged = np.flatnonzero(whole.level != UNSEEN)
    gap = judged[len(judged) // 2 :][:3]
    flags = _judged(module, _with(series, gap, np.nan))
    unseen = (flags.level[gap] == UNSEEN).all() and np.isnan(flags.ratio[gap]).all()
    _require(bool(unseen), "a bin without a value is judged", _DETECTORS)
    flags = _judged(module, _with(series, gap[:1], 0.0))
    zero_seen = flags.level[gap[0]] != UNSEEN and flags.ratio[gap[0]] < 1.0
    _require(bool(zero_seen), "a zero is taken for a gap, or for no fall", _DETECTORS)
    flags = _judged(module, _with(series, range(len(series)), np.nan))
    _require(bool((flags.level == UNSEEN).all()), "a series of gaps is judged", _DETECTORS)
    first, past = int(gap[0]), int(gap[-1]) + 1
    after_s = series.start_s + past * series.step_s
    state, before = module.step(module.start(), replace(series, values=series.values[:first]))
    late = replace(series, start_s=after_s, values=series.values[past:])
    _, after = module.step(state, late)
    filled = _judged(module, _with(series, range(first, past), np.nan))
    _same(filled, _joined([before, after]), "bins left out between two steps are not gaps")


def _check_future(module: Any, series: Series, whole: AnomalyFlags) -> None:
    half = len(series) // 2
    flags = _judged(module, _with(series, range(half, len(series)), 0.0))
    past = replace(whole, ratio=whole.ratio[:half], level=whole.level[:half])
    cut = replace(flags, ratio=flags.ratio[:half], level=flags.level[:half])
    _same(past, cut, "what comes later changes flags of the past")


def _check_refused(module: Any, state: Any, other: Series) -> None:
    try:
        module.step(state, other)
    except UsageError:
        return
    _require(False, "a step takes another series than the one it follows", _DETECTORS)


def _with(series: Series, at: Iterable[int] | NDArray[np.intp], value: float) -> Series:
    values = series.values.copy()
    values[np.fromiter(at, np.intp)] = value
    return replace(series, values=values)


def _same(one: AnomalyFlags, other: AnomalyFlags, problem: str) -> None:
    same = np.array_equal(one.ratio, other.ratio, equal_nan=True)
    _require(same and np.array_equal(one.level, other.level), problem, _DETECTORS)


def _require(holds: bool, problem: str, room: str = "sources") -> None:
    if not holds:
        raise _broken(problem, room)


def _broken(problem: str, room: str) -> HashquakeError:
    return HashquakeError(
        f"the plugin does not keep the contract of {room}: {problem}", code="plugin-contract"
    )
