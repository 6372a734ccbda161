"""What pools see of an operator's sites: the shapes of three pools, and any other by mapping."""

import json
from typing import Any

import httpx
import pytest
from tests.sources.simulated_chain import World
from tests.sources.simulated_instrument import SimulatedInstrument

from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.plugins import load_plugin
from hashquake.testing import check_source

NOW_S = 1_775_298_660.0
SECRET = "not-a-real-key"  # noqa: S105  it opens nothing
SHAPES: dict[str, tuple[dict[str, Any], str, Any, float, float]] = {
    "braiins": (
        {"token": SECRET},
        "/accounts/profile/json/btc/",
        {"username": "a", "btc": {"hash_rate_unit": "Gh/s", "hash_rate_5m": 731_250_113.25}},
        731_250_113.25e9,
        300.0,
    ),
    "ocean": (
        {"account": "bc1qexample.kz1"},
        "/v1/user_hashrate/bc1qexample.kz1",
        {"result": {"hashrate_60s": "1", "hashrate_300s": "731250113250000000"}},
        731_250_113.25e9,
        300.0,
    ),
    "viabtc": (
        {"token": SECRET},
        "/res/openapi/v1/hashrate?coin=BTC",
        {"code": 0, "data": {"coin": "BTC", "hashrate_10min": "731250113250000000"}},
        731_250_113.25e9,
        600.0,
    ),
    "json": (
        {"path": "sites[name=kz1].rate", "unit": "TH/s", "url": "http://pool.test/api?user=a"},
        "/api?user=a",
        {"sites": [{"name": "kz1", "rate": 731_250.125}]},
        731_250.125e12,
        300.0,
    ),
}
MODULE = load_plugin("sources", "site_pool")


def asked(service: str, answer: Any, status: int = 200) -> tuple[list[Reading], list[str]]:
    given, *_ = SHAPES[service]
    seen: list[str] = []

    def reply(path: str, query: dict[str, str]) -> httpx.Response:
        seen.append(path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""))
        return httpx.Response(status, content=json.dumps(answer).encode())

    world = World(SimulatedInstrument(reply), time_s=NOW_S)
    options = {"site": "kz1", "service": service, "url": "http://pool.test", **given}
    found = list(MODULE.read(MODULE.Options(**options), world.context))
    return [one for batch in found for one in batch.readings], seen


@pytest.mark.parametrize("service", SHAPES)
def test_an_account_becomes_a_reading_of_the_site(service: str) -> None:
    _, path, answer, value, span_s = SHAPES[service]
    [found], seen = asked(service, answer)
    assert seen == [path]
    assert found.value == pytest.approx(value)
    assert found == Reading(
        subject="site:kz1",
        quantity="hashrate_hps",
        window=Window(start_s=NOW_S - span_s, end_s=NOW_S),
        value=found.value,
        source="site_pool",
    )


def test_a_pool_that_sees_nothing_is_kept_as_zero() -> None:
    found, _ = asked("ocean", {"result": {"hashrate_300s": "0"}})
    assert [one.value for one in found] == [0.0]


@pytest.mark.parametrize("service", SHAPES)
def test_an_answer_in_another_shape_is_an_error_and_no_zero(service: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        asked(service, {"error": "moved"})
    assert caught.value.code == "answer-shape"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"service": "braiins"}, "token-missing"),
        ({"service": "viabtc"}, "token-missing"),
        ({"service": "ocean"}, "option-invalid"),
        ({"service": "ocean", "account": "../admin"}, "option-invalid"),
        ({"service": "json"}, "option-invalid"),
        (
            {"service": "json", "url": "http://pool.test", "path": "a", "unit": "furlong"},
            "unit-unknown",
        ),
        ({"site": "Not an id", "service": "ocean", "account": "a"}, "subject-syntax"),
    ],
)
def test_options_that_cannot_work(options: dict[str, Any], code: str) -> None:
    world = World(SimulatedInstrument(lambda _path, _query: httpx.Response(500)), time_s=NOW_S)
    with pytest.raises(HashquakeError) as caught:
        list(MODULE.read(MODULE.Options(**{"site": "kz1", **options}), world.context))
    assert caught.value.code == code
    assert SECRET not in caught.value.message + caught.value.hint


def test_it_keeps_the_contract_of_sources() -> None:
    def reply(_path: str, _query: dict[str, str]) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(SHAPES["ocean"][2]).encode())

    world = World(SimulatedInstrument(reply), time_s=NOW_S)
    options = {"site": "kz1", "service": "ocean", "account": "a", "url": "http://pool.test"}
    check_source(MODULE, options, world.context)
