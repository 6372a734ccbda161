"""The engine made ready: what preparation compiles serves every scenario."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.serve.api.served import PATIENCE_S, client, served

from hashquake.forward.batch import _draw_chunk
from hashquake.forward.block_by_block import queue_paths
from hashquake.forward.propagation import _race
from hashquake.observatory import open_observatory, scenario_choice, simulating
from hashquake.plugins import list_plugins
from hashquake.serve.api import preparing
from hashquake.serve.simulation.document import simulation_document


def compiled() -> list[int]:
    kernels: tuple[Any, ...] = (_draw_chunk, queue_paths, _race)
    return [len(one.dispatcher.signatures) for one in kernels]


def test_preparation_compiles_what_every_scenario_runs() -> None:
    preparing.compile_engine()
    ready = compiled()
    for one in list_plugins(scenario_choice.ROOM):
        scenario = scenario_choice.scenario_named(one.name.replace("_", "-"))
        if not scenario.pools:
            scenario = open_observatory("bundled").with_pools(scenario)
        for paths in (1, 1_200):
            simulation_document(
                simulating.simulate(scenario, paths=paths, seed=2, settings={}, keep_paths=1)
            )
        assert compiled() == ready, one.name


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A server whose preparation leaves a mark instead of compiling."""
    mark = tmp_path / "prepared"
    monkeypatch.setattr(preparing, "_AFTER_S", 0.05)
    start = asyncio.create_subprocess_exec

    async def marked(program: str, *args: str, **options: Any) -> asyncio.subprocess.Process:
        if args[-1] == preparing.__name__:
            code = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(300)"
            args = ("-c", code)
        process = await start(program, *args, **options)
        processes.append(process)
        return process

    processes: list[asyncio.subprocess.Process] = []
    monkeypatch.setattr(asyncio, "create_subprocess_exec", marked)
    with served(open_observatory("bundled"), prepares=True) as url:
        yield mark, url
    assert [one.returncode for one in processes] == [-9], "it outlived the server"


def test_preparation_starts_with_the_server_and_ends_with_it(started: tuple[Path, str]) -> None:
    mark, url = started
    with client(url) as api:
        for _ in range(400):
            if mark.exists():
                break
            assert api.get("/health").status_code in (200, 503)
        assert mark.exists()


def test_the_compiler_stays_out_of_the_server() -> None:
    """A page of stale blocks is made in a process of its own, with the same numbers."""
    code = """
import json, sys
from hashquake.observatory import open_observatory
from tests import plain_http
from tests.serve.api.served import served
with served(open_observatory("bundled")) as url:
    found = plain_http.get(url + "/api/v1/stale?delays=3&shares=60%25,40%25", timeout=300).json()
print(json.dumps([found, "numba" in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found, loaded = json.loads(done.stdout)
    assert not loaded
    assert found[0]["blocks"] == 200_000
    assert sum(one["share"] for one in found[0]["pools"]) == pytest.approx(1.0)


def test_a_race_that_cannot_be_run_says_why() -> None:
    with served(open_observatory("bundled")) as url, client(url) as api:
        answer = api.get("/stale", params={"delays": "3", "shares": "10%,20%"}, timeout=PATIENCE_S)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "pool-shares"
