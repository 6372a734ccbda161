"""Checks for authors of plugins: run them in your own tests.

They ask of a plugin what every room relies on, so that a plugin which passes works everywhere.
"""

import math
from typing import Any

from pydantic import BaseModel

from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.contracts import Batch, ScenarioCard, SourceCard, SourceContext
from hashquake.core.coverage import Coverage
from hashquake.core.errors import HashquakeError
from hashquake.core.network import Network
from hashquake.core.reading import Reading
from hashquake.core.subject import parse_subject
from hashquake.simulate.run import simulate
from hashquake.simulate.scenario import Scenario
from hashquake.simulate.simulation import Simulation


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
    _require(isinstance(module.CARD, SourceCard), "CARD is no SourceCard")
    _require(module.CARD.name == name, f"CARD.name is {module.CARD.name!r}, the file is {name!r}")
    _require(issubclass(module.Options, BaseModel), "Options is no pydantic model")
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
    _require(isinstance(module.CARD, ScenarioCard), "CARD is no ScenarioCard", room="scenarios")
    same = module.CARD.name == name
    _require(same, f"CARD.name is {module.CARD.name!r}, the file is {name!r}", room="scenarios")
    scenario = module.build()
    _require(isinstance(scenario, Scenario), "build() gives no Scenario", room="scenarios")
    _require(scenario == module.build(), "building twice gave two scenarios", room="scenarios")
    _require(bool(scenario.sources), "it names no sources of its numbers", room="scenarios")
    return simulate(scenario, paths=paths, keep_paths=paths)


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
        _require(math.isfinite(reading.value), f"a {reading.quantity} is no finite number")
        _require(
            reading.source.partition(":")[0] == card.name,
            f"a reading's source is {reading.source!r}, the plugin is {card.name}",
        )
    if batch.readings and not len(batch.blocks):
        covered = Coverage(tuple(reading.window for reading in batch.readings))
        empty = [window for window in batch.observed if covered.gaps(window)]
        _require(not empty, "it calls a time observed for which it gives no reading")


def _require(holds: bool, problem: str, *, room: str = "sources") -> None:
    if not holds:
        raise HashquakeError(
            f"the plugin does not keep the contract of {room}: {problem}", code="plugin-contract"
        )
