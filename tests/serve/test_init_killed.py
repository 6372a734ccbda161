"""``init`` killed at any instant and run again ends with what an undisturbed one ends with."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from hashquake.observatory import open_observatory

PROGRAM = """
import os, signal, sys
from sqlalchemy import Engine, event
from hashquake.datasets import bundled
from hashquake.datasets.bundled import BundledRecord
from hashquake.observatory import bundled_load
import hashquake.datasets.prices, hashquake.datasets.transcribed

blocks = bundled.bundled_blocks().take(slice(0, 3_000))
readings = BundledRecord().readings(subject="country:KZ")[:17]
bundled.bundled_blocks = lambda: blocks
hashquake.datasets.transcribed.transcribed_readings = lambda: readings
hashquake.datasets.prices.bundled_price_readings = lambda **_: ()
bundled_load.BATCH_BLOCKS, bundled_load.BATCH_READINGS = 700, 5

left = int(sys.argv[2])
n_steps = 0

def step(*_given, **_named):
    global left, n_steps
    n_steps += 1
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, step)

from hashquake.serve.cli.app import run
status = run(["init", "--db", sys.argv[1], "--json"])
print(n_steps, file=sys.stderr)
sys.exit(status)
"""
"""Runs ``init`` with little bundled, and dies for good at a step of its work on the database."""


def _run(home: Path, db: Path, *, die_at: int) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", ""),
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(db), str(die_at)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _content(db: Path) -> dict[str, Any]:
    with open_observatory(str(db)) as observatory:
        columns = observatory.columns()
        subjects = observatory.reading_subjects()
        return {
            "counts": {k: v for k, v in observatory.counts().items() if k != "batches"},
            "heights": columns.height.tolist(),
            "header_s": columns.header_s.tolist(),
            "readings": [observatory.record.readings(subject=one) for one in subjects],
            "coverage": observatory.coverage(),
            "quakes": observatory.quakes(),
            "outages": observatory.outages(),
            "runs": sorted(run.source for run in observatory.last_runs()),
        }


def test_init_killed_at_random_instants_ends_whole(tmp_path: Path) -> None:
    undisturbed = _run(tmp_path / "a", tmp_path / "a.db", die_at=0)
    assert undisturbed.returncode == 0, undisturbed.stderr
    n_steps = int(undisturbed.stderr.split()[-1])
    assert n_steps > 60
    wanted = _content(tmp_path / "a.db")
    assert wanted["counts"]["blocks"] == 3_000

    draw = random.Random(20261129)
    db = tmp_path / "b.db"
    killed = 0
    for _ in range(6):
        # An instant of the first run, and then of whatever is left to do.
        done = _run(tmp_path / "b", db, die_at=draw.randint(1, max(2, n_steps // 2)))
        killed += done.returncode == -signal.SIGKILL
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
    assert killed >= 3
    last = _run(tmp_path / "b", db, die_at=0)
    assert last.returncode == 0, last.stderr
    assert _content(db) == wanted
    assert not list(tmp_path.glob(".*.part"))
