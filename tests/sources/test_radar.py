import copy
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
from hashquake.sources.services import radar
from hashquake.testing import check_source

TAPE = tape("radar/answers.json")
START_S = 1776816000
NOW_S = START_S + 2.0 * 86_400
SECRET = "not-a-real-token"  # noqa: S105  it opens nothing
ASKED = {
    "country": "sd",
    "since": "2026-04-22T06:00",
    "until": "2026-04-22T18:00",
    "token": SECRET,
}
SHARE = "radar_traffic_of_max_share"


def taped(path: str, _query: dict[str, str]) -> Any:
    return TAPE["traffic" if path.endswith("/radar/netflows/timeseries") else "annotations"]


def giving(answer: Any) -> SimulatedInstrument:
    return SimulatedInstrument(lambda _path, _query: answer)


def failure(simulated: Any, now_s: float = NOW_S, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        ingest(radar, World(simulated, time_s=now_s), **ASKED | options)
    assert SECRET not in caught.value.message + caught.value.hint
    return caught.value


def test_the_plugin_keeps_the_contract() -> None:
    assert load_plugin("sources", "radar").CARD is radar.CARD
    world = World(SimulatedInstrument(taped), time_s=NOW_S)
    check_source(radar, ASKED | {"outages": True}, world.context)


def test_traffic_is_a_share_of_the_largest_value_of_whole_days() -> None:
    simulated = SimulatedInstrument(taped)
    [batch] = ingest(radar, World(simulated, time_s=NOW_S), **ASKED)
    assert [(r.window.start_s - START_S, r.value) for r in batch.readings] == [
        (0, 0.535174),
        (900, 0.659869),
        (2700, 1.0),
        (4500, 1.4e-05),
    ]
    assert batch.observed == (
        Window(start_s=START_S, end_s=START_S + 1800),
        Window(start_s=START_S + 2700, end_s=START_S + 3600),
        Window(start_s=START_S + 4500, end_s=START_S + 5400),
    )
    assert {(r.subject, r.quantity, r.source) for r in batch.readings} == {
        ("country:SD", SHARE, "radar:2026-04-22/2026-04-23")
    }
    [request] = simulated.asked
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert dict(request.url.params) == {
        "location": "SD",
        "dateStart": "2026-04-22T00:00:00Z",
        "dateEnd": "2026-04-23T00:00:00Z",
        "format": "json",
        "name": "country_SD",
        "aggInterval": "15m",
    }


def test_answers_of_other_days_are_on_another_scale_and_say_so() -> None:
    first, second = (
        readings(
            ingest(radar, World(SimulatedInstrument(taped), time_s=NOW_S), **ASKED | {"since": day})
        )
        for day in ("2026-04-21", "2026-04-22")
    )
    assert {r.source for r in first} == {"radar:2026-04-21/2026-04-23"}
    assert {r.source for r in second} == {"radar:2026-04-22/2026-04-23"}


def test_the_present_day_keeps_its_name_while_it_fills() -> None:
    asked = ASKED | {"since": "2026-04-22T00:30", "until": ""}
    names = set()
    for now_s in (START_S + 7200.0, START_S + 80_000.0):
        batches = ingest(radar, World(SimulatedInstrument(taped), time_s=now_s), **asked)
        names |= {r.source for r in readings(batches)}
    assert names == {"radar:2026-04-22/2026-04-23"}


def test_bins_after_the_last_update_are_left_out() -> None:
    answer = changed(meta={"lastUpdated": "2026-04-22T01:00:00.000Z"})
    batches = ingest(radar, World(giving(answer), time_s=NOW_S), **ASKED)
    assert [start_s - START_S for start_s, _ in values(batches, SHARE)] == [0, 900, 2700]


def test_a_change_of_percentage_is_a_quantity_of_its_own() -> None:
    answer = changed(
        meta={"normalization": "PERCENTAGE_CHANGE"}, values=["-95.5", "0", "12", None, "-100"]
    )
    batches = ingest(radar, World(giving(answer), time_s=NOW_S), **ASKED)
    found = [value for _, value in values(batches, "radar_traffic_change_share")]
    assert found == pytest.approx([-0.955, 0.0, 0.12, -1.0])


def test_a_series_may_bear_the_name_asked_for() -> None:
    answer = copy.deepcopy(TAPE["traffic"])
    answer["result"]["country_SD"] = answer["result"].pop("serie_0")
    assert ingest(radar, World(giving(answer), time_s=NOW_S), **ASKED)


def test_outages_noted_are_readings_that_cover_nothing() -> None:
    simulated = SimulatedInstrument(taped)
    _, batch = ingest(radar, World(simulated, time_s=NOW_S), **ASKED, outages=True)
    found = {r.quantity: r for r in batch.readings}
    noted = found["radar_outage_nationwide_government_directed_count"]
    assert (noted.window.start_s, noted.window.duration_s) == (1776858300, 12_600)
    assert (noted.value, noted.source) == (1.0, "radar")
    still_open = found["radar_open_outage_regional_power_outage_count"]
    assert still_open.window.end_s == START_S + 86_400
    assert batch.observed == ()


def test_outages_of_a_network_are_asked_for_by_its_number_and_by_the_page() -> None:
    one = TAPE["annotations"]["result"]["annotations"][0]

    def answer(path: str, query: dict[str, str]) -> Any:
        if "netflows" in path:
            return TAPE["traffic"]
        n = 100 if query["offset"] == "0" else 3
        return {"success": True, "result": {"annotations": [one] * n}}

    simulated = SimulatedInstrument(answer)
    asked: dict[str, Any] = ASKED | {"country": "", "asn": "AS15706", "outages": True}
    batches = ingest(radar, World(simulated, time_s=NOW_S), **asked)
    assert [r.value for r in batches[1].readings] == [103.0]
    assert [r.url.params["asn"] for r in simulated.asked] == ["15706"] * 3
    endless = SimulatedInstrument(lambda path, query: answer(path, query | {"offset": "0"}))
    assert failure(endless, **asked).code == "answer-too-long"


def changed(*, meta: dict[str, Any] | None = None, **serie: Any) -> Any:
    answer = copy.deepcopy(TAPE["traffic"])
    answer["result"]["meta"].update(meta or {})
    answer["result"]["serie_0"].update(serie)
    return answer


def at(*times: str) -> Any:
    return changed(timestamps=list(times), values=["0.5"] * len(times))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (changed(values=["0.1"]), "answer-shape"),
        (changed(values=["NaN"] * 5), "value-not-finite"),
        (changed(values=["-Infinity"] * 5), "value-not-finite"),
        (changed(values=["1e99"] * 5), "value-not-finite"),
        (changed(values=["-0.1"] * 5), "value-negative"),
        (changed(values=["1.01"] * 5), "value-no-share"),
        (changed(values=["0x10"] * 5), "answer-shape"),
        (changed(values=["1_0"] * 5), "answer-shape"),
        (changed(values=[[]] * 5), "answer-shape"),
        (changed(meta={"normalization": "RAW_VALUES"}), "normalisation-unknown"),
        (
            changed(meta={"normalization": "PERCENTAGE_CHANGE"}, values=["-101"] * 5),
            "value-negative",
        ),
        (changed(meta={"aggInterval": "ONE_BLINK"}), "answer-shape"),
        (changed(meta={"lastUpdated": "just now"}), "answer-shape"),
        (at("2026-04-22T00:15:00Z", "2026-04-22T00:00:00Z"), "time-backwards"),
        (at("2026-04-22T00:15:00Z", "2026-04-22T00:15:00Z"), "window-duplicate"),
        (at("2026-04-22T00:15:00Z", "2026-04-22T00:20:00Z"), "window-overlap"),
        (at("2027-04-22T00:15:00Z"), "clock-skew"),
        (at("teatime"), "answer-shape"),
        ({"success": True, "result": {"meta": {}, "country_KZ": {}}}, "answer-mismatch"),
        ({"success": True, "result": {"meta": {}}}, "answer-mismatch"),
        ({"success": True, "result": None}, "answer-shape"),
        (TAPE["refused"], "service-error"),
        ([], "answer-shape"),
        (httpx.Response(200, text='{"result": {"serie_0": ['), "answer-truncated"),
        (httpx.Response(200, text="<html>challenge"), "answer-not-json"),
        (httpx.Response(400, json=TAPE["refused"]), "service-refused"),
        (httpx.Response(401, json=TAPE["refused"]), "service-unauthorised"),
        (httpx.Response(403, json=TAPE["refused"]), "service-forbidden"),
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "7200"}), "service-rate-limited"),
        (httpx.Response(524), "service-failing"),
    ],
)
def test_a_wrong_answer_is_an_error_with_a_code(answer: Any, code: str) -> None:
    assert failure(giving(answer)).code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"locations": ["KZ"]}, "answer-mismatch"),
        ({"locations": None}, "answer-shape"),
        ({"startDate": None}, "answer-shape"),
        ({"startDate": "2027-01-01T00:00:00Z"}, "clock-skew"),
        ({"endDate": "2026-04-22T11:00:00Z"}, "time-backwards"),
        ({"outage": {"outageType": "\x1b[2J"}}, "answer-shape"),
        ({"outage": []}, None),
    ],
)
def test_a_wrong_note_is_an_error_with_a_code(change: dict[str, Any], code: str | None) -> None:
    note = TAPE["annotations"]["result"]["annotations"][0] | change
    simulated = SimulatedInstrument(
        lambda path, _query: (
            TAPE["traffic"]
            if "netflows" in path
            else {"success": True, "result": {"annotations": [note]}}
        )
    )
    if code is not None:
        assert failure(simulated, outages=True).code == code
    else:
        _, batch = ingest(radar, World(simulated, time_s=NOW_S), **ASKED, outages=True)
        [reading] = batch.readings
        assert reading.quantity == "radar_outage_unspecified_unspecified_count"


def test_timeouts_end_with_their_code() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    assert failure(slow).code == "service-timeout"


def test_the_token_does_not_follow_to_another_host() -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, request.headers.get("authorization")))
        if request.url.host == "service.test":
            return httpx.Response(302, headers={"location": "http://elsewhere.test/"})
        return httpx.Response(200, json=TAPE["traffic"])

    ingest(radar, World(answer, time_s=NOW_S), **ASKED)
    assert seen == [("service.test", f"Bearer {SECRET}"), ("elsewhere.test", None)]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"token": None}, "token-missing"),
        ({"token": " "}, "token-missing"),
        ({"token": "a b"}, "token-malformed"),
        ({"token": "caf\u00e9"}, "token-malformed"),
        ({"country": ""}, "subject-missing"),
        ({"since": "soon"}, "time-syntax"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], code: str) -> None:
    simulated = SimulatedInstrument(taped)
    error = failure(simulated, **options)
    assert isinstance(error, UsageError)
    assert error.code == code
    assert not simulated.asked


def test_the_token_is_never_shown() -> None:
    assert SECRET not in repr(radar.Options(**ASKED))


def harmless(answer: Any, spoil: Any, now_s: float) -> None:
    simulated = SimulatedInstrument(lambda _path, _query: answer, mutate=spoil)
    options = radar.Options(**ASKED, url="http://service.test", outages=True)
    try:
        for batch in radar.read(options, World(simulated, time_s=now_s).context):
            assert all(r.value >= -1 and r.subject == "country:SD" for r in batch.readings)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["traffic", "annotations"]),
    spoil=spoilings(),
    now_s=st.sampled_from([START_S + 60_000.0, NOW_S]),
)
def test_any_spoilt_answer_gives_fewer_readings_or_an_error_with_a_code(
    name: str, spoil: Any, now_s: float
) -> None:
    harmless(TAPE[name], spoil, now_s)


@settings(max_examples=200, deadline=None)
@given(
    answer=st.sampled_from(["traffic", "annotations"]).flatmap(
        lambda name: changed_leaves(TAPE[name])
    )
)
def test_any_changed_value_gives_fewer_readings_or_an_error_with_a_code(answer: Any) -> None:
    harmless(answer, lambda body: body, NOW_S)
