"""From a real bcoin node on regtest into a record, as a user would, reorganisations included."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.bcoin_node import USUAL_ADDRESS, BcoinNode

from hashquake.core.errors import SourceError
from hashquake.core.header import hash_text
from hashquake.core.network import NETWORKS
from hashquake.observatory import IngestResult, Observatory, open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@pytest.fixture
def observatory(tmp_path: Path) -> Iterator[Observatory]:
    db = str(tmp_path / "record.db")
    with open_observatory(db, create=True, network=NETWORKS["regtest"]) as opened:
        yield opened


def ingest(observatory: Observatory, node: BcoinNode, **options: Any) -> IngestResult:
    told = {"url": node.url, "user": "x", "password": node.key, **options}
    return observatory.ingest("bitcoind_rpc", told)


def held(observatory: Observatory) -> list[str]:
    return [hash_text(digest) for digest in observatory.record.blocks(detail=True).hash]


@pytest.mark.parametrize("payouts", [True, False])
@pytest.mark.parametrize("batch_calls", [1, 50])
def test_its_whole_chain_is_read(
    bcoin: BcoinNode, observatory: Observatory, payouts: bool, batch_calls: int
) -> None:
    bcoin.generate(20)
    ingest(observatory, bcoin, without_payouts=not payouts, batch_calls=batch_calls)
    assert held(observatory) == bcoin.chain()
    blocks = observatory.record.blocks(detail=True)
    tip = blocks.block(len(blocks) - 1)
    summary = bcoin.rpc("getblock", hash_text(tip.hash or b""), 1)
    assert tip.coinbase == bytes.fromhex(summary["coinbase"])
    assert (tip.header_s, tip.bits) == (summary["time"], summary["bits"])
    assert tip.payouts == ((USUAL_ADDRESS,) if payouts else None)
    assert tip.pool == "unknown"


def test_it_resumes_and_follows_a_reorganisation(
    bcoin: BcoinNode, observatory: Observatory
) -> None:
    bcoin.generate(20)
    ingest(observatory, bcoin)
    assert ingest(observatory, bcoin).changes.blocks_added == 0
    left = bcoin.chain()[-5:]
    bcoin.rpc("invalidateblock", left[0])
    time.sleep(1.1)  # another second in the header makes another block
    bcoin.generate(7)
    result = ingest(observatory, bcoin)
    assert held(observatory) == bcoin.chain()
    assert (result.changes.blocks_added, result.changes.blocks_staled) == (7, 5)
    every = observatory.record.blocks(stale=True, detail=True)
    assert {hash_text(digest) for digest in every.hash[every.stale]} == set(left)


def test_a_fresh_tip_closes_the_time_up_to_now(bcoin: BcoinNode, observatory: Observatory) -> None:
    bcoin.generate(12)
    before_s = time.time()
    result = ingest(observatory, bcoin)
    assert result.coverage.windows[-1].end_s >= before_s


def test_a_wrong_key_and_a_wrong_network_are_refused(
    bcoin: BcoinNode, observatory: Observatory, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught:
        ingest(observatory, bcoin, password=bcoin.key + "x")
    assert caught.value.code == "node-auth"
    with open_observatory(str(tmp_path / "main.db"), create=True) as mainnet:
        with pytest.raises(SourceError) as caught:
            ingest(mainnet, bcoin)
        assert caught.value.code == "node-network"
        assert mainnet.record.tip() is None
