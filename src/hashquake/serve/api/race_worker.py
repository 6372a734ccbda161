"""Races of blocks in a process of their own, which the server starts.

The compiler of the engine, which they need, would stay in the server's memory and take a quarter
of it.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.interval import Interval
from hashquake.serve.cli.output import error_document
from hashquake.serve.race_documents import races
from hashquake.sources.wire.asked_process import AskedProcess, ProcessLostError, serve


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
    asked = {"shares": shares.tolist(), "delays_s": list(delays_s)}
    try:
        with AskedProcess(__name__) as process:
            process.ask(asked | {"n_blocks": n_blocks, "seed": seed})
            answer = process.head()
    except ProcessLostError as error:
        raise UsageError(
            f"the process that ran it ended without a result ({error.reason})",
            code="job-lost",
            hint="ask again",
        ) from None
    if isinstance(answer, dict):
        raise UsageError(**answer["error"])
    return [[Interval(**one) for one in row] for row in answer]


def _answer(asked: Any) -> tuple[Any, Sequence[bytes]]:
    shares = np.array(asked.pop("shares"))
    try:
        return [[asdict(one) for one in row] for row in races(shares, **asked)], ()
    except HashquakeError as error:
        return error_document(error.message, error.code, error.hint), ()


if __name__ == "__main__":
    serve(_answer)
