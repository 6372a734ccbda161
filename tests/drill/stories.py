"""What happens in each scene: which blocks, when it is lived through, what breaks."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.drill.made_world import MadeWorld, places, pool_reports

from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.presets import KAZAKHSTAN_2022

ONSET_S = parse_time("2022-01-05T10:45Z")
RESTORED_S = parse_time("2022-01-10T02:00Z")


def days(start: str, end: str) -> Window:
    return Window(start_s=parse_time(start), end_s=parse_time(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One scene's world.

    Parameters
    ----------
    epoch : int
        The height at which the difficulty changed: the block after it is the first played, so
        that heights of the rehearsal, from 1, have the same epochs.
    n_blocks : int
        How many are played at most.
    country : str
        Whose connectivity is watched.
    world : callable
        Returns what the instruments measure.
    """

    epoch: int
    country: str
    world: Callable[[], MadeWorld]
    n_blocks: int = 2 * EPOCH_BLOCKS - 1

    @property
    def first_height(self) -> int:
        """The first block played."""
        return self.epoch + 1


def _kazakhstan() -> MadeWorld:
    whole = days("2021-12-25", "2022-01-13")
    return MadeWorld(
        places=places("KZ", whole, (KAZAKHSTAN_2022,), seed=20220105),
        reports=pool_reports(
            whole,
            hashrate_hps=1.75e20,
            shares=(0.146, 0.147, 0.116, 0.116),
            seed=7,
            fall=Window(start_s=ONSET_S, end_s=RESTORED_S),
            fall_share=0.12,
        ),
    )


def _elliott() -> MadeWorld:
    whole = days("2022-12-08", "2022-12-30")
    return MadeWorld(places=places("US", whole, seed=20221223), reports={})


def _quiet() -> MadeWorld:
    whole = days("2025-12-11", "2026-01-09")
    return MadeWorld(
        places=places("KZ", whole, seed=20251225),
        reports=pool_reports(
            whole,
            hashrate_hps=1.05e21,
            shares=(0.102, 0.178, 0.119, 0.021),
            seed=8,
            fall=None,
        ),
    )


STORIES = {
    "kazakhstan": Story(epoch=715_680, country="KZ", world=_kazakhstan),
    "elliott": Story(epoch=768_096, country="US", world=_elliott, n_blocks=EPOCH_BLOCKS - 1),
    "quiet": Story(epoch=927_360, country="KZ", world=_quiet),
}
