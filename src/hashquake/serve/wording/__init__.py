"""Sentences for the reasons of opinions: the only place where reasons become prose."""

from hashquake.serve.wording.causes import cause_because
from hashquake.serve.wording.outages import (
    class_because,
    coverage_rows,
    signal_name,
    silence_because,
)
from hashquake.serve.wording.price import price_because
from hashquake.serve.wording.verdicts import rests_on_blocks, verdict_because

__all__ = [
    "cause_because",
    "class_because",
    "coverage_rows",
    "price_because",
    "rests_on_blocks",
    "signal_name",
    "silence_because",
    "verdict_because",
]
