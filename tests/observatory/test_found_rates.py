"""What blocks imply of a pool, handed to the sources that check a pool's own word."""

import json
from pathlib import Path

import httpx
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.core.network import NETWORKS
from hashquake.core.window import Window
from hashquake.observatory import open_observatory
from hashquake.observatory.following import Follower
from hashquake.observatory.found_rates import OLDEST_S, found_rates
from hashquake.observatory.intake import ingest
from hashquake.observatory.observatory import Observatory
from hashquake.store.open_record import open_record


@pytest.fixture(scope="module")
def recent(tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    """Copy the last weeks of the bundled record into one that can be written to."""
    with open_observatory("bundled") as bundled:
        tip = bundled.tip()
        assert tip is not None
        blocks = bundled.record.blocks(first_height=(tip[0] // 2016 - 2) * 2016)
        observed = tuple(
            window
            for one in bundled.record.coverage().windows
            if (window := one.overlap(_span(blocks))) is not None
        )
        end_s = bundled.end_s()
    path = tmp_path_factory.mktemp("recent") / "recent.db"
    record = open_record(path, create=True, network=None)
    record.append(Batch(blocks=blocks, observed=observed), source="block_table")
    return Observatory(record, now_s=lambda: end_s + 300.0)


def _span(blocks: BlockColumns) -> Window:
    return Window(start_s=float(blocks.header_s.min()), end_s=float(blocks.header_s.max()) + 1.0)


def test_blocks_tell_the_rate_of_every_pool_and_a_limit_for_the_others(recent: Observatory) -> None:
    found = found_rates(recent.record, recent._now_s)
    known, none = found("pool:viabtc"), found("pool:somebody")
    assert known is not None
    assert none is not None
    assert 20e18 < known.low < known.median < known.high < 500e18
    assert (none.low, none.median > 0.0) == (0.0, True)
    assert none.high < known.low


def test_old_blocks_and_other_networks_tell_nothing(recent: Observatory, tmp_path: Path) -> None:
    late_s = recent.end_s() + OLDEST_S + 1.0
    assert found_rates(recent.record, lambda: late_s)("pool:viabtc") is None
    empty = open_record(tmp_path / "empty.db", create=True, network=None)
    assert found_rates(empty, recent._now_s)("pool:viabtc") is None
    regtest = open_record(tmp_path / "regtest.db", create=True, network=NETWORKS["regtest"])
    assert found_rates(regtest, recent._now_s)("pool:viabtc") is None


@pytest.mark.parametrize(("factor", "code"), [(1, ""), (1000, "unit-implausible")])
def test_a_source_is_checked_against_the_blocks(
    recent: Observatory, factor: int, code: str
) -> None:
    answer = {"code": 0, "data": {"hashrate": str(94 * 10**18 * factor)}}
    body = json.dumps(answer).encode()
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=body))
    found = ""
    notes: tuple[str, ...] = ()
    try:
        result = ingest(
            recent.record,
            "pool_viabtc",
            {"url": "http://pool.test"},
            now_s=recent._now_s,
            progress=lambda _progress: None,
            follower=Follower(),
            transport=transport,
        )
        notes = result.notes
    except HashquakeError as error:
        found = error.code
    assert (found, notes) == (code, ())
