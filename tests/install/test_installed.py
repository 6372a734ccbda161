"""The wheel, installed outside the tree: every part of it is there, whoever may write where.

It stands on the libraries of the interpreter that runs the tests; `test_dependencies.py` installs
libraries of its own.
"""

import json
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.install.built import Packages
from tests.install.users_without_rights import allow_writing, forbid_writing, run_without_rights

pytestmark = pytest.mark.e2e
DRIVER = Path(__file__).with_name("commands.py")
QUICK = (
    "--version",
    "plugins",
    "report --list",
    "rate --at 2022-01-06T12:15Z --span 24h",
    "quakes show hq20210416a",
    "outages show ou20220105kza --out outage.html",
    "exposure --country KZ",
    "simulate --list",
    "doctor --json",
)
FEW = ("rate --at 2022-01-06T12:15Z --span 24h", "outages list", "doctor --json")


@pytest.fixture(scope="module")
def installed(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the wheel into an environment of its own that nobody may write to."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
         "--no-index", str(packages.wheel)],
        check=True,
    )  # fmt: skip
    (site,) = folder.glob("lib/python3*/site-packages")
    # After what is installed: the tree, which is in there too, comes second.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    forbid_writing(folder)
    yield python
    allow_writing(folder)


def _environment(home: Path | None) -> dict[str, str]:
    plain = {"PATH": "/usr/bin:/bin", "LANG": "C", "COLUMNS": "80"}
    return plain if home is None else plain | {"HOME": str(home)}


def _ran(python: Path, *lines: str, home: Path | None, folder: Path) -> list[dict[str, Any]]:
    done = run_without_rights(
        [str(python), "-I", str(DRIVER), *lines], environment=_environment(home), folder=folder
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("home", ["writable", "read-only", "none"])
def test_commands_answer(installed: Path, home: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    own = None if home == "none" else tmp_path / "home"
    if own is not None:
        own.mkdir()
    if home == "read-only":
        tmp_path.joinpath("home").chmod(0o555)
    asked = QUICK if home == "writable" else FEW
    results = _ran(installed, *asked, home=own, folder=work)
    for each in results:
        assert each["status"] == 0, each
        assert "Traceback" not in each["err"]
        assert each["out"], each
    checks = json.loads(results[-1]["out"])["checks"]
    (kept,) = (check["found"] for check in checks if check["name"] == "compiled code")
    if home == "writable":
        assert kept.startswith(f"kept in {own}/.cache/")
        assert (work / "outage.html").stat().st_size > 10_000
    if home == "read-only":
        assert kept.startswith("cannot be kept on disk")
        assert own is not None
        assert not list(own.iterdir())


def test_it_is_the_installed_package_that_answers(installed: Path, tmp_path: Path) -> None:
    where = run_without_rights(
        [str(installed), "-I", "-c", "import hashquake; print(hashquake.__file__)"],
        environment=_environment(tmp_path),
        folder=tmp_path,
    )
    assert where.stdout.startswith(str(installed.parents[1])), where.stderr
    program = run_without_rights(
        [str(installed.with_name("hashquake")), "--version"],
        environment=_environment(None),
        folder=tmp_path,
    )
    assert program.stdout.startswith("hashquake "), program.stderr
