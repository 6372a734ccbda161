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
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.plugins import load_plugin
from hashquake.sources.services import ripestat
from hashquake.testing import check_source

TAPE = tape("ripestat/answers.json")
DAY_BEFORE_S = 1767744000
START_S = DAY_BEFORE_S + DAY_S
NOW_S = START_S + 10.0 * DAY_S
ASKED = {"country": "ir", "since": "2026-01-08", "until": "2026-01-09"}
V4 = "ripestat_v4_prefixes_count"


def giving(answer: Any) -> SimulatedInstrument:
    return SimulatedInstrument(lambda _path, _query: answer)


def failure(simulated: Any, now_s: float = NOW_S, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        ingest(ripestat, World(simulated, time_s=now_s), **ASKED | options)
    return caught.value


def test_the_plugin_keeps_the_contract() -> None:
    assert load_plugin("sources", "ripestat").CARD is ripestat.CARD
    world = World(giving(TAPE["five_minutes"]), time_s=NOW_S)
    check_source(ripestat, ASKED, world.context)


def test_stretches_are_bins_in_order_and_what_is_not_available_is_a_gap() -> None:
    batches = ingest(ripestat, World(giving(TAPE["five_minutes"]), time_s=NOW_S), **ASKED)
    assert [(start_s - START_S, value) for start_s, value in values(batches, V4)] == [
        (0, 8200.0),
        (300, 8200.0),
        (600, 8200.0),
        (900, 8100.5),
        (1500, 8200.0),
    ]
    assert batches[0].observed == (
        Window(start_s=START_S, end_s=START_S + 1200),
        Window(start_s=START_S + 1500, end_s=START_S + 1800),
    )
    v6 = values(batches, "ripestat_v6_prefixes_count")
    assert [start_s - START_S for start_s, _ in v6] == [0, 300, 600, 1500]
    assert len(values(batches, "ripestat_asns_count")) == 5
    assert {(r.subject, r.source, r.normal) for r in readings(batches)} == {
        ("country:IR", "ripestat", None)
    }


def test_quoted_daily_counts_are_read() -> None:
    asked = ASKED | {"since": "2026-01-07", "resolution": "1d"}
    simulated = giving(TAPE["daily"])
    batches = ingest(ripestat, World(simulated, time_s=NOW_S), **asked)
    assert values(batches, V4) == [(DAY_BEFORE_S, 8209.0), (START_S, 8200.0)]
    v6 = values(batches, "ripestat_v6_prefixes_count")
    assert v6 == [(DAY_BEFORE_S, 433.0), (START_S, 43.5)]
    assert values(batches, "ripestat_asns_count") == [(DAY_BEFORE_S, 556.0)]
    [request] = simulated.asked
    assert request.url.path == "/data/country-resource-stats/data.json"
    assert dict(request.url.params) == {
        "resource": "ir",
        "starttime": "2026-01-07T00:00:00",
        "endtime": "2026-01-09T00:00:00",
        "resolution": "1d",
        "sourceapp": "hashquake",
    }


def test_bins_that_are_not_over_are_left_out() -> None:
    batches = ingest(
        ripestat,
        World(giving(TAPE["five_minutes"]), time_s=START_S + 1000.0),
        **ASKED | {"until": ""},
    )
    assert [start_s - START_S for start_s, _ in values(batches, V4)] == [0, 300, 600]


def test_only_what_was_asked_for_is_kept() -> None:
    asked = ASKED | {"since": "2026-01-08T00:05", "until": "2026-01-08T00:15"}
    batches = ingest(ripestat, World(giving(TAPE["five_minutes"]), time_s=NOW_S), **asked)
    assert [start_s - START_S for start_s, _ in values(batches, V4)] == [300, 600]


def test_a_stretch_of_years_costs_no_more_than_what_was_asked_for() -> None:
    answer = copy.deepcopy(TAPE["five_minutes"])
    stretch = {"starttime": "1970-01-01T00:00:00", "endtime": "2099-01-01T00:00:00"}
    answer["data"]["stats"] = [answer["data"]["stats"][0] | {"timeline": [stretch]}]
    batches = ingest(ripestat, World(giving(answer), time_s=NOW_S), **ASKED)
    assert len(values(batches, V4)) == DAY_S / 300


def test_weeks_are_asked_for_one_at_a_time_at_a_modest_pace() -> None:
    simulated = giving({"status": "ok", "data": {"stats": []}})
    world = World(simulated, time_s=NOW_S)
    options = {"country": "KZ,IR", "since": "2026-01-01", "until": "2026-01-15"}
    assert ingest(ripestat, world, **options) == []
    assert len(simulated.asked) == 2 * 2
    assert world.waits_s == [2.0] * 3


def spoilt(change: dict[str, Any], *, stats: dict[str, Any] | None = None) -> Any:
    answer = copy.deepcopy(TAPE["five_minutes"])
    answer["data"].update(change)
    if stats is not None:
        answer["data"]["stats"][0].update(stats)
    return answer


def stretches(*times: tuple[str, str]) -> dict[str, Any]:
    return {"timeline": [{"starttime": start, "endtime": end} for start, end in times]}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (spoilt({"resource": "kz"}), "answer-mismatch"),
        (spoilt({"resource": ["ir", "kz"]}), "answer-mismatch"),
        (spoilt({"resolution": "3m"}), "answer-shape"),
        (spoilt({"stats": None}), "answer-shape"),
        (spoilt({}, stats={"v4_prefixes_ris": -2}), "value-negative"),
        (spoilt({}, stats={"v4_prefixes_ris": -0.5}), "value-negative"),
        (spoilt({}, stats={"v4_prefixes_ris": "8200"}), "answer-shape"),
        (spoilt({}, stats={"asns_ris": 10**40}), "value-not-finite"),
        (spoilt({}, stats={"timeline": None}), "answer-shape"),
        (
            spoilt({}, stats=stretches(("2026-01-08T00:10", "2026-01-08T00:00"))),
            "time-backwards",
        ),
        (
            spoilt({}, stats=stretches(("2026-01-08T00:15", "2026-01-08T00:15"))),
            "window-duplicate",
        ),
        (
            spoilt({}, stats=stretches(("2026-01-08T00:13", "2026-01-08T00:13"))),
            "window-overlap",
        ),
        (spoilt({}, stats=stretches(("soon", "2026-01-08T00:13"))), "answer-shape"),
        (spoilt({}, stats=stretches(("0001-01-01", "9999-12-31"))), "answer-shape"),
        ({"status": "error", "messages": [["error", "no such country"]]}, "service-error"),
        ({"status": "ok"}, "answer-shape"),
        (httpx.Response(200, text='{"data": {"stats": [NaN]}}'), "answer-not-json"),
        (httpx.Response(200, text='{"data": {"stats": ['), "answer-truncated"),
        (httpx.Response(200, text="<html>maintenance"), "answer-not-json"),
        (httpx.Response(401), "service-unauthorised"),
        (httpx.Response(403), "service-forbidden"),
        (httpx.Response(400), "service-refused"),
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "3600"}), "service-rate-limited"),
        (httpx.Response(502), "service-failing"),
    ],
)
def test_a_wrong_answer_is_an_error_with_a_code(answer: Any, code: str) -> None:
    assert failure(giving(answer)).code == code


def test_bins_ahead_of_our_clock_are_a_matter_of_clocks() -> None:
    asked = {"since": "2026-01-07T00:00", "until": ""}
    error = failure(giving(TAPE["five_minutes"]), START_S - 1000.0, **asked)
    assert error.code == "clock-skew"


def test_timeouts_end_with_their_code() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    assert failure(slow).code == "service-timeout"


def test_one_country_that_fails_does_not_silence_the_others() -> None:
    simulated = SimulatedInstrument(
        lambda _path, query: (
            TAPE["five_minutes"] if query["resource"] == "ir" else httpx.Response(404)
        )
    )
    kept: list[Any] = []
    options = ripestat.Options(**ASKED | {"country": "KZ,IR"}, url="http://service.test")
    with pytest.raises(HashquakeError) as caught:
        kept.extend(ripestat.read(options, World(simulated, time_s=NOW_S).context))
    assert caught.value.code == "service-refused"
    assert "country:KZ" in caught.value.hint
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"country": " "}, "subject-missing"),
        ({"country": "9198"}, "subject-syntax"),
        ({"since": "8 January"}, "time-syntax"),
        ({"until": "2026-01-08"}, "window-reversed"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], code: str) -> None:
    error = failure(giving(TAPE["five_minutes"]), **options)
    assert isinstance(error, UsageError)
    assert error.code == code


def harmless(answer: Any, spoil: Any, now_s: float) -> None:
    simulated = SimulatedInstrument(lambda _path, _query: answer, mutate=spoil)
    options = ripestat.Options(**ASKED, url="http://service.test")
    try:
        for batch in ripestat.read(options, World(simulated, time_s=now_s).context):
            assert all(r.value >= 0 and r.subject == "country:IR" for r in batch.readings)
    except HashquakeError as error:
        assert error.code  # noqa: PT017  any code is fine, any other exception is not


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["daily", "five_minutes"]),
    spoil=spoilings(),
    now_s=st.sampled_from([START_S + 60.0, START_S + 2000.0, NOW_S]),
)
def test_any_spoilt_answer_gives_fewer_readings_or_an_error_with_a_code(
    name: str, spoil: Any, now_s: float
) -> None:
    harmless(TAPE[name], spoil, now_s)


@settings(max_examples=200, deadline=None)
@given(
    answer=st.sampled_from(["daily", "five_minutes"]).flatmap(
        lambda name: changed_leaves(TAPE[name])
    )
)
def test_any_changed_value_gives_fewer_readings_or_an_error_with_a_code(answer: Any) -> None:
    harmless(answer, lambda body: body, NOW_S)
