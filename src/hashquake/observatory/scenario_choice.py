"""Which scenario is meant, and what the record adds to it; nothing here runs or compiles one."""

import difflib
from dataclasses import replace
from pathlib import Path

import numpy as np

from hashquake.core.difficulty import BLOCK_TARGET_S, EPOCH_BLOCKS, work_of_bits_hashes
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.forward.scenario import Scenario
from hashquake.forward.scenario_mapping import read_scenario
from hashquake.observatory.scenario_file import ENDINGS, read_scenario_file
from hashquake.plugins import list_plugins, load_plugin

ROOM = "forward.scenarios"
_NAMED_POOLS = 9


def scenario_named(name: str) -> Scenario:
    """Find a scenario: one that is installed, or a file.

    Parameters
    ----------
    name : str
        Such as ``kazakhstan-2022``, or the path of a ``.toml``, ``.yaml`` or ``.yml`` file.

    Raises
    ------
    UsageError
        ``scenario-unknown``, or ``cannot-read`` for a file.
    FormatError
        ``scenario-malformed`` for a file that does not describe a scenario.
    InputError
        What the scenario refuses.
    """
    if name.endswith(ENDINGS):
        return read_scenario(read_scenario_file(Path(name)), name=Path(name).stem)
    known = {info.name: info for info in list_plugins(ROOM)}
    plain = name.replace("-", "_")
    if plain not in known:
        shown = [one.replace("_", "-") for one in known]
        near = difflib.get_close_matches(name, shown, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"the scenario {visible_text(name)!r} does not exist",
            code="scenario-unknown",
            hint=f"{meant}known: {', '.join(shown)}, or a .toml or .yaml file",
        )
    scenario: Scenario = load_plugin(ROOM, plain).build()
    return scenario


def with_record(scenario: Scenario, record: Record) -> Scenario:
    """Return a scenario with the pools and the hash rate of a record's last epoch of blocks.

    Parameters
    ----------
    scenario : Scenario
        Its own pools and hash rate stay.
    record : Record
        With blocks of at least one epoch.
    """
    tip = record.tip()
    if tip is None:
        return scenario
    require_main(record.network, "a scenario of the world's pools")
    blocks = record.blocks(first_height=tip[0] - EPOCH_BLOCKS + 1)
    named = blocks.pool_code[blocks.pool_code >= 0]
    counts = np.bincount(named, minlength=len(blocks.pool_names))
    order = np.argsort(-counts, kind="stable")[:_NAMED_POOLS]
    pools = tuple((blocks.pool_names[at], counts[at] / len(blocks)) for at in order if counts[at])
    economy = scenario.economy
    if not economy.hashrate_hps:
        work = work_of_bits_hashes(int(blocks.bits[-1]))
        economy = replace(economy, hashrate_hps=work / BLOCK_TARGET_S)
    return replace(scenario, pools=pools, pool_blocks=float(len(blocks)), economy=economy)
