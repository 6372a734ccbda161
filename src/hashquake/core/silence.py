"""How long no block may come before whoever watches is doubted instead of the miners.

A node says of itself that it is synchronised; one that lost its peers says so too. The silence
that is still believed is the longest that happens by chance once in `BELIEVED_ONCE_IN` times, at
the pace of the blocks just before it. The pace is not known exactly: with ``n`` gaps seen, the
chance that the next lasts longer than ``t`` is ``(1 + t / (n * mean)) ** -n``, the predictive
distribution of an exponential waiting time whose rate has a scale-free prior.
"""

from collections.abc import Sequence

BELIEVED_ONCE_IN = 10_000
"""Gaps between blocks; about one in ten weeks is longer than what is believed."""


def silence_probability(silent_s: float, header_s: Sequence[float]) -> float:
    """Return the chance that a gap lasts longer than a silence, by the pace before it.

    Parameters
    ----------
    silent_s : float
        Seconds since the last block.
    header_s : sequence of float, shape (n,)
        Times of the last blocks, UTC Unix seconds, in any order; two or more.

    Raises
    ------
    ValueError
        When fewer than two times are given, or all are the same.

    >>> round(silence_probability(6000, [600.0 * n for n in range(11)]), 5)
    0.00098
    """
    n, span_s = _pace(header_s)
    return float((1.0 + max(silent_s, 0.0) / span_s) ** -n)


def believed_silence_s(header_s: Sequence[float]) -> float:
    """Return the longest silence that is still believed, seconds.

    Parameters
    ----------
    header_s : sequence of float, shape (n,)
        Times of the last blocks, UTC Unix seconds, in any order; two or more.

    Raises
    ------
    ValueError
        When fewer than two times are given, or all are the same.

    >>> round(believed_silence_s([600.0 * n for n in range(11)]))
    9071
    """
    n, span_s = _pace(header_s)
    return span_s * float(BELIEVED_ONCE_IN ** (1.0 / n) - 1.0)


def _pace(header_s: Sequence[float]) -> tuple[int, float]:
    """Return how many gaps there are and how long they last together."""
    if len(header_s) < 2:
        raise ValueError(f"header_s must hold two times or more, got {len(header_s)}")
    span_s = float(max(header_s) - min(header_s))
    if span_s <= 0.0:
        raise ValueError("header_s must span some time, got one time for all")
    return len(header_s) - 1, span_s
