"""The observatory: the only room that knows both science and I/O, with one door, `feed`."""

from hashquake.observatory.intake import IngestResult, bundled_batches
from hashquake.observatory.observatory import Observatory
from hashquake.observatory.opening import BUNDLED, open_observatory
from hashquake.observatory.tables import Rate, Rates, block_table, map_frame

__all__ = [
    "BUNDLED",
    "IngestResult",
    "Observatory",
    "Rate",
    "Rates",
    "block_table",
    "bundled_batches",
    "map_frame",
    "open_observatory",
]
