"""Against a real bcoin node on regtest, which these tests may mine on and reorganise.

Start one with an empty directory and tell where it is::

    NODE_BACKEND=js bcoin --network=regtest --prefix=DIR --no-wallet=true --listen=false \
        --api-key=KEY --http-host=127.0.0.1 --http-port=PORT
    HASHQUAKE_BCOIN_URL=http://127.0.0.1:PORT HASHQUAKE_BCOIN_KEY=KEY pytest -m e2e tests/e2e
"""

import os
import time
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from hashquake.core.contracts import SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.header import hash_text
from hashquake.core.network import NETWORKS
from hashquake.sources.bitcoind_rpc import Options, read
from sources.simulated_chain import MemoryRecord

URL = os.environ.get("HASHQUAKE_BCOIN_URL", "")
KEY = os.environ.get("HASHQUAKE_BCOIN_KEY", "")
ADDRESS = "rb1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqce7sck"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not URL, reason="HASHQUAKE_BCOIN_URL does not name a node"),
]


def rpc(method: str, *params: Any) -> Any:
    body = {"method": method, "params": list(params), "id": 1}
    answer = httpx.post(URL, json=body, auth=("x", KEY), timeout=120).json()
    assert answer["error"] is None, answer
    return answer["result"]


def generate(n: int) -> list[str]:
    found: list[str] = rpc("generatetoaddress", n, ADDRESS)
    return found


def ingest(record: MemoryRecord, key: str = KEY, network: str = "regtest", **options: Any) -> int:
    record.network = NETWORKS[network]
    context = SourceContext(record=record, now_s=time.time, sleep=time.sleep)
    told = Options(url=URL, user="x", password=SecretStr(key), **options)
    n_blocks = 0
    for batch in read(told, context):
        record.append(batch)
        n_blocks += len(batch.blocks)
    return n_blocks


def chain() -> list[str]:
    heights = range(rpc("getblockcount") + 1)
    calls = [{"method": "getblockhash", "params": [height], "id": height} for height in heights]
    answers = httpx.post(URL, json=calls, auth=("x", KEY), timeout=120).json()
    return [answer["result"] for answer in sorted(answers, key=lambda answer: int(answer["id"]))]


def held(record: MemoryRecord) -> list[str]:
    return [hash_text(record.main[height].hash or b"") for height in sorted(record.main)]


@pytest.mark.parametrize("payouts", [True, False])
@pytest.mark.parametrize("batch_calls", [1, 50])
def test_its_whole_chain_is_read(payouts: bool, batch_calls: int) -> None:
    generate(20)
    record = MemoryRecord()
    ingest(record, without_payouts=not payouts, batch_calls=batch_calls)
    assert held(record) == chain()
    tip = record.main[max(record.main)]
    summary = rpc("getblock", hash_text(tip.hash or b""), 1)
    assert tip.coinbase == bytes.fromhex(summary["coinbase"])
    assert (tip.header_s, tip.bits) == (summary["time"], summary["bits"])
    # bcoin writes rb1 where everybody else writes bcrt1: ours is the usual form.
    expected = ("bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202",) if payouts else None
    assert tip.payouts == expected


def test_it_resumes_and_follows_a_reorganisation() -> None:
    record = MemoryRecord()
    generate(20)
    ingest(record)
    assert ingest(record) == 0
    left = chain()[-5]
    rpc("invalidateblock", left)
    time.sleep(1.1)  # another second in the header makes another block
    generate(7)
    n_read = ingest(record)
    assert held(record) == chain()
    assert left not in held(record)
    assert n_read == 7


def test_a_fresh_tip_closes_the_time_up_to_now() -> None:
    record = MemoryRecord()
    generate(12)
    before_s = time.time()
    ingest(record)
    assert record.coverage.windows[-1].end_s >= before_s


def test_a_wrong_key_and_a_wrong_network_are_refused() -> None:
    with pytest.raises(SourceError) as caught:
        ingest(MemoryRecord(), key=KEY + "x")
    assert caught.value.code == "node-auth"
    with pytest.raises(SourceError) as caught:
        ingest(MemoryRecord(), network="main")
    assert caught.value.code == "node-network"
