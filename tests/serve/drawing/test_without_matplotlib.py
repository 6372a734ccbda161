"""Reports, maps, outages and simulations are drawn by a base install, which has no matplotlib."""

import subprocess
import sys
from pathlib import Path

import pytest

_BLOCKED = (
    "import sys; sys.modules['matplotlib'] = None; "
    "from hashquake.serve.cli.app import run; sys.exit(run(sys.argv[1:]))"
)


@pytest.mark.parametrize(
    "command",
    [
        "report kazakhstan-2022 --out {}",
        "map --out {}",
        "outages show ou20220105kza --out {}",
        "simulate iran-blackout --paths 500 --out {}",
    ],
)
def test_pages_need_no_matplotlib(command: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = [*command.format(page).split(), "--db", "bundled"]
    done = subprocess.run(
        [sys.executable, "-c", _BLOCKED, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '<svg class="chart wide"' in page.read_text(encoding="utf-8")
