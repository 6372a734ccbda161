"""The description of the API: every answer fits it, and whatever is asked never breaks it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import plain_http

from hashquake.serve.api.reference import reference_markdown

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
PLACES = {
    "quake": ["hq20210416a", "hq20220105a"],
    "outage": ["ou20220105kza"],
    "event": ["kazakhstan-2022", "texas-uri-2021"],
    "slug": ["antpool", "unknown", "btcguild"],
    "job": ["0123456789abcdef"],
}
SENSIBLE = {
    "at": ["2022-01-05", "2022-01-05T12:00+06:00"],
    "as_of": ["2022-01-05"],
    "since": ["2022-01-05", "2021-05-01T00:00Z"],
    "until": ["2022-01-06", "2021-05-03"],
    "baseline_since": ["2021-12-20"],
    "baseline_until": ["2022-01-01"],
    "span": ["6h", "7d"],
    "step": ["1d", "6h"],
    "points": ["2", "10"],
    "subject": ["network", "pool:antpool", "country:KZ"],
    "method": ["window", "filter", "smoother"],
    "country": ["KZ", "kz", "KZ,IR", "FR"],
    "within": ["CN"],
    "kind": ["network", "pools"],
    "all": ["true", "false"],
    "open": ["true", "0"],
    "exposure": ["true", "no"],
    "limit": ["1", "5000"],
    "cursor": ["WzE2MTg1MzEyMDAuMCwgImhxMjAyMTA0MTZhIl0"],
    "means": ["true", "false"],
    "price_usd": ["50000"],
    "electricity_usd_per_kwh": ["0.07"],
    "registered_mw": ["300"],
    "share": ["18%"],
    "shares": ["30%,30%,40%"],
    "duration": ["6h"],
    "domestic": ["50%"],
    "delays": ["1,2"],
    "confirmations": ["6", "0"],
}
SLOW = ("/report", "/stream")
"""Asked once in other tests, or without end."""


@pytest.fixture(scope="module")
def described(address: str) -> dict[str, Any]:
    document: dict[str, Any] = plain_http.get(f"{address}/openapi.json").json()
    return document


def checked(described: dict[str, Any], path: str, answer: httpx.Response) -> None:
    """Hold an answer against what the description says of its path and status."""
    assert answer.status_code < 500, (str(answer.url), answer.text[:500])
    responses = described["paths"][path]["get"]["responses"]
    said = responses.get(str(answer.status_code), responses["default"])
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in said["content"], (kind, answer.status_code)
    if kind == "application/json":
        schema = said["content"][kind]["schema"] | {"components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())


def asked(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def test_every_command_of_the_contract_has_its_path(described: dict[str, Any]) -> None:
    wanted = (
        "health rate rates quakes quakes/{quake} outages outages/{outage} forecast map energy "
        "exposure pools pools/{slug} alerts events report/{event} simulations simulations/{job} "
        "stream sites sites/{site}/heartbeat claims check"
    )
    assert {f"/api/v1/{path}" for path in wanted.split()} <= set(described["paths"])


def test_plain_answers_fit_their_schemas(address: str, described: dict[str, Any]) -> None:
    n_right = 0
    for path, methods in described["paths"].items():
        if "get" not in methods or path.endswith("/stream"):
            continue
        for name in asked(path):
            plain = path.replace(f"{{{name}}}", PLACES[name][0])
            break
        else:
            plain = path
        query = "?since=2022-01-05&until=2022-01-07" if path[8:] in ("rates", "report") else ""
        answer = plain_http.get(address + plain + query, timeout=300)
        checked(described, path, answer)
        n_right += answer.status_code == 200
    assert n_right >= 16


def test_every_parameter_has_values_that_make_sense(described: dict[str, Any]) -> None:
    """One without makes the test below fail in a way that hides why."""
    for path, methods in described["paths"].items():
        if "get" in methods and not path[7:].startswith(SLOW):
            assert set(asked(path)) <= PLACES.keys(), path
            named = methods["get"].get("parameters", ())
            assert {one["name"] for one in named if one["in"] == "query"} <= SENSIBLE.keys(), path


texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "1e400", "nan", "\x00", "\u202e", "9" * 400, "null", "[]"]),
    st.datetimes().map(str),
    st.integers().map(str),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_asked_the_answer_fits_the_description(
    address: str, described: dict[str, Any], data: st.DataObject
) -> None:
    paths = [
        path
        for path, methods in described["paths"].items()
        if "get" in methods and not path[7:].startswith(SLOW)
    ]
    path = data.draw(st.sampled_from(paths))
    place = path
    for name in asked(path):
        given_name = data.draw(st.sampled_from(PLACES[name]) | texts)
        place = place.replace(f"{{{name}}}", quote(given_name, safe="") or "%20")
    known = [
        one["name"]
        for one in described["paths"][path]["get"].get("parameters", ())
        if one["in"] == "query"
    ]
    chosen = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    query: list[tuple[str, str | int | float | bool | None]] = [
        (name, data.draw(st.sampled_from(SENSIBLE[name]) | texts)) for name in chosen
    ]
    accept = data.draw(
        st.sampled_from(["*/*", "application/json", "text/csv", "application/octet-stream", "x"])
    )
    answer = plain_http.get(
        address + place, params=query or None, headers={"Accept": accept}, timeout=300
    )
    if answer.status_code == 404 and answer.json()["error"]["code"] == "path-unknown":
        return  # a name with a slash in it is another path
    checked(described, path, answer)


@settings(max_examples=60, deadline=None)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["scenario", "paths", "seed", "set", "x"]), inner, max_size=5
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_is_posted_is_answered_in_shape(address: str, body: Any) -> None:
    import json

    answer = plain_http.post(
        f"{address}/api/v1/simulations",
        content=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (400, 429), answer.text
    assert set(answer.json()["error"]) == {"code", "message", "hint"}


def test_every_key_and_every_parameter_is_described(described: dict[str, Any]) -> None:
    bare = [
        f"{name}.{key}"
        for name, schema in described["components"]["schemas"].items()
        for key, one in schema["properties"].items()
        if not one.get("description")
    ]
    bare += [
        f"{path} {one['name']}"
        for path, methods in described["paths"].items()
        for operation in methods.values()
        for one in operation.get("parameters", ())
        if not (one.get("description") or one["schema"].get("description"))
    ]
    assert bare == []


def test_the_page_loads_nothing_from_outside_and_names_every_path(
    address: str, described: dict[str, Any]
) -> None:
    page = plain_http.get(f"{address}/docs")
    assert "script" not in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in described["paths"]:
        assert path in page.text
    assert plain_http.get(f"{address}/docs.css").headers["content-type"].startswith("text/css")


def test_the_reference_is_of_the_code_as_it_is(described: dict[str, Any]) -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_markdown(described), (
        "run scripts/build_api_reference.py"
    )
