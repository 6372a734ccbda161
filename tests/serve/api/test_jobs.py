"""Simulations over the API: asked for, followed, stopped, refused."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, client, served

from hashquake.core.secret_token import new_token
from hashquake.observatory import open_observatory
from hashquake.serve.api import jobs
from hashquake.serve.api.jobs import Jobs
from hashquake.serve.cli.app import run
from hashquake.serve.settings import ServeSettings

LONG = {"scenario": "kazakhstan-2022", "paths": 10_000_000}


def ended(api: httpx.Client, number: str) -> dict[str, Any]:
    until_s = time.monotonic() + PATIENCE_S
    while True:
        job: dict[str, Any] = api.get(f"/simulations/{number}").json()
        if job["state"] not in ("queued", "running"):
            return job
        assert time.monotonic() < until_s, job
        time.sleep(0.1)


@pytest.fixture
def own() -> Iterator[httpx.Client]:
    """A server of its own, whose queue no other test fills."""
    with served(open_observatory("bundled")) as url, client(url) as api:
        yield api


def test_a_result_is_the_document_of_the_command(
    own: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"scenario": "kazakhstan-2022", "paths": 6_000, "seed": 4, "set": {"duration": "2d"}}
    answer = own.post("/simulations", json=asked)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["state"], job["done_share"]) == ("queued", 0.0)
    assert answer.headers["location"] == f"/api/v1/simulations/{job['id']}"
    done = ended(own, job["id"])
    assert (done["state"], done["done_share"]) == ("done", 1.0), done
    command = ["simulate", "kazakhstan-2022", "--paths", "6000", "--seed", "4"]
    assert run([*command, "--set", "duration=2d", "--json"]) == 0
    assert done["result"] == json.loads(capsys.readouterr().out)


def test_a_simulation_is_stopped_while_it_runs_and_while_it_waits(own: httpx.Client) -> None:
    first, second = (own.post("/simulations", json=LONG).json()["id"] for _ in range(2))
    until_s = time.monotonic() + PATIENCE_S
    while own.get(f"/simulations/{first}").json()["done_share"] == 0.0:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    assert own.get(f"/simulations/{second}").json()["state"] == "queued"
    for number in (second, first):
        assert own.delete(f"/simulations/{number}").json()["state"] == "cancelled"
        assert ended(own, number)["state"] == "cancelled"
    small = {"scenario": "halving", "paths": 1_000}
    assert ended(own, own.post("/simulations", json=small).json()["id"])["state"] == "done"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"scenario": "nothing"}, "scenario-unknown"),
        ({"scenario": "../secret.toml"}, "scenario-unknown"),
        ({"scenario": "halving", "paths": 10**12}, "paths-range"),
        ({"scenario": "halving", "paths": 0}, "paths-range"),
        ({"scenario": "halving", "seed": -1}, "seed-range"),
        ({"scenario": "halving", "set": {"nonsense": "1"}}, "setting-unknown"),
        ({"scenario": "halving", "other": 1}, "usage"),
        ({"paths": 5}, "usage"),
        ({"scenario": ["halving"]}, "usage"),
        ([], "usage"),
        ("halving", "usage"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(
    api: httpx.Client, asked: Any, code: str
) -> None:
    answer = api.post("/simulations", json=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"[" * 50_000, b'{"scenario": NaN}'])
def test_a_body_that_is_not_json_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/simulations", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("usage", "request-malformed")


def test_a_body_that_is_too_large_is_refused(api: httpx.Client) -> None:
    answer = api.post("/simulations", json={"scenario": "x" * 100_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body-too-large")


def test_a_queue_that_is_full_says_when_to_come_again(
    own: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 1)
    numbers, answer = [], own.post("/simulations", json=LONG)
    while answer.status_code == 202:
        numbers.append(answer.json()["id"])
        answer = own.post("/simulations", json=LONG)
        assert len(numbers) <= 3
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "jobs-full")
    assert int(answer.headers["retry-after"]) > 0
    for number in numbers:
        own.delete(f"/simulations/{number}")


def test_a_job_whose_process_cannot_be_started_fails_and_the_next_one_runs(
    own: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"scenario": "halving", "paths": 1_000}
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        failed = ended(own, own.post("/simulations", json=small).json()["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "system")
    assert ended(own, own.post("/simulations", json=small).json()["id"])["state"] == "done"


def test_a_result_is_kept_for_a_day_and_no_longer() -> None:
    now = [1_700_000_000.0]
    kept = Jobs("bundled", now_s=lambda: now[0])
    job = kept.add("halving", paths=10, seed=1, settings={})
    kept.cancel(job.id)
    now[0] += jobs.KEPT_S - 1
    assert kept.get(job.id) is job
    now[0] += 2
    with pytest.raises(Exception, match="this simulation does not exist"):
        kept.get(job.id)


def test_tokens_are_asked_for_where_the_settings_hold_any() -> None:
    token, kept = new_token()
    assert token not in kept
    settings = ServeSettings(tokens=[kept])
    with served(open_observatory("bundled"), settings=settings) as url, client(url) as api:
        asked = {"scenario": "halving", "paths": 10}
        refused = api.post("/simulations", json=asked)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token-missing")
        assert refused.headers["www-authenticate"] == "Bearer"
        wrong = api.post("/simulations", json=asked, headers={"Authorization": "Bearer guess"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "token-wrong")
        header = {"Authorization": f"Bearer {token}"}
        answer = api.post("/simulations", json=asked, headers=header)
        assert answer.status_code == 202
        number = answer.json()["id"]
        assert api.delete(f"/simulations/{number}").status_code == 401
        assert api.get("/quakes").status_code == 200
        ended(api, number)


def test_other_machines_need_a_token_and_settings_may_switch_jobs_off() -> None:
    asked = {"scenario": "halving", "paths": 10}
    with served(open_observatory("bundled"), exposed=True) as url, client(url) as api:
        assert api.post("/simulations", json=asked).json()["error"]["code"] == "token-missing"
    off = ServeSettings(jobs=False)
    with served(open_observatory("bundled"), settings=off) as url, client(url) as api:
        answer = api.post("/simulations", json=asked)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "jobs-off")


def test_a_running_simulation_shows_what_it_has_so_far(own: httpx.Client) -> None:
    number = own.post("/simulations", json=LONG).json()["id"]
    until_s = time.monotonic() + PATIENCE_S
    while "so_far" not in (job := own.get(f"/simulations/{number}").json()):
        assert job["state"] in ("queued", "running"), job
        assert time.monotonic() < until_s
        time.sleep(0.05)
    first = job["so_far"]
    assert first["partial"]
    assert 0 < first["paths"] < first["paths_asked"] == LONG["paths"]
    page = str(own.base_url).partition("/api/")[0] + f"/laboratory/results/{number}"
    part = plain_http.get(page, headers={"Accept": "text/html"}, timeout=PATIENCE_S)
    assert part.status_code == 200
    assert part.text.count('class="chart narrow"') == 3  # hash rate, difficulty, block times
    assert "So far:" in part.text
    while own.get(f"/simulations/{number}").json()["so_far"]["paths"] == first["paths"]:
        assert time.monotonic() < until_s
        time.sleep(0.05)
    assert "so_far" not in own.delete(f"/simulations/{number}").json()
