import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.simulated_chain import NOW_S, MemoryRecord, MinedChain, World, hashes, held, mine
from tests.sources.simulated_service import ADDRESS, SimulatedService

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.core.header import double_sha256, hash_text
from hashquake.core.network import CHAINS, NETWORKS
from hashquake.core.window import Window
from hashquake.plugins import list_plugins, load_plugin
from hashquake.sources.chain.mempool_rest import CARD, Options, read

FLAVOURS = ("mempool", "esplora")


def ingest(world: World, **options: Any) -> list[Batch]:
    batches = []
    options.setdefault("url", "http://service.test")
    for batch in read(Options(**options), world.context):
        world.record.append(batch)
        batches.append(batch)
    return batches


def failure(world: World, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        ingest(world, **options)
    return caught.value


@pytest.fixture
def chain() -> MinedChain:
    return MinedChain().grow(40)


def test_the_plugin_is_listed_and_keeps_the_contract() -> None:
    assert "mempool_rest" in [info.name for info in list_plugins("sources")]
    assert load_plugin("sources", "mempool_rest").CARD is CARD


def test_the_first_blocks_are_those_of_their_networks() -> None:
    one = "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    four = "4e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb1434221eaea7a07a"
    parts = {
        "main": (one, 1231006505, 0x1D00FFFF, 2083236893),
        "testnet3": (one, 1296688602, 0x1D00FFFF, 414098458),
        "testnet4": (four, 1714777860, 0x1D00FFFF, 393743547),
        "signet": (one, 1598918400, 0x1E0377AE, 52613770),
        "regtest": (one, 1296688602, 0x207FFFFF, 2),
    }
    assert parts.keys() == {network.name for network in CHAINS}
    for name, (merkle_root, *numbers) in parts.items():
        raw = (1).to_bytes(4, "little") + bytes(32) + bytes.fromhex(merkle_root)
        raw += b"".join(number.to_bytes(4, "little") for number in numbers)
        network = NETWORKS[name]
        assert hash_text(double_sha256(raw)) == network.genesis
        assert numbers[0] == network.genesis_s


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://service.test", "/api"),
        ("http://service.test/api/", "/api"),
        ("http://service.test:3000", ""),
        ("http://service.test/testnet4", "/testnet4/api"),
    ],
)
def test_both_flavours_give_the_same_chain_wherever_they_live(
    chain: MinedChain, flavour: Any, url: str, root: str
) -> None:
    service = SimulatedService(chain, flavour=flavour, root=root)
    world = World(service)
    ingest(world, url=url)
    assert held(world.record) == hashes(chain)
    for height, block in world.record.main.items():
        mined = chain.blocks[height].header
        assert (block.header_s, block.bits, block.prev) == (
            mined.header_s,
            mined.bits,
            mined.prev,
        )


def test_which_flavour_answers_is_asked_once(chain: MinedChain) -> None:
    for flavour in FLAVOURS:
        service = SimulatedService(chain, flavour=flavour)  # type: ignore[arg-type]  # one of two words
        ingest(World(service))
        assert service.asked.count("/api/v1/blocks/0") == 1
        told = SimulatedService(chain, flavour=flavour)  # type: ignore[arg-type]  # one of two words
        ingest(World(told), flavour=flavour)
        assert "/api/v1/blocks/0" not in told.asked


def test_blocks_come_by_the_page(chain: MinedChain) -> None:
    service = SimulatedService(chain)
    ingest(World(service))
    pages = [path for path in service.asked if path.startswith("/api/v1/blocks/")]
    # The question of the flavour, three pages for 41 blocks, one for the times at the end.
    assert len(pages) == 1 + 3 + 1


def test_a_coinbase_leaves_the_pool_to_our_own_rules(chain: MinedChain) -> None:
    world = World(SimulatedService(chain))
    ingest(world)
    block = world.record.main[9]
    assert (block.coinbase, block.payouts) == (chain.blocks[9].script, (ADDRESS,))
    assert block.pool is None


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ({"slug": "viabtc"}, "viabtc"),
        ({"slug": "Not A Slug\x1b[31m"}, None),
        ({"slug": 7}, None),
        ({"name": "ViaBTC"}, None),
        (None, None),
        ("viabtc", None),
    ],
)
def test_without_a_coinbase_the_services_pool_is_taken(
    chain: MinedChain, pool: Any, expected: str | None
) -> None:
    service = SimulatedService(chain, extras={"pool": pool}, without=("coinbaseRaw",))
    world = World(service)
    ingest(world)
    block = world.record.main[9]
    assert (block.coinbase, block.pool) == (None, expected)


def test_older_services_give_no_list_of_addresses_and_no_header(chain: MinedChain) -> None:
    world = World(SimulatedService(chain, without=("coinbaseAddresses", "header")))
    ingest(world)
    assert world.record.main[9].payouts is None
    assert held(world.record) == hashes(chain)


def test_plain_esplora_gives_the_coinbase_when_wanted(chain: MinedChain) -> None:
    plain, wanted = (World(SimulatedService(chain, flavour="esplora")) for _ in range(2))
    ingest(plain)
    ingest(wanted, coinbase=True)
    assert plain.record.main[9].coinbase is None
    block = wanted.record.main[9]
    assert (block.coinbase, block.payouts) == (chain.blocks[9].script, (ADDRESS,))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_it_resumes_and_follows_a_reorganisation(chain: MinedChain, flavour: Any) -> None:
    world = World(SimulatedService(chain, flavour=flavour))
    ingest(world, to_height=30)
    ingest(world)
    assert held(world.record) == hashes(chain)
    chain.reorganise(depth=5, n=6)
    ingest(world)
    assert held(world.record) == hashes(chain)
    assert {block.height for block in world.record.stale} == set(range(36, 41))
    assert [len(batch.blocks) for batch in ingest(world)] == [0]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("number", range(4, 9))
def test_a_reorganisation_between_two_pages_is_noticed(
    chain: MinedChain, flavour: Any, number: int
) -> None:
    service = SimulatedService(chain, flavour=flavour)

    def turn(request: int) -> None:
        if request == number:
            chain.reorganise(depth=12, n=13)

    service.before = turn
    world = World(service)
    ingest(world)
    assert held(world.record) == hashes(chain)


def test_the_chain_is_observed_up_to_now_unless_its_tip_is_old(chain: MinedChain) -> None:
    world = World(SimulatedService(chain))
    ingest(world)
    [window] = world.record.coverage.windows
    # The clock moved on by the waits between requests; what was asked when counts.
    assert window.start_s == chain.blocks[0].header.header_s
    assert NOW_S <= window.end_s <= world.time_s
    old = World(SimulatedService(MinedChain(end_s=NOW_S - 90_000).grow(20)))
    ingest(old)
    assert old.record.coverage.windows[-1].end_s < NOW_S - 90_000


def test_nothing_is_observed_after_a_last_height_asked_for(chain: MinedChain) -> None:
    world = World(SimulatedService(chain))
    [batch] = ingest(world, to_height=30)
    assert isinstance(batch.observed[0], Window)
    assert batch.observed[0].end_s <= chain.blocks[30].header.header_s


def test_requests_keep_to_the_rate(chain: MinedChain) -> None:
    service = SimulatedService(chain)
    world = World(service)
    ingest(world, requests_per_second=0.5)
    assert world.waits_s == [2.0] * (len(service.asked) - 1)


def test_a_429_is_waited_for_as_long_as_asked(chain: MinedChain) -> None:
    busy = httpx.Response(429, headers={"retry-after": "45"})
    service = SimulatedService(chain, troubles=[busy, httpx.Response(429)])
    world = World(service)
    ingest(world)
    assert 45.0 in world.waits_s
    assert held(world.record) == hashes(chain)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(503), "service-failing"),
        (httpx.Response(520, text="<html>Web server is down</html>"), "service-failing"),
        (httpx.Response(403, text="banned"), "service-refused"),
        (httpx.Response(200, text="<!doctype html><p>hello"), "answer-not-json"),
        (httpx.Response(200, text="-5"), "answer-shape"),
        (httpx.Response(200, text='"x"'), "answer-shape"),
    ],
)
def test_lasting_trouble_ends_with_its_code(
    chain: MinedChain, trouble: httpx.Response, code: str
) -> None:
    service = SimulatedService(chain, troubles=[trouble] * 20)
    assert failure(World(service)).code == code


def test_timeouts_end_with_their_code() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    assert failure(World(slow)).code == "service-timeout"


def test_a_service_on_another_network_is_refused(chain: MinedChain) -> None:
    record = MemoryRecord(network=NETWORKS["main"])
    error = failure(World(SimulatedService(chain), record=record))
    assert error.code == "service-network"
    assert "regtest" in error.message


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_service_that_answers_another_height_is_refused(chain: MinedChain, flavour: Any) -> None:
    error = failure(World(SimulatedService(chain, flavour=flavour, shift=1)))
    assert error.code in ("service-height", "service-chain-moved")
    wrong = SimulatedService(chain, flavour=flavour, shift=1)
    assert failure(World(wrong), from_height=20).code == "service-height"


def spoilt(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """Change the first block of each page."""

    def spoil(body: bytes) -> bytes:
        if not body.startswith(b'[{"id"'):
            return body
        page = json.loads(body)
        change(page[0])
        return json.dumps(page).encode()

    return spoil


def swap_headers(block: dict[str, Any]) -> None:
    block["extras"]["header"] = MinedChain().grow(1).tip.raw[:80].hex()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda block: block.update(height="40"), "answer-shape"),
        (lambda block: block.update(id="00" * 31), "hash-malformed"),
        (lambda block: block.update(id="00" * 32), "hash-mismatch"),
        (lambda block: block.update(extras=[1]), "answer-shape"),
        (lambda block: block["extras"].update(header="00" * 79), "header-length"),
        (lambda block: block["extras"].update(header="zz"), "answer-shape"),
        (lambda block: block["extras"].update(coinbaseRaw=5), "answer-shape"),
        (lambda block: block["extras"].update(coinbaseAddresses="x"), "answer-shape"),
        (lambda block: block["extras"].update(coinbaseAddresses=[None]), "answer-shape"),
        (swap_headers, "hash-mismatch"),
    ],
)
def test_a_wrong_field_is_an_error_with_a_code(
    chain: MinedChain, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    service = SimulatedService(chain, mutate=spoilt(change))
    assert failure(World(service), flavour="mempool").code == code


@pytest.mark.parametrize(
    "change",
    [
        lambda block: block.update(timestamp=block["timestamp"] + 1),
        lambda block: block.update(nonce=block["nonce"] ^ 1),
        lambda block: block.update(version=-1),
        lambda block: block.update(merkle_root="00" * 32),
        lambda block: block.update(bits=0x1D00FFFF),
    ],
)
def test_a_field_that_does_not_fit_the_hash_is_noticed(
    chain: MinedChain, change: Callable[[dict[str, Any]], None]
) -> None:
    service = SimulatedService(chain, flavour="esplora", mutate=spoilt(change))
    assert failure(World(service)).code == "hash-mismatch"


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_block_without_work_is_refused(flavour: Any) -> None:
    chain = MinedChain().grow(3)
    header_s = chain.tip.header.header_s + 1
    chain.blocks.append(mine(chain.tip, header_s=header_s, tag=b"/lazy/", valid=False))
    assert failure(World(SimulatedService(chain, flavour=flavour))).code == "pow-failed"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [{}],
        [{"vin": [], "vout": []}],
        [{"vin": [{"scriptsig": 1}], "vout": []}],
        [{"vin": [{"scriptsig": "00", "is_coinbase": False}], "vout": []}],
        {},
    ],
)
def test_a_broken_coinbase_answer_is_an_error_with_a_code(chain: MinedChain, answer: Any) -> None:
    service = SimulatedService(chain, flavour="esplora")
    service._transactions = lambda _block: answer  # type: ignore[assignment, method-assign]  # a service that changes
    assert failure(World(service), coinbase=True).code == "answer-shape"


_TOKENS = [b"null", b"true", b"-1", b"1e999", b'""', b"{}", b"[]", b"00", b"ff", b'"', b"9" * 30]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    flavour=st.sampled_from(FLAVOURS),
    coinbase=st.booleans(),
    number=st.integers(1, 12),
    at=st.integers(0, 8000),
    length=st.integers(0, 40),
    new=st.one_of(st.none(), st.binary(max_size=12), st.sampled_from(_TOKENS)),
)
def test_any_spoilt_answer_is_harmless_or_an_error_with_a_code(
    chain: MinedChain,
    flavour: Any,
    coinbase: bool,
    number: int,
    at: int,
    length: int,
    new: bytes | None,
) -> None:
    service = SimulatedService(chain, flavour=flavour)

    def spoil(body: bytes) -> bytes:
        if len(service.asked) != number:
            return body
        start = at % (len(body) + 1)
        return body[:start] if new is None else body[:start] + new + body[start + length :]

    service.mutate = spoil
    world = World(service)
    try:
        ingest(world, coinbase=coinbase)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not
    for height, block in world.record.main.items():
        assert block.hash == chain.blocks[height].header.hash
