"""A program whose children watch the made world and may be killed; run by test_killed.py.

It loads everything once, then makes a child for each path that it is given on a line: starting a
program again would take longer than all that the child does.
"""

import os
import sys

from tests.faults.watched import Watched, to_the_end
from tests.faults.world import BASE_BLOCKS, FIRST_HEIGHT, LIVE_BLOCKS, World

from hashquake.observatory import open_observatory


def watch(path: str) -> None:
    """Go on where the record stops."""
    with open_observatory(path) as observatory:
        tip, n_readings = observatory.tip(), observatory.counts()["readings"]
    assert tip is not None
    world = World(live=tip[0] + 1 - FIRST_HEIGHT - BASE_BLOCKS)
    # Readings may have been stored before the block of their time was: the world goes not back.
    while len(world.due_readings()) < n_readings and world.live < LIVE_BLOCKS:
        world = World(live=world.live + 1)
    Watched(path, world=world).watch(to_the_end)


def main() -> None:
    warm_up = sys.stdin.readline().strip()
    with open_observatory(warm_up) as observatory:
        observatory.status()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            watch(line.strip())
            os._exit(0)
        print(child, flush=True)  # noqa: T201  the test kills it by its number
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  and reads how it ended


if __name__ == "__main__":
    main()
