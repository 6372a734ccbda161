"""Scenarios of past events against what happened: blocks in the window, the next difficulties.

Each scenario is run from the start of its epoch with what could be known then. A scenario says
how hash rate goes if all goes as planned; the real one also drifts, grows and was not known
exactly, so the back-test adds what the record of other years shows of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, difficulty_of_bits
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario import Scenario

GROWTH_PER_YEAR = 0.44
"""A tenth of a percent a day."""
WALK_SHARE = 0.009
LEVEL_SD_SHARE = 0.03
"""Poisson noise of the epoch before (2.2 %) and a week's drift since its middle."""
_START_SLACK_S = 2 * DAY_S
_SHORT = {"blocks_in_window": "blocks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioOutcome:
    """One number that a scenario foretold, and what came.

    Parameters
    ----------
    scenario, quantity : str
        Its name; ``blocks`` in the window, or ``retarget_1`` and so on, the next difficulty over
        the last.
    foretold : Interval
        Of the scenario with the record's drift, 90 %.
    quiet : Interval
        The same had nothing happened, 90 %.
    happened : float
        In the record.
    rank : float
        Share of futures below what happened.
    """

    scenario: str
    quantity: str
    foretold: Interval
    quiet: Interval
    happened: float
    rank: float

    @property
    def inside(self) -> bool:
        """Whether what happened lies in the 90 % interval."""
        return self.foretold.holds(self.happened)


def backtest_scenarios(
    blocks: BlockColumns, scenarios: Sequence[Scenario], *, paths: int, seed: int
) -> tuple[ScenarioOutcome, ...]:
    """Hold scenarios of past events against a record.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    scenarios : sequence of Scenario
        With a start; one that begins outside the blocks is an error.
    paths, seed : int
        As for `run_scenario`.

    Returns
    -------
    tuple of ScenarioOutcome
        Blocks in the window, then each retarget whose epoch the outage touched, the one after the
        last included.

    Raises
    ------
    NoCoverage
        When no epoch of the blocks begins where a scenario does.
    """
    found: list[ScenarioOutcome] = []
    for scenario in scenarios:
        found += _one(blocks, scenario, paths=paths, seed=seed)
    return tuple(found)


def _one(
    blocks: BlockColumns, scenario: Scenario, *, paths: int, seed: int
) -> list[ScenarioOutcome]:
    first = _epoch_start(blocks, scenario)
    start_s = float(blocks.header_s[first - 1])
    from_s, to_s = (start_s + edge_s for edge_s in scenario.window_s)
    inside = (blocks.header_s >= from_s) & (blocks.header_s < to_s)
    happened = {"blocks_in_window": float(inside.sum())}
    for index in range(scenario.epochs):
        old, new = first + index * EPOCH_BLOCKS, first + (index + 1) * EPOCH_BLOCKS
        if new >= len(blocks) or blocks.header_s[old] > to_s:
            break
        ratio = difficulty_of_bits(int(blocks.bits[new]))
        happened[f"ratio_{index + 1}"] = ratio / difficulty_of_bits(int(blocks.bits[old]))
    loose = replace(
        scenario,
        start_s=start_s,
        growth_per_year=GROWTH_PER_YEAR,
        walk_share=WALK_SHARE,
        level_sd_share=LEVEL_SD_SHARE,
    )
    calm = replace(
        loose,
        outages=tuple(
            replace(outage, depth=replace(outage.depth, value=0.0, low=0.0, high=0.0))
            for outage in loose.outages
        ),
        economy=replace(loose.economy, fleet=(), halving_after_blocks=None),
    )
    run = run_scenario(loose, paths=paths, seed=seed, keep_paths=paths)
    quiet = run_scenario(calm, paths=paths, seed=seed)
    return [
        ScenarioOutcome(
            scenario=scenario.name,
            quantity=_SHORT.get(quantity, quantity.replace("ratio", "retarget")),
            foretold=run.spread(quantity).interval,
            quiet=quiet.spread(quantity).interval,
            happened=value,
            rank=float((run.column(quantity) < value).mean()),
        )
        for quantity, value in happened.items()
        if isfinite(run.spread(quantity).mean)
    ]


def _epoch_start(blocks: BlockColumns, scenario: Scenario) -> int:
    """Find the first block of the epoch in which a scenario begins."""
    firsts = np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0)
    firsts = firsts[firsts > 0]
    if scenario.start_s is not None and len(firsts):
        away_s = np.abs(blocks.header_s[firsts] - scenario.start_s)
        nearest = int(away_s.argmin())
        if away_s[nearest] < _START_SLACK_S:
            return int(firsts[nearest])
    raise NoCoverage(
        f"the record holds no epoch that begins where {scenario.name} does",
        hint="hashquake backtest scenarios --db bundled",
    )
