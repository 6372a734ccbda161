"""hashquake: a seismograph for Bitcoin's hash rate.

The public names load when first used, so that ``import hashquake`` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hashquake.core.block import Block
    from hashquake.core.claim import Claim, Verdict
    from hashquake.core.columns import BlockColumns
    from hashquake.core.errors import HashquakeError, NoCoverage
    from hashquake.core.estimate import Estimate
    from hashquake.core.interval import Interval
    from hashquake.core.reading import Reading
    from hashquake.core.window import Window
    from hashquake.observatory import Observatory
    from hashquake.observatory.simulating import simulate
    from hashquake.serve.python_api import events
    from hashquake.serve.python_api import open_record as open  # noqa: A004  hq.open, as users say

__version__ = "0.1.0"

_HOME = {
    "Block": "core.block",
    "BlockColumns": "core.columns",
    "Claim": "core.claim",
    "Estimate": "core.estimate",
    "HashquakeError": "core.errors",
    "Interval": "core.interval",
    "NoCoverage": "core.errors",
    "Observatory": "observatory",
    "Reading": "core.reading",
    "Verdict": "core.claim",
    "Window": "core.window",
    "events": "serve.python_api",
    "simulate": "observatory.simulating",
}

__all__ = [
    "Block",
    "BlockColumns",
    "Claim",
    "Estimate",
    "HashquakeError",
    "Interval",
    "NoCoverage",
    "Observatory",
    "Reading",
    "Verdict",
    "Window",
    "__version__",
    "events",
    "open",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the room it lives in."""
    if name == "open":
        return import_module(f"{__name__}.serve.python_api").open_record
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
