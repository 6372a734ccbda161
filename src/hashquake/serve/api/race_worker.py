"""The process of one race of blocks: a request on standard input, one line of JSON as its answer.

``python -m hashquake.serve.api.race_worker``; the server starts it. The compiler of the engine,
which this needs, would stay in the server's memory and take a quarter of it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.interval import Interval
from hashquake.serve.cli.output import error_document
from hashquake.serve.race_documents import races

_LOWER_PRIORITY = 10
_TIME_LIMIT_S = 100.0


def raced_apart(
    shares: NDArray[np.float64], delays_s: Sequence[float], *, n_blocks: int, seed: int
) -> list[list[Interval]]:
    """Return what `races` does, made in a process of its own.

    Parameters
    ----------
    shares : array of float64, shape (pools,)
        Of the hash rate; they sum to 1.
    delays_s : sequence of float
        Until a block reaches the others, seconds.
    n_blocks : int
        How many to find for each delay.
    seed : int
        Equal seeds give equal results.

    Raises
    ------
    UsageError
        What `races` refuses; ``job-lost`` when the process ended without an answer.
    """
    asked = {"delays_s": list(delays_s), "n_blocks": n_blocks, "seed": seed}
    done = subprocess.run(  # noqa: S603  this interpreter, this module; what is asked goes as data
        [sys.executable, "-m", __name__],
        input=json.dumps({"shares": shares.tolist(), **asked}),
        capture_output=True,
        text=True,
        timeout=_TIME_LIMIT_S,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise UsageError(
            "the process that ran it ended without a result",
            code="job-lost",
            hint="ask again",
        ) from None
    if isinstance(answer, dict):
        raise UsageError(**answer["error"])
    return [[Interval(**one) for one in row] for row in answer]


def main() -> None:
    """Run the races that standard input describes."""
    with suppress(OSError):
        os.nice(_LOWER_PRIORITY)
    asked = json.load(sys.stdin)
    shares = np.array(asked.pop("shares"))
    try:
        answer: Any = [[asdict(one) for one in row] for row in races(shares, **asked)]
    except HashquakeError as error:
        answer = error_document(error.message, error.code, error.hint)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
