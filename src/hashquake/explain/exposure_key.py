"""A key for what an estimate of exposures rests on: equal keys, equal estimates.

Estimates take seconds, so they are stored; whoever stores one asks for the key again and estimates
again only when it differs. Numbers count with twelve digits, since the last ones differ between
processors.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hashquake.core.interval import Interval
from hashquake.core.pool_home import PoolHome
from hashquake.explain.pool_exposure import (
    DRAWS,
    MADE_BY,
    Episode,
    ExposurePrior,
    PoolReport,
)

_DIGITS, _PARTS = 12, 2.0**40


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def exposure_key(
    episodes: Sequence[Episode],
    *,
    map_shares: Mapping[str, Interval],
    homes: tuple[PoolHome, ...] = (),
    reports: Sequence[PoolReport] = (),
    prior: ExposurePrior | None = None,
    seed: int,
    draws: int = DRAWS,
) -> str:
    """Return the key of an estimate by `hashquake.explain.pool_exposure.fit_exposures`.

    Parameters
    ----------
    episodes, map_shares, homes, reports, prior, draws
        As given to `fit_exposures`. Of the map only the shares of the episodes' events count.
    seed : int
        Of the generator given to it.

    Returns
    -------
    str
        64 hexadecimal digits; the version of the model is part of what is hashed.
    """
    events = {one.event for episode in episodes for one in episode.intensities}
    digest = hashlib.sha256()
    _add(digest, MADE_BY)
    _add(digest, (seed, draws))
    _add(digest, prior or ExposurePrior())
    _add(digest, tuple(episodes))
    _add(digest, {name: map_shares[name] for name in sorted(events & set(map_shares))})
    _add(digest, homes)
    _add(digest, tuple(reports))
    return digest.hexdigest()


def _cut(values: NDArray[Any]) -> NDArray[Any]:
    """Round numbers to twelve digits: logarithms differ in the last one between processors."""
    if values.dtype.kind != "f":
        return values
    part, power = np.frexp(values)
    return np.asarray(np.ldexp(np.round(part * _PARTS), power) + 0.0)


def _add(digest: _Digest, value: object) -> None:
    """Add a value and its type, part by part, so that no two values are written alike."""
    digest.update(f"{type(value).__name__}(".encode())
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(_cut(value)).tobytes())
    elif isinstance(value, float):
        digest.update(f"{value:.{_DIGITS}g}".encode())
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            digest.update(field.name.encode())
            _add(digest, getattr(value, field.name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            _add(digest, name)
            _add(digest, part)
    elif isinstance(value, tuple):
        for part in value:
            _add(digest, part)
    else:
        digest.update(repr(value).encode())
    digest.update(b")")
