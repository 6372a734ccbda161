"""How often the interval contains the part of a pool's loss that moved, on `tests.power.worlds`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.power.alarms import PATH_DAYS
from tests.power.worlds import DAY_S, Beginning, Chain, Fall, World, make_chain

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.window import Window
from hashquake.estimate.pool_moves import PoolMoves, pool_moves
from hashquake.estimate.volatility import learned

MOVED_SHARES = (0.0, 0.5, 1.0)
_SHARE, _LOSS = 0.12, 0.5
_POOL_WALK = 0.02
_DURING_DAYS, _BEFORE_DAYS, _LABELLED_DAYS = 10.0, 14.0, 20.0
_FIRST_EPOCH, _EVERY_EPOCHS = 42, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTrial:
    """One fall of a pool of 12 % that loses half.

    Parameters
    ----------
    moved_share : float
        The part of the loss that other pools gained.
    holds : bool
        Whether the 90 % interval contains it.
    finding : str
        What was concluded.
    """

    moved_share: float
    holds: bool
    finding: str


def move_trials(*, walk: float, learn_days: float, falls: int, seed: int) -> list[MoveTrial]:
    """Let a pool fall in quiet networks, each time thrice: nothing, half and all of it moves.

    Parameters
    ----------
    walk : float
        Drift of the network, per square-root day.
    learn_days : float
        From how many days before the fall the drift is learned.
    falls, seed : int
        How many falls, and which draws.
    """
    world = World(walk=walk)
    found: list[MoveTrial] = []
    done = 0
    for child in np.random.SeedSequence(seed).spawn(falls):
        rng = np.random.default_rng(child)
        chain = make_chain(world, days=PATH_DAYS, rng=rng)
        for epoch in range(_FIRST_EPOCH, len(chain.blocks) // EPOCH_BLOCKS - 1, _EVERY_EPOCHS):
            fork, draws = chain.fork(epoch), int(rng.integers(2**63))
            onset_s = fork.at_s + rng.uniform(15, 17) * DAY_S
            for moved in MOVED_SHARES:
                judged = _judged(world, chain, epoch, fork, onset_s, moved, draws, learn_days)
                if judged.moved_share is not None:
                    holds = judged.moved_share.holds(moved)
                    found.append(MoveTrial(moved_share=moved, holds=holds, finding=judged.finding))
            done += 1
            if done == falls:
                return found
    return found


def _judged(
    world: World,
    chain: Chain,
    epoch: int,
    fork: Beginning,
    onset_s: float,
    moved: float,
    draws: int,
    learn_days: float,
) -> PoolMoves:
    dark = Fall(share=_SHARE * _LOSS * (1.0 - moved), start_s=onset_s)
    rng = np.random.default_rng(draws)
    future = make_chain(world, days=30, rng=rng, falls=[dark], beginning=fork)
    past = chain.blocks.take(slice(0, epoch * EPOCH_BLOCKS))
    blocks = _joined(past, future.blocks)
    true_s = np.concatenate([chain.true_s[: len(past)], future.true_s])
    known = blocks.take(
        (blocks.header_s < onset_s) & (blocks.header_s >= onset_s - learn_days * DAY_S)
    )
    near = true_s > onset_s - _LABELLED_DAYS * DAY_S
    labelled = _labelled(blocks.take(near), true_s[near], onset_s, moved, draws + 1)
    during = Window(start_s=onset_s, end_s=onset_s + _DURING_DAYS * DAY_S)
    before = Window(start_s=onset_s - _BEFORE_DAYS * DAY_S, end_s=onset_s)
    seen = Coverage((Window(start_s=float(true_s[near][0]), end_s=during.end_s + 1.0),))
    drift = learned(known, until_s=onset_s)
    return pool_moves(labelled, "mine", during, before, seen, drift=drift)


def _labelled(
    blocks: BlockColumns, true_s: NDArray[np.float64], onset_s: float, moved: float, draws: int
) -> BlockColumns:
    rng = np.random.default_rng(draws)
    day = ((true_s - true_s[0]) // DAY_S).astype(int)
    own = np.exp(np.cumsum(_POOL_WALK * rng.standard_normal(day[-1] + 1)))[day]
    left = 1.0 - (1.0 - moved) * _LOSS * _SHARE
    own *= np.where(true_s < onset_s, _SHARE, _SHARE * (1.0 - _LOSS) / left)
    draw = rng.random(len(true_s))
    names = np.where(draw < own, "mine", np.where(draw < own + 0.5, "big", "small"))
    return blocks.with_pools(names.tolist())


def _joined(past: BlockColumns, future: BlockColumns) -> BlockColumns:
    return BlockColumns.build(
        height=np.concatenate([past.height, future.height]),
        header_s=np.concatenate([past.header_s, future.header_s]),
        bits=np.concatenate([past.bits, future.bits]),
    )
