"""A program that ingests, and dies at a chosen moment; run by test_kill.py."""

import os
import signal
import sys

from sqlalchemy import Engine, event

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.store.open_record import open_record

N = 200
SIZE = 100


def batch(at: int) -> Batch:
    heights = range(at * SIZE, (at + 1) * SIZE)
    hashes = [height.to_bytes(32, "big") for height in heights]
    prevs = [max(0, height - 1).to_bytes(32, "big") for height in heights]
    return Batch(
        blocks=BlockColumns.build(
            height=list(heights),
            header_s=[1_600_000_000 + 600 * height for height in heights],
            bits=[0x170B8C8B] * SIZE,
            hash=hashes,
            prev=prevs,
            pool=[f"pool{height % 7}" for height in heights],
        )
    )


def die_at(moment: str, times: int) -> None:
    """Kill this process when a statement that begins so is done for the n-th time."""
    left = [times]

    def count(done: str) -> None:
        left[0] -= done.startswith(moment)
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", lambda *given: count(given[2].strip()))
    event.listen(Engine, "commit", lambda _connection: count("COMMIT"))


def main(path: str, moment: str, times: int) -> None:
    if times:
        die_at(moment, times)
    with open_record(path, create=True) as record:
        tip = record.tip()
        for at in range(0 if tip is None else (tip[0] + 1) // SIZE, N):
            record.append(batch(at), source="test")
            print(at, flush=True)  # noqa: T201  the test reads how far it came


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
