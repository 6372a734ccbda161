"""Simulations asked for over the API: one at a time, each in a process that can be stopped."""

import asyncio
import json
import secrets
import sys
from collections import deque
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S
from hashquake.forward.settings import with_settings
from hashquake.observatory.scenario_choice import scenario_named
from hashquake.serve.api.faults import RequestError
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import error_document
from hashquake.serve.language import ENGLISH

MOST_PATHS = 10_000_000
MOST_WAITING = 16
MOST_KEPT = 200
KEPT_S = float(DAY_S)
TIME_LIMIT_S = 900.0
_LINE_BYTES = 64 * 2**20

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job:
    """One simulation that was asked for.

    Parameters
    ----------
    request : mapping
        What the process that runs it reads.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.id = secrets.token_hex(8)
        self.request = dict(request)
        self.state: JobState = "queued"
        self.done_share = 0.0
        self.result: dict[str, Any] | None = None
        self.so_far: dict[str, Any] | None = None
        self.fans: dict[str, list[str]] = {}
        self.error: dict[str, str] | None = None
        self.ended_s: float | None = None
        self.process: asyncio.subprocess.Process | None = None

    def document(self) -> dict[str, Any]:
        """Return it as the API has it."""
        shape: dict[str, Any] = {"id": self.id, "state": self.state, "done_share": self.done_share}
        if self.result is not None:
            shape["result"] = self.result
        if self.so_far is not None and self.state == "running":
            shape["so_far"] = self.so_far
        if self.error is not None:
            shape["error"] = self.error
        return shape


class Jobs:
    """The queue of simulations and their results, each kept for a day.

    Parameters
    ----------
    db : str
        The record that gives pools to a scenario without any.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, db: str, *, now_s: Callable[[], float]) -> None:
        self._db = db
        self._now_s = now_s
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._arrived = asyncio.Event()

    def add(
        self,
        scenario: str,
        *,
        paths: int,
        seed: int,
        settings: Mapping[str, str],
        language: str = ENGLISH.code,
    ) -> Job:
        """Queue a simulation that `check` let pass.

        Parameters
        ----------
        scenario, paths, seed, settings
            As for `hashquake.simulate`.
        language : str
            Two letters: in which its drawings are labelled.

        Raises
        ------
        RequestError
            ``jobs-full`` when too many wait.
        """
        self._forget_old()
        if len(self._waiting) >= MOST_WAITING:
            raise RequestError(
                f"{len(self._waiting)} simulations are waiting already",
                code="jobs-full",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                hint="ask again when some are done",
                headers={"Retry-After": "30"},
            )
        job = Job(
            {
                "db": self._db,
                "scenario": scenario,
                "paths": paths,
                "seed": seed,
                "settings": dict(settings),
                "language": language,
            }
        )
        self._jobs[job.id] = job
        self._waiting.append(job)
        self._arrived.set()
        return job

    def get(self, number: str) -> Job:
        """Return a job.

        Parameters
        ----------
        number : str
            Its id.

        Raises
        ------
        RequestError
            ``job-unknown``.
        """
        self._forget_old()
        job = self._jobs.get(number)
        if job is None:
            raise RequestError(
                "this simulation does not exist",
                code="job-unknown",
                status=HTTPStatus.NOT_FOUND,
                hint="results are kept for a day and end with the server; ask again",
            )
        return job

    def cancel(self, number: str) -> Job:
        """Stop a job that waits or runs; one that has ended stays as it is.

        Parameters
        ----------
        number : str
            Its id.

        Raises
        ------
        RequestError
            ``job-unknown``.
        """
        job = self.get(number)
        if job.ended_s is None:
            self._end(job, "cancelled")
            if job in self._waiting:
                self._waiting.remove(job)
            _kill(job)
        return job

    async def run(self) -> None:
        """Run jobs one after the other, until cancelled."""
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            job = self._waiting.popleft()
            job.state = "running"
            try:
                async with asyncio.timeout(TIME_LIMIT_S):
                    await self._run(job)
            except TimeoutError:
                message = f"it was stopped after {TIME_LIMIT_S:g} s"
                self._fail(job, error_document(message, "time-limit", "ask for fewer paths"))
            except Exception as error:  # noqa: BLE001  one job that cannot be run ends no other
                self._fail(job, error_document(*said_of(error)))
            finally:
                await _reaped(job)

    async def _run(self, job: Job) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hashquake.serve.api.job_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LINE_BYTES,
        )
        job.process = process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process was started without its pipes")
        process.stdin.write(json.dumps(job.request).encode())
        process.stdin.close()
        async for line in process.stdout:
            said = json.loads(line)
            if job.ended_s is not None:  # cancelled meanwhile
                break
            job.fans = said.get("fans", job.fans)
            if "done_share" in said:
                job.done_share = said["done_share"]
            elif "so_far" in said:
                job.so_far = said["so_far"]
            elif "result" in said:
                job.result, job.so_far, job.done_share = said["result"], None, 1.0
                self._end(job, "done")
            else:
                self._fail(job, said)
        await process.wait()
        if job.ended_s is None:
            message = "the process that ran it ended without a result"
            self._fail(job, error_document(message, "job-lost", "ask for fewer paths, or again"))

    def _fail(self, job: Job, document: dict[str, Any]) -> None:
        if job.ended_s is None:
            job.error = document["error"]
            self._end(job, "failed")

    def _end(self, job: Job, state: JobState) -> None:
        job.state = state
        job.ended_s = self._now_s()

    def _forget_old(self) -> None:
        ended = [one for one in self._jobs.values() if one.ended_s is not None]
        ended.sort(key=lambda one: one.ended_s or 0.0)
        surplus = len(ended) - MOST_KEPT
        for at, one in enumerate(ended):
            if at < surplus or self._now_s() - (one.ended_s or 0.0) > KEPT_S:
                del self._jobs[one.id]


def check(scenario: str, *, paths: int, seed: int, settings: Mapping[str, str]) -> None:
    """Refuse a simulation that could not be run or would never end, before it is queued.

    Parameters
    ----------
    scenario, paths, seed, settings
        As for `hashquake.simulate`; a file is not a scenario here.

    Raises
    ------
    UsageError
        ``scenario-unknown``, ``paths-range``, ``seed-range``, or what the settings are refused for.
    InputError
        What the scenario refuses.
    """
    if "." in scenario or "/" in scenario or "\\" in scenario:
        # Files of the server are not for its guests.
        known = "hashquake simulate --list shows the bundled ones"
        raise UsageError(
            f"the scenario {scenario[:60]!r} does not exist", code="scenario-unknown", hint=known
        )
    if not 1 <= paths <= MOST_PATHS:
        raise UsageError(
            f"{paths} paths were asked for",
            code="paths-range",
            hint=f"ask for 1 to {MOST_PATHS:,}; a million gives three digits",
        )
    if not 0 <= seed < 2**64:
        raise UsageError(f"the seed {seed} is not 0 to 2^64 - 1", code="seed-range")
    with_settings(scenario_named(scenario), settings)


async def _reaped(job: Job) -> None:
    """Stop the process of a job, and wait until it and its pipes are gone."""
    _kill(job)
    if job.process is not None and job.process.stdout is not None:
        await job.process.stdout.read()
        await job.process.wait()


def _kill(job: Job) -> None:
    if job.process is not None and job.process.returncode is None:
        try:
            job.process.kill()
        except ProcessLookupError:
            return
