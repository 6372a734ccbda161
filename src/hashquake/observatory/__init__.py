"""The observatory: the only room that knows both science and I/O, with one door, `feed`.

Names load when first used: who asks for one thing does not wait for the libraries of all.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hashquake.observatory.bundled_load import bundled_batches, load_bundled
    from hashquake.observatory.intake import IngestResult
    from hashquake.observatory.observatory import Observatory
    from hashquake.observatory.opening import open_observatory
    from hashquake.observatory.tables import Rate, Rates, block_table

_HOME = {
    "IngestResult": "intake",
    "Observatory": "observatory",
    "Rate": "tables",
    "Rates": "tables",
    "block_table": "tables",
    "bundled_batches": "bundled_load",
    "load_bundled": "bundled_load",
    "open_observatory": "opening",
}

__all__ = [
    "IngestResult",
    "Observatory",
    "Rate",
    "Rates",
    "block_table",
    "bundled_batches",
    "load_bundled",
    "open_observatory",
]


def __getattr__(name: str) -> Any:
    """Load a name from the file it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
