"""A record of a month of real blocks with a quake in it, and a source that says hostile things."""

from pathlib import Path

from hashquake.core.contracts import Batch
from hashquake.core.opinion import Change
from hashquake.core.source_status import SourceStatus
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

SINCE, UNTIL = "2021-04-05", "2021-05-05"
QUAKE = "hq20210416a"
HOSTILE = "<script>alert(1)</script>\u202e\u200b<img src=x onerror=alert(2)>"
LEFT_OUT = 3
"""Blocks at the end that are not in the record, for tests that add one."""


def small_record(path: Path) -> Observatory:
    """Make the record and give it open."""
    blocks = bundled_blocks()
    since_s, until_s = parse_time(SINCE), parse_time(UNTIL)
    places = ((blocks.header_s >= since_s) & (blocks.header_s < until_s)).nonzero()[0]
    some = blocks.take(places[:-LEFT_OUT])
    observatory = open_observatory(str(path), create=True)
    observed = (Window(start_s=float(some.header_s[0]), end_s=float(some.header_s.max())),)
    observatory.feed(Batch(blocks=some, observed=observed), source="test")
    status = SourceStatus(source="bitcoind_rpc", state="down", since_s=since_s, because=HOSTILE)
    change = Change(kind="source", subject="network", document=status.document())
    observatory.record.add_changes((change,))
    return observatory


def next_block(observatory: Observatory) -> Batch:
    """Return the batch of the block after the record's last one."""
    blocks = bundled_blocks()
    tip = observatory.tip()
    assert tip is not None
    one = blocks.take((blocks.height == tip[0] + 1).nonzero()[0])
    end_s = float(one.header_s[0])
    observed = (Window(start_s=min(observatory.end_s(), end_s - 1), end_s=end_s),)
    return Batch(blocks=one, observed=observed)
