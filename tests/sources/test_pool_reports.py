"""Pools' own hash rates: the value in the form stated and no other, its unit checked, no zeros."""

import copy
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.simulated_chain import World
from tests.sources.simulated_instrument import (
    SimulatedInstrument,
    changed_leaves,
    readings,
    spoilings,
    tape,
)

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.plugins import list_plugins, load_plugin
from hashquake.testing import check_source

TAPE = tape("pools_reported/answers.json")
NOW_S = 1775298660.0
SECRET = "not-a-real-key"  # noqa: S105  it opens nothing
FOUND = {
    "braiinspool": (14064869487.490135e9, NOW_S - 60, 300),
    "oceanxyz": (17215648213770526818.1, NOW_S, 300),
    "viabtc": (94031566245772525568.0, NOW_S, 600),
    "binancepool": (21057e15, NOW_S, 600),
    "whitepool": (7184425100325925925.9, NOW_S, 600),
    "luxor": (21035827914295214e3, NOW_S, 300),
    "ckpool": (292.7e15, NOW_S - 60, 300),
}
VALUE_AT = {
    "braiinspool": ("btc", "pool_5m_hash_rate"),
    "oceanxyz": ("result", "pool_300s"),
    "viabtc": ("data", "hashrate"),
    "binancepool": ("data", "algoList", 0, "poolHash"),
    "whitepool": ("data", 1, "currentHashRate"),
    "luxor": ("data", "getPoolHashrate"),
}
MAPPED = {
    "pool": "somepool",
    "url": "http://pool.test/v1/stats?coin=btc",
    "path": "data[coin=BTC].rate",
    "unit": "PH/s",
}
every_pool = pytest.mark.parametrize("pool", FOUND)


def body(pool: str) -> bytes:
    answer = TAPE[pool]
    return (answer if isinstance(answer, str) else json.dumps(answer)).encode()


def giving(content: bytes) -> SimulatedInstrument:
    return SimulatedInstrument(lambda _path, _query: httpx.Response(200, content=content))


def options_of(pool: str) -> dict[str, Any]:
    return {"url": "http://pool.test", **({"token": SECRET} if pool == "luxor" else {})}


def read(pool: str, handler: Any, /, *, world: World | None = None, **options: Any) -> list[Batch]:
    module = load_plugin("sources", f"pool_{pool}")
    world = world or World(handler, time_s=NOW_S)
    return list(module.read(module.Options(**options_of(pool) | options), world.context))


def failure(pool: str, handler: Any, /, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        read(pool, handler, **options)
    said = caught.value.message + caught.value.hint
    assert SECRET not in said
    assert said.isprintable()
    return caught.value


def changed(pool: str, value: Any) -> bytes:
    """Put another value in place of the hash rate."""
    answer = copy.deepcopy(TAPE[pool])
    holder = answer
    *way, last = VALUE_AT[pool]
    for step in way:
        holder = holder[step]
    holder[last] = value
    return json.dumps(answer).encode()


@every_pool
def test_a_taped_answer_is_read_in_its_unit(pool: str) -> None:
    value, end_s, span_s = FOUND[pool]
    [batch] = read(pool, giving(body(pool)))
    [reading] = batch.readings
    assert reading.value == pytest.approx(value, rel=1e-12)
    window = Window(start_s=end_s - span_s, end_s=end_s)
    assert reading == Reading(
        subject=f"pool:{pool}",
        quantity="hashrate_hps",
        window=window,
        value=reading.value,
        normal=None,
        source=f"pool_{pool}",
    )
    assert batch.observed == (window,)


@every_pool
def test_the_plugin_keeps_the_contract(pool: str) -> None:
    module = load_plugin("sources", f"pool_{pool}")
    check_source(module, options_of(pool), World(giving(body(pool)), time_s=NOW_S).context)
    assert module.CARD.cadence_s == FOUND[pool][2]


def test_every_source_of_a_pool_is_tested_and_says_what_is_not_verified() -> None:
    cards = {one.name: one.card for one in list_plugins("sources") if one.name[:5] == "pool_"}
    assert cards.keys() == {f"pool_{pool}" for pool in FOUND} | {"pool_json"}
    unverified = {name for name, card in cards.items() if "unverified" in card["verified"]}
    assert unverified == cards.keys() - {"pool_braiinspool", "pool_json"}


@pytest.mark.parametrize("pool", VALUE_AT)
@pytest.mark.parametrize(
    "value",
    ["44.4K", "n/a", "", "1,400", "0x10", "NaN", "-5", "٣", "1e-5", None, True, [1], [], {}],
)
def test_another_form_is_an_error_and_never_zero(pool: str, value: Any) -> None:
    assert failure(pool, giving(changed(pool, value))).code == "answer-shape"


@pytest.mark.parametrize("value", ["14064869487.49", "14064869487"])
def test_text_where_a_number_was_is_an_error(value: str) -> None:
    assert failure("braiinspool", giving(changed("braiinspool", value))).code == "answer-shape"


@pytest.mark.parametrize(
    ("value", "code"),
    [(-1, "value-negative"), (10**60, "value-not-finite"), (1e300, "value-not-finite")],
)
def test_what_nobody_can_mine_is_an_error(value: Any, code: str) -> None:
    assert failure("braiinspool", giving(changed("braiinspool", value))).code == code


def test_ckpool_writes_with_letters_and_nothing_else() -> None:
    def answer(rate: Any) -> SimulatedInstrument:
        return giving(body("ckpool").replace(b'"292.7P"', json.dumps(rate).encode()))

    assert readings(read("ckpool", answer("44.4K")))[0].value == 44400.0
    assert readings(read("ckpool", answer("0")))[0].value == 0.0
    for wrong in ("44.4Q", "44.4k h", "P", "1e3P", 292, ["44.4K"], None):
        assert failure("ckpool", answer(wrong)).code == "answer-shape", wrong
    joined = body("ckpool").replace(b"\n", b"")
    assert readings(read("ckpool", giving(joined)))[0].value == 292.7e15
    assert failure("ckpool", giving(body("ckpool")[:150])).code in {
        "answer-not-json",
        "answer-shape",
    }


def test_a_unit_that_is_stated_counts_and_an_unknown_one_is_an_error() -> None:
    def answer(unit: Any) -> SimulatedInstrument:
        return giving(body("braiinspool").replace(b'"Gh/s"', json.dumps(unit).encode()))

    assert readings(read("braiinspool", answer("Th/s")))[0].value == pytest.approx(1.4064869e22)
    assert failure("braiinspool", answer("Sols/s")).code == "unit-unknown"
    assert failure("braiinspool", answer(9)).code == "answer-shape"


@pytest.mark.parametrize(
    ("median_hps", "wanted"),
    [(14e18, ""), (60e18, ""), (14e21, "unit-implausible"), (14e15, "unit-implausible")],
)
def test_a_unit_off_by_a_power_of_a_thousand_is_refused(median_hps: float, wanted: str) -> None:
    limits = {"low": 0.8 * median_hps, "high": 1.2 * median_hps, "level": 0.95}
    found = Interval(median=median_hps, **limits)
    module = load_plugin("sources", "pool_braiinspool")
    world = World(giving(body("braiinspool")), time_s=NOW_S)
    asked: list[str] = []

    def found_hps(subject: str) -> Interval:
        asked.append(subject)
        return found

    context = replace(world.context, found_hps=found_hps)
    code = ""
    try:
        list(module.read(module.Options(url="http://pool.test"), context))
    except HashquakeError as error:
        code = error.code
    assert (code, asked) == (wanted, ["pool:braiinspool"])


def test_a_unit_that_cannot_be_checked_is_noted() -> None:
    world = World(giving(body("viabtc")), time_s=NOW_S)
    read("viabtc", None, world=world)
    assert any("unit of viabtc's hash rate was not checked" in one for one in world.notes)


def test_an_old_value_keeps_its_time_and_is_noted() -> None:
    world = World(giving(body("braiinspool")), time_s=NOW_S + 7200)
    [batch] = read("braiinspool", None, world=world)
    assert batch.readings[0].window.end_s == NOW_S - 60
    assert any("has not been measured since" in one for one in world.notes)
    ahead = World(giving(body("braiinspool")), time_s=NOW_S - 3600)
    with pytest.raises(HashquakeError) as caught:
        read("braiinspool", None, world=ahead)
    assert caught.value.code == "clock-skew"


def test_it_goes_on_asking_and_a_failure_is_a_gap() -> None:
    answers = [body("viabtc"), b"<html>", body("viabtc")]

    def answer(_path: str, _query: dict[str, str]) -> httpx.Response:
        return httpx.Response(200, content=answers.pop(0))

    world = World(SimulatedInstrument(answer), time_s=NOW_S)
    found = readings(read("viabtc", None, world=world, duration="25m"))
    assert [one.window.end_s - NOW_S for one in found] == [0, 1200]
    assert any("asking again in 600 s" in one for one in world.notes)
    assert answers == []


def test_when_no_answer_ever_came_the_last_failure_is_raised() -> None:
    assert failure("viabtc", giving(b"<html>"), duration="15m").code == "answer-not-json"
    refusing = SimulatedInstrument(lambda _path, _query: httpx.Response(401))
    assert failure("viabtc", refusing, duration="5h").code == "service-unauthorised"
    assert len(refusing.asked) == 1


def test_a_key_is_needed_sent_and_never_shown() -> None:
    simulated = giving(body("luxor"))
    read("luxor", simulated)
    [request] = simulated.asked
    assert (request.method, request.headers["x-lux-api-key"]) == ("POST", SECRET)
    assert json.loads(request.content)["variables"] == {"mpn": "BTC", "orgSlug": "luxor"}
    assert failure("luxor", simulated, token=None).code == "token-missing"
    assert failure("luxor", simulated, token=f"{SECRET} x\n").code == "token-malformed"
    assert failure("luxor", giving(b'{"errors": [{"message": "no"}], "data": null}')).code == (
        "answer-shape"
    )


def test_a_key_does_not_follow_a_redirect_to_another_server() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.host == "pool.test":
            return httpx.Response(307, headers={"location": "http://192.0.2.7/graphql"})
        return httpx.Response(200, content=body("luxor"))

    read("luxor", answer, private_redirects=True)
    assert [one.headers.get("x-lux-api-key") for one in seen] == [SECRET, None]


@pytest.mark.parametrize(
    ("answer", "more", "value"),
    [
        ({"data": [{"coin": "LTC", "rate": 1}, {"coin": "BTC", "rate": 410.5}]}, {}, 410.5e15),
        ({"rates": [1, ["7.5"]]}, {"path": "rates[1][0]", "unit": "eh"}, 7.5e18),
        ([{"rate": "44.4K"}], {"path": "[0].rate", "form": "suffixed", "unit": "GH/s"}, 44.4e12),
        ({"a": {"v": 3, "u": "ZH/s"}}, {"path": "a.v", "unit_path": "a.u"}, 3e21),
    ],
)
def test_any_pool_is_read_by_a_mapping(answer: Any, more: dict[str, Any], value: float) -> None:
    simulated = giving(json.dumps(answer).encode())
    [reading] = readings(read("json", simulated, **MAPPED | more))
    assert (reading.subject, reading.source) == ("pool:somepool", "pool_json")
    assert reading.value == pytest.approx(value)
    assert str(simulated.asked[0].url) == MAPPED["url"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"path": "data[coin=DOGE].rate"}, "answer-shape"),
        ({"path": "data[5].rate"}, "answer-shape"),
        ({"path": "data.rate"}, "answer-shape"),
        ({"path": "data[0]..rate"}, "path-malformed"),
        ({"path": ""}, "path-malformed"),
        ({"path": "data[-1].rate"}, "path-malformed"),
        ({"unit": "TH/m"}, "unit-unknown"),
        ({"pool": "Some Pool"}, "subject-syntax"),
        ({"span": "0s"}, "duration-syntax"),
        ({"url": "ftp://pool.test"}, "url-malformed"),
        ({"token_header": "x\r\ny"}, "option-invalid"),
        ({"form": "number", "path": "data[1].text"}, "answer-shape"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(more: dict[str, Any], code: str) -> None:
    answer = {"data": [{"coin": "LTC", "rate": 1}, {"coin": "BTC", "rate": 2, "text": "2"}]}
    error = failure("json", giving(json.dumps(answer).encode()), **MAPPED | more)
    assert error.code == code
    assert isinstance(error, UsageError) == (code != "answer-shape")


def test_the_query_of_an_address_is_not_shown() -> None:
    url = f"http://pool.test/v1?key={SECRET}"
    assert failure("json", giving(b"<html>"), **MAPPED | {"url": url}).code == "answer-not-json"
    refusing = SimulatedInstrument(lambda _path, _query: httpx.Response(403))
    assert failure("json", refusing, **MAPPED | {"url": url}).code == "service-forbidden"


@every_pool
@settings(max_examples=25, deadline=None)
@given(spoil=spoilings())
def test_a_spoilt_answer_is_read_or_refused_with_a_code(pool: str, spoil: Any) -> None:
    try:
        found = readings(read(pool, giving(spoil(body(pool)))))
    except HashquakeError as error:
        found, said = [], error.message + error.hint
    else:
        said = ""
    assert said == "" or said.isprintable()
    assert all(0 <= one.value < 1e27 for one in found)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(VALUE_AT)).flatmap(lambda pool: changed_leaves({pool: TAPE[pool]})))
def test_a_changed_leaf_is_read_or_refused(answer: Any) -> None:
    if len(answer) != 1:
        return
    [(pool, spoilt)] = answer.items()
    try:
        found = readings(read(pool, giving(json.dumps(spoilt).encode())))
    except HashquakeError:
        return
    assert all(0 <= one.value < 1e27 for one in found)


def test_brackets_of_a_path_are_shown_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    from hashquake.serve.cli.app import run

    assert run(["ingest", "pool_json", "--help"]) == 0
    shown = capsys.readouterr().out.replace("│", " ")
    assert "data[coin=BTC].rate" in "".join(shown.split())
