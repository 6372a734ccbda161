"""Random words keyed by (seed, path, stream): Philox4x64-10, a counter instead of a state.

Any word of any path can be had without the words before it, so results depend neither on threads
nor on how paths are split over workers. The words are those of ``numpy.random.Philox`` with key
``(seed, 0)`` and counter ``(i, path, stream, 0)``. Source: key ``salmon-et-al-2011`` in
``docs/refs.bib``.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from hashquake.forward.compiled import inner, leaf

Words = NDArray[np.uint64]
BUFFER = 16
"""Words made at a time: four blocks of four, whose rounds run side by side in the processor."""
STREAM_WORDS = BUFFER + 5
"""Length of the array that stands for a stream: buffer, place in it, counter, path, id, seed."""

_AT, _COUNTER, _PATH, _ID, _SEED = range(BUFFER, BUFFER + 5)
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_ONE, _ZERO, _FULL = np.uint64(1), np.uint64(0), np.uint64(BUFFER)


def _high_word(typing_context: Any, a: Any, b: Any) -> Any:  # pragma: no cover  compiled
    """Return the upper 64 bits of a 128-bit product, which neither NumPy nor numba has."""
    del typing_context, a, b

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        wide = ir.IntType(128)
        left, right = (builder.zext(one, wide) for one in arguments)
        return builder.trunc(
            builder.lshr(builder.mul(left, right), ir.Constant(wide, 64)), ir.IntType(64)
        )

    return types.uint64(types.uint64, types.uint64), build


_high: Any = intrinsic(_high_word)


@inner
def _block(stream: Words, place: int, counter: Any, key: Any) -> None:
    c0, c1, c2, c3 = counter, stream[_PATH], stream[_ID], _ZERO
    k0, k1 = key, _ZERO
    for _ in range(_ROUNDS):
        high0, low0 = _high(_M0, c0), _M0 * c0
        high1, low1 = _high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _W0
        k1 += _W1
    stream[place], stream[place + 1], stream[place + 2], stream[place + 3] = c0, c1, c2, c3


@leaf
def refill(stream: Words) -> None:
    """Make the next words of a stream.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Its buffer is overwritten and its counter moved on.
    """
    counter, key = stream[_COUNTER], stream[_SEED]
    for block in range(4):
        _block(stream, 4 * block, counter + np.uint64(block), key)
    stream[_COUNTER] = counter + np.uint64(4)
    stream[_AT] = _ZERO


@leaf
def seat(stream: Words, seed: Any, path: Any, which: Any) -> None:
    """Put a stream at its beginning.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Overwritten.
    seed, path, which : uint64
        Its key: seed of the run, number of the path, number of the stream within the path.
    """
    stream[_SEED], stream[_PATH], stream[_ID] = seed, path, which
    stream[_COUNTER] = _ZERO
    stream[_AT] = _FULL


@leaf
def word(stream: Words) -> int:
    """Take the next 64 random bits of a stream.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    """
    at = stream[_AT]
    if at >= _FULL:
        refill(stream)
        at = _ZERO
    stream[_AT] = at + _ONE
    return stream[at]  # type: ignore[no-any-return]


def new_stream(seed: int, path: int = 0, which: int = 0) -> Words:
    """Return a stream at its beginning, for use outside kernels.

    Parameters
    ----------
    seed : int
        Of the run, 0 to 2**64 - 1.
    path : int
        Number of the path.
    which : int
        Number of the stream within a path.
    """
    stream = np.empty(STREAM_WORDS, np.uint64)
    seat(stream, np.uint64(seed), np.uint64(path), np.uint64(which))
    return stream
