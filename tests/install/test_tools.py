"""The wheel as people install it: by pipx and by uv, outside the tree, for whoever may write where.

They ask the package index; `make test-install` runs it, and prints what it measured.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.install.built import Packages
from tests.install.users_without_rights import allow_writing, forbid_writing, run_without_rights

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "HASHQUAKE_TEST_INSTALL" not in os.environ,
        reason="asks the package index: make test-install",
    ),
]
REPORT = ("report", "kazakhstan-2022", "--out", "report.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The command, installed by a tool into folders that nobody may write to."""

    name: str
    command: Path
    folder: Path


def _pipx(wheel: Path, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pipx", "install", "--quiet", "--python", sys.executable, wheel],
        env={
            **os.environ,
            "PIPX_HOME": str(folder / "home"),
            "PIPX_BIN_DIR": str(folder / "bin"),
            "PIPX_MAN_DIR": str(folder / "man"),
        },
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _uv(wheel: Path, folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "tool", "install", "--quiet", "--python", sys.executable, wheel],
        env={
            **os.environ,
            "UV_TOOL_DIR": str(folder / "home"),
            "UV_TOOL_BIN_DIR": str(folder / "bin"),
        },
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module", params=["pipx", "uv tool"])
def tool(
    request: pytest.FixtureRequest, packages: Packages, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tool]:
    folder = tmp_path_factory.mktemp("tool")
    {"pipx": _pipx, "uv tool": _uv}[request.param](packages.wheel, folder)
    forbid_writing(folder)
    yield Tool(name=request.param, command=folder / "bin" / "hashquake", folder=folder)
    allow_writing(folder)


@pytest.mark.parametrize("home", ["writable", "read-only", "none"])
def test_the_first_report_is_made(
    tool: Tool, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, own = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    own.mkdir(mode=0o555 if home == "read-only" else 0o755)
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C", "COLUMNS": "80"}
    if home != "none":
        environment["HOME"] = str(own)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run_without_rights([str(tool.command), *REPORT], environment=environment, folder=work)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (work / "report.html").stat().st_size > 50_000
    if home == "read-only":
        assert not list(own.iterdir())
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with capsys.disabled():
        sys.stdout.write(f"\n{tool.name}, home {home}: first report {spent_s:.1f} s of CPU\n")


def test_it_is_the_wheel_that_answers(tool: Tool, packages: Packages, tmp_path: Path) -> None:
    done = run_without_rights(
        [str(tool.command), "--version"],
        environment={"PATH": "/usr/bin:/bin", "LANG": "C"},
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"hashquake {packages.wheel.name.split('-')[1]}")
    python = next(tool.folder.glob("home/**/bin/python"))
    where = run_without_rights(
        [str(python), "-I", "-c", "import hashquake; print(hashquake.__file__)"],
        environment={"PATH": "/usr/bin:/bin"},
        folder=tmp_path,
    )
    assert where.stdout.startswith(str(tool.folder / "home")), where.stderr
