import copy
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.simulated_chain import World
from tests.sources.simulated_instrument import (
    SimulatedInstrument,
    changed_leaves,
    ingest,
    readings,
    spoilings,
    tape,
    values,
)

from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.window import Window
from hashquake.plugins import load_plugin
from hashquake.sources.services import ioda
from hashquake.testing import check_source

TAPE = tape("ioda/answers.json")
START_S = 1706745600
NOW_S = START_S + 86_400.0
ASKED = {"country": "tr", "since": "2024-02-01", "until": "2024-02-02"}
BY_SIGNAL = {"bgp": "bgp", "ping-slash24": "holes", "merit-nt": "empty", "gtr": "gtr"}


def taped(path: str, query: dict[str, str]) -> Any:
    if "/outages/" in path:
        return TAPE[path.rpartition("/")[2]]
    assert path.endswith("/signals/raw/country/TR")
    return TAPE[BY_SIGNAL[query["datasource"]]]


def world(instrument: SimulatedInstrument, now_s: float = NOW_S) -> World:
    return World(instrument, time_s=now_s)


def failure(instrument: SimulatedInstrument, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        ingest(ioda, world(instrument), **ASKED | options)
    return caught.value


def test_the_plugin_keeps_the_contract() -> None:
    assert load_plugin("sources", "ioda").CARD is ioda.CARD
    check_source(ioda, ASKED | {"events": True}, world(SimulatedInstrument(taped)).context)


def test_a_public_sample_of_routes_is_read() -> None:
    batches = ingest(ioda, world(SimulatedInstrument(taped)), **ASKED, datasources="bgp")
    assert values(batches, "ioda_bgp_prefixes_count") == [
        (START_S, 62200),
        (START_S + 300, 62220),
        (START_S + 600, 62224),
        (START_S + 900, 62213),
    ]
    [batch] = batches
    assert {r.subject for r in batch.readings} == {"country:TR"}
    assert {(r.source, r.normal) for r in batch.readings} == {("ioda", None)}
    # The sample ends after four of its 288 values: what it does not hold, nobody saw.
    assert batch.observed == (Window(start_s=START_S, end_s=START_S + 1200),)


def test_nulls_are_gaps_and_a_zero_is_a_value() -> None:
    [batch] = ingest(ioda, world(SimulatedInstrument(taped)), **ASKED, datasources="ping-slash24")
    assert [(r.window.start_s - START_S, r.value) for r in batch.readings] == [
        (600, 5000.0),
        (1200, 5010.5),
        (2400, 0.0),
        (3000, 4990.0),
    ]
    assert batch.observed == (
        Window(start_s=START_S + 600, end_s=START_S + 1800),
        Window(start_s=START_S + 2400, end_s=START_S + 3600),
    )


def test_products_of_the_traffic_signal_are_quantities_of_their_own() -> None:
    batches = ingest(ioda, world(SimulatedInstrument(taped)), **ASKED, datasources="gtr")
    assert len(values(batches, "ioda_gtr_web_search_index")) == 2
    assert values(batches, "ioda_gtr_gmail_index") == [(START_S + 1800, 12.0)]


def test_an_empty_window_gives_nothing() -> None:
    assert ingest(ioda, world(SimulatedInstrument(taped)), **ASKED, datasources="merit-nt") == []


def test_a_bin_that_is_not_over_or_may_still_grow_is_left_out() -> None:
    simulated = SimulatedInstrument(taped)
    asked = ASKED | {"until": ""}
    batches = ingest(ioda, world(simulated, START_S + 1000), **asked, datasources="bgp")
    assert len(values(batches, "ioda_bgp_prefixes_count")) == 3
    batches = ingest(ioda, world(simulated, START_S + 1800 + 5400), **asked, datasources="gtr")
    assert len(values(batches, "ioda_gtr_web_search_index")) == 1


def test_requests_are_one_a_signal_and_week_at_a_modest_pace() -> None:
    simulated = SimulatedInstrument(lambda _path, _query: TAPE["empty"])
    there = world(simulated)
    ingest(ioda, there, asn="AS9198", since="2024-01-11", until="2024-02-01", datasources="bgp,gtr")
    assert {request.url.path for request in simulated.asked} == {"/signals/raw/asn/9198"}
    spans = [
        (int(r.url.params["from"]), int(r.url.params["until"]))
        for r in simulated.asked
        if r.url.params["datasource"] == "bgp"
    ]
    assert spans[0][0] == 1704931200
    assert spans[-1][1] == START_S
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert len(simulated.asked) == 2 * 3
    assert there.waits_s == [2.0] * 5


def test_alerts_are_levels_with_the_usual_value_beside_them() -> None:
    simulated = SimulatedInstrument(taped)
    batches = ingest(ioda, world(simulated), **ASKED, datasources="merit-nt", alerts=True)
    assert values(batches, "ioda_bgp_alert_level") == [(1706746500, 1.0), (1706747400, 0.0)]
    assert values(batches, "ioda_merit_nt_alert_level") == [(1706746200, 2.0)]
    [count, _] = [r for r in readings(batches) if r.quantity == "ioda_bgp_alert_count"]
    assert (count.value, count.normal) == (60000.0, 62100.0)
    assert [batch.observed for batch in batches] == [()]


def test_events_overlap_the_time_asked_for_and_long_ones_have_no_end() -> None:
    simulated = SimulatedInstrument(taped)
    batches = ingest(ioda, world(simulated), **ASKED, datasources="merit-nt", events=True)
    found = {r.quantity: r for r in readings(batches)}
    assert found.keys() == {"ioda_ping_slash24_event_score", "ioda_bgp_open_event_score"}
    assert found["ioda_ping_slash24_event_score"].window.duration_s == 3600
    assert found["ioda_bgp_open_event_score"].window.end_s == NOW_S
    assert simulated.asked[-1].url.params["format"] == "codf"


def test_a_region_is_asked_for_by_number_and_named_after_its_country() -> None:
    region = {
        "entityType": "region",
        "entityCode": "4416",
        "entityFqid": "geo.netacuity.AS.KZ.4416",
    }
    entity: dict[str, Any] = {"code": "4416", "type": "region", "attrs": {"country_code": "KZ"}}

    def answer(path: str, query: dict[str, str]) -> Any:
        if path.endswith("/outages/alerts"):
            assert (query["entityType"], query["entityCode"]) == ("region", "4416")
            return {"data": [one | {"entity": entity} for one in TAPE["alerts"]["data"]]}
        if path.endswith("/outages/events"):
            return {"data": [one | {"location": "region/4416"} for one in TAPE["events"]["data"]]}
        assert path.endswith("/signals/raw/region/4416")
        return {"data": [[TAPE["bgp"]["data"][0][0] | region]]}

    asked = ASKED | {"country": "", "region": "kz-4416", "datasources": "bgp"}
    batches = ingest(ioda, world(SimulatedInstrument(answer)), **asked, alerts=True, events=True)
    found = readings(batches)
    assert {one.subject for one in found} == {"region:KZ-IODA4416"}
    assert {one.quantity for one in found} > {
        "ioda_bgp_prefixes_count",
        "ioda_bgp_alert_level",
        "ioda_ping_slash24_event_score",
    }
    with pytest.raises(HashquakeError) as caught:  # the number of a region elsewhere
        ingest(ioda, world(SimulatedInstrument(answer)), **asked | {"region": "CN-4416"})
    assert caught.value.code == "answer-mismatch"
    entity["attrs"] = {"country_code": "CN"}
    with pytest.raises(HashquakeError) as caught:
        ingest(ioda, world(SimulatedInstrument(answer)), **asked, alerts=True)
    assert caught.value.code == "answer-mismatch"


def spoilt(**changes: Any) -> SimulatedInstrument:
    answer = copy.deepcopy(TAPE["bgp"])
    answer["data"][0][0].update(changes)
    return SimulatedInstrument(lambda _path, _query: answer)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"entityCode": "KZ"}, "answer-mismatch"),
        ({"entityType": "region"}, "answer-mismatch"),
        ({"datasource": "gtr"}, "answer-mismatch"),
        ({"values": [1, -2]}, "value-negative"),
        ({"values": [1, "2"]}, "answer-shape"),
        ({"values": [True]}, "answer-shape"),
        ({"values": [10**30]}, "value-not-finite"),
        ({"values": {}}, "answer-shape"),
        ({"values": [1] * 400}, "answer-shape"),
        ({"step": 0}, "answer-shape"),
        ({"step": -300}, "answer-shape"),
        ({"from": None}, "answer-shape"),
        ({"until": START_S - 1, "values": []}, "time-backwards"),
        ({"subtype": "\x1b[31m"}, "answer-shape"),
    ],
)
def test_a_wrong_field_is_an_error_with_a_code(changes: dict[str, Any], code: str) -> None:
    assert failure(spoilt(**changes), datasources="bgp").code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (TAPE["nested"], "answer-shape"),
        ({"data": [TAPE["bgp"]["data"][0] * 2]}, "window-duplicate"),
        ({"data": None}, "answer-shape"),
        ({"data": [[]], "error": "no such entity\x1b[2J"}, "service-error"),
        ([], "answer-shape"),
        (httpx.Response(200, text='{"data": [[{"values": [NaN]}]]}'), "answer-not-json"),
        (httpx.Response(200, text='{"data": [[{"values": [1, 2'), "answer-truncated"),
        (httpx.Response(200, text="<!doctype html><p>maintenance"), "answer-not-json"),
        (httpx.Response(401), "service-unauthorised"),
        (httpx.Response(403, text="no"), "service-forbidden"),
        (httpx.Response(404), "service-refused"),
        (httpx.Response(418), "service-refused"),
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "86400"}), "service-rate-limited"),
        (httpx.Response(500), "service-failing"),
        (httpx.Response(520, text="<html>"), "service-failing"),
    ],
)
def test_a_wrong_answer_is_an_error_with_a_code(answer: Any, code: str) -> None:
    error = failure(SimulatedInstrument(lambda _path, _query: answer), datasources="bgp")
    assert error.code == code
    assert "\x1b" not in error.message


def test_a_429_is_waited_for_as_long_as_asked() -> None:
    busy = [httpx.Response(429, headers={"retry-after": "45"}), httpx.Response(429)]
    simulated = SimulatedInstrument(taped, troubles=busy)
    there = world(simulated)
    assert readings(ingest(ioda, there, **ASKED, datasources="bgp"))
    assert 45.0 in there.waits_s


def test_timeouts_and_silence_end_with_their_codes() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone", request=request)

    for handler, code in ((slow, "service-timeout"), (gone, "service-unreachable")):
        with pytest.raises(HashquakeError) as caught:
            ingest(ioda, World(handler, time_s=NOW_S), **ASKED)
        assert caught.value.code == code


def test_values_ahead_of_our_clock_are_a_matter_of_clocks() -> None:
    for n_values, code in ((4, None), (20, "clock-skew")):
        simulated = spoilt(values=[1] * n_values)
        try:
            ingest(ioda, world(simulated, START_S + 60), **ASKED, datasources="bgp")
        except HashquakeError as error:
            assert error.code == code  # noqa: PT017  the short answer raises nothing
        else:
            assert code is None


def test_one_signal_that_fails_does_not_silence_the_others() -> None:
    def answer(path: str, query: dict[str, str]) -> Any:
        if query.get("datasource") == "bgp":
            return httpx.Response(403)
        return taped(path, query)

    simulated = SimulatedInstrument(answer)
    kept: list[Any] = []
    options = ioda.Options(**ASKED, url="http://service.test")
    with pytest.raises(HashquakeError) as caught:
        kept.extend(ioda.read(options, world(simulated).context))
    assert caught.value.code == "service-forbidden"
    assert "bgp of country:TR" in caught.value.hint
    assert values(kept, "ioda_ping_slash24_up_count")
    assert values(kept, "ioda_gtr_web_search_index")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"country": ""}, "subject-missing"),
        ({"country": "KAX"}, "subject-syntax"),
        ({"region": "KZ-ALA"}, "region-unknown"),
        ({"asn": "0"}, "subject-syntax"),
        ({"since": "yesterday"}, "time-syntax"),
        ({"until": "2024-01-31"}, "window-reversed"),
        ({"since": "2099-01-01"}, "window-ahead"),
        ({"datasources": "bgp,upstream-delay"}, "datasource-unknown"),
        ({"datasources": ","}, "datasource-unknown"),
        ({"url": "ftp://service.test"}, "url-malformed"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], code: str) -> None:
    simulated = SimulatedInstrument(taped)
    error = failure(simulated, **options)
    assert isinstance(error, UsageError)
    assert error.code == code
    assert not simulated.asked


def harmless(answer: Any, spoil: Any, now_s: float) -> None:
    simulated = SimulatedInstrument(lambda _path, _query: answer, mutate=spoil)
    options = ioda.Options(**ASKED, url="http://service.test", alerts=True, events=True)
    try:
        for batch in ioda.read(options, World(simulated, time_s=now_s).context):
            assert all(r.value >= 0 and r.subject == "country:TR" for r in batch.readings)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["bgp", "holes", "gtr", "alerts", "events"]),
    spoil=spoilings(),
    now_s=st.sampled_from([START_S + 60.0, START_S + 2000.0, NOW_S]),
)
def test_any_spoilt_answer_gives_fewer_readings_or_an_error_with_a_code(
    name: str, spoil: Any, now_s: float
) -> None:
    harmless(TAPE[name], spoil, now_s)


@settings(max_examples=200, deadline=None)
@given(
    answer=st.sampled_from(["bgp", "holes", "gtr", "alerts", "events"]).flatmap(
        lambda name: changed_leaves(TAPE[name])
    )
)
def test_any_changed_value_gives_fewer_readings_or_an_error_with_a_code(answer: Any) -> None:
    harmless(answer, lambda body: body, NOW_S)
