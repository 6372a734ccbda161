"""Every service of measurements against the same bad answers: each has its code, none is a zero."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from tests.sources import test_ioda, test_radar, test_ripestat
from tests.sources.simulated_chain import World
from tests.sources.simulated_instrument import SimulatedInstrument, ingest, readings

from hashquake.core.contracts import Batch
from hashquake.core.errors import HashquakeError
from hashquake.sources.services import ioda, radar, ripestat


def visible(text: str) -> str:
    assert text.isprintable()
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A source, what it is asked, and a service that answers as it should."""

    module: Any
    asked: dict[str, Any]
    answer: Callable[[str, dict[str, str]], Any]
    now_s: float

    def kept(self, handler: Any, **options: Any) -> tuple[list[Batch], str, str]:
        """Read to the end or to an error; give what came before, its code and its hint."""
        batches: list[Batch] = []
        given = {"url": "http://service.test", **self.asked, **options}
        try:
            world = World(handler, time_s=options.pop("now_s", self.now_s))
            given.pop("now_s", None)
            batches.extend(self.module.read(self.module.Options(**given), world.context))
        except HashquakeError as error:
            return batches, error.code, visible(error.message) + visible(error.hint)
        return batches, "", ""


CASES = [
    pytest.param(
        Case(
            module=ioda,
            asked=test_ioda.ASKED | {"datasources": "bgp"},
            answer=test_ioda.taped,
            now_s=test_ioda.NOW_S,
        ),
        id="ioda",
    ),
    pytest.param(
        Case(
            module=ripestat,
            asked=test_ripestat.ASKED,
            answer=lambda _path, _query: test_ripestat.TAPE["five_minutes"],
            now_s=test_ripestat.NOW_S,
        ),
        id="ripestat",
    ),
    pytest.param(
        Case(module=radar, asked=test_radar.ASKED, answer=test_radar.taped, now_s=test_radar.NOW_S),
        id="radar",
    ),
]
every_source = pytest.mark.parametrize("case", CASES)


@every_source
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(401, text="\x1b[2J"), "service-unauthorised"),
        (httpx.Response(403, text="\x1b[2J"), "service-forbidden"),
        (httpx.Response(404), "service-refused"),
        (httpx.Response(429), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "2"}), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "86400"}), "service-rate-limited"),
        (httpx.Response(429, headers={"retry-after": "soon"}), "service-rate-limited"),
        *((httpx.Response(status, text="<html>"), "service-failing") for status in (500, 502, 520)),
        (httpx.Response(200, text="<!doctype html><p>maintenance"), "answer-not-json"),
        (httpx.Response(200, content=b"\xff\xfe"), "answer-not-json"),
        (httpx.Response(200, text=""), "answer-not-json"),
        (httpx.Response(200, text='{"data": {"value": NaN}}'), "answer-not-json"),
        (httpx.Response(200, text="[" * 100_000), "answer-not-json"),
        (httpx.Response(200, text='{"data": [1, 2'), "answer-truncated"),
        (httpx.Response(200, text="[]"), "answer-shape"),
        (httpx.Response(200, text="null"), "answer-shape"),
        (httpx.Response(200, text='{"data": 7, "result": 7, "success": true}'), "answer-shape"),
    ],
)
def test_an_answer_of_no_use_gives_nothing_and_a_code(
    case: Case, answer: httpx.Response, code: str
) -> None:
    simulated = SimulatedInstrument(lambda _path, _query: answer)
    batches, found, _ = case.kept(simulated)
    assert (batches, found) == ([], code)


@every_source
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ConnectError, "service-unreachable"),
        (httpx.ConnectTimeout, "service-timeout"),
        (httpx.ReadTimeout, "service-timeout"),
        (httpx.RemoteProtocolError, "service-unreachable"),
    ],
)
def test_a_service_that_does_not_answer_has_its_code(case: Case, failure: Any, code: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise failure("gone", request=request)

    batches, found, _ = case.kept(handler)
    assert (batches, found) == ([], code)


@every_source
@pytest.mark.parametrize("header", [None, "45", "date", "soon"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for(case: Case, status: int, header: str | None) -> None:
    value = formatdate(case.now_s + 45.0, usegmt=True) if header == "date" else header
    busy = httpx.Response(status, headers={} if value is None else {"retry-after": value})
    simulated = SimulatedInstrument(case.answer, troubles=[busy])
    world = World(simulated, time_s=case.now_s)
    assert readings(ingest(case.module, world, **case.asked))
    assert (45.0 in world.waits_s) is (header in {"45", "date"})


@every_source
def test_an_answer_about_another_country_is_refused(case: Case) -> None:
    """All answer with the country of the tape, whoever is asked for."""
    own = case.asked["country"]

    def answer(path: str, query: dict[str, str]) -> Any:
        return case.answer(path.replace("/KZ", f"/{own.upper()}"), query)

    more = {"outages": True} if case.module is radar else {}
    batches, code, _ = case.kept(SimulatedInstrument(answer), country="kz", **more)
    assert code == "answer-mismatch"
    # Radar does not say whose traffic it gives, but it does say of whom its notes are.
    assert bool(readings(batches)) is (case.module is radar)


@every_source
def test_values_ahead_of_our_clock_are_not_kept(case: Case) -> None:
    [start_s] = {
        min(r.window.start_s for r in readings(case.kept(SimulatedInstrument(case.answer))[0]))
    }
    batches, code, _ = case.kept(SimulatedInstrument(case.answer), now_s=start_s + 30.0)
    assert readings(batches) == []
    assert code in {"", "clock-skew", "window-ahead"}


@every_source
def test_one_country_that_fails_does_not_silence_the_other(case: Case) -> None:
    country = case.asked["country"].upper()

    def answer(path: str, query: dict[str, str]) -> Any:
        asked = path + "".join(query.values())
        return httpx.Response(403) if "KZ" in asked.upper() else case.answer(path, query)

    batches, code, hint = case.kept(SimulatedInstrument(answer), country=f"kz,{country}")
    assert {r.subject for r in readings(batches)} == {f"country:{country}"}
    assert code == "service-forbidden"
    assert "country:KZ" in hint
