"""Calibrate detectors of pools: the same trials, with blocks labelled by drifting pools."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.pick import Pick
from hashquake.forward.pool_null import PoolNull, label_blocks, start_pools
from hashquake.judge.calibration import Detector

RECORD_POOLS = PoolNull()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledDetector:
    """A detector that sees each simulated block with a pool: a `Detector` itself.

    Parameters
    ----------
    detector : Detector
        A plugin that looks at pools.
    model : PoolNull
        How the pools move.
    seed : int
        Of the random numbers; each path goes on from its own.
    """

    detector: Detector
    model: PoolNull = RECORD_POOLS
    seed: int = 1

    def start(self, *, false_alarms_per_year: float, threshold: float | None) -> Any:
        """Make a detector that has seen nothing, and pools.

        Parameters
        ----------
        false_alarms_per_year : float
            The rate that the threshold is calibrated to, above 0.
        threshold : float or None
            Used in place of the calibrated one.
        """
        rng = np.random.default_rng(self.seed)
        inner = self.detector.start(
            false_alarms_per_year=false_alarms_per_year, threshold=threshold
        )
        return inner, start_pools(self.model, rng), rng.bit_generator.state

    def step(
        self, state: Any, blocks: BlockColumns, now_s: float | None = None
    ) -> tuple[Any, tuple[Pick, ...]]:
        """Label blocks and take them.

        Parameters
        ----------
        state : object
            From `start` or the last step.
        blocks : BlockColumns
            The next blocks, in order of height.
        now_s : float or None
            Our clock, UTC Unix seconds; None is the last block's time.
        """
        inner, pools, generator = state
        rng = np.random.default_rng()
        # A seed for every stretch of the chain, so that paths differ although each starts alike.
        rng.bit_generator.state = generator
        mixed = np.random.default_rng([int(rng.integers(2**63)), int(blocks.header_s[-1])])
        labelled, moved = label_blocks(self.model, pools, mixed, blocks)
        inner, picks = self.detector.step(inner, labelled, now_s)
        return (inner, moved, rng.bit_generator.state), picks
