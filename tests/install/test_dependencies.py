"""The newest and the lowest allowed libraries, on every Python of this machine that is allowed.

It asks the package index; `make test-install` runs it.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.install.built import ROOT, Packages
from tests.install.test_installed import DRIVER, QUICK
from tests.serve.test_terminal_width import COMMANDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "HASHQUAKE_TEST_INSTALL" not in os.environ,
        reason="asks the package index: make test-install",
    ),
]
FURTHER = (
    "report kazakhstan-2022 --json",
    "report kazakhstan-2022 --out report.html",
    "simulate kazakhstan-2022 --paths 200",
    "export --since 2022-01-05 --until 2022-01-06 --out blocks.csv",
    "export --out blocks.parquet",
    "init --db own.db --empty",
    "ingest block_table --path blocks.parquet --db own.db",
    "pools",
    "backup copy.db --db own.db",
    "doctor --deep --db own.db",
)
MOST_PACKAGES = 48
MOST_BYTES = 700_000_000


def pythons() -> list[str]:
    """Return the interpreters of this machine that hashquake may run on, one of each minor."""
    roots = [os.environ.get("PYENV_ROOT", ""), f"{pwd.getpwuid(os.getuid()).pw_dir}/.pyenv"]
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    for minor in (11, 12, 13):
        name = f"3.{minor}"
        kept = [path for root in roots if root for path in Path(root).glob(f"versions/{name}.*")]
        candidates = [str(path / "bin" / "python") for path in kept]
        candidates += [path for path in [shutil.which(f"python{name}")] if path is not None]
        if candidates:
            found.setdefault(name, candidates[0])
    return [found[name] for name in sorted(found)]


def _uv(*arguments: str) -> str:
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("libraries", ["highest", "lowest-direct"])
@pytest.mark.parametrize("python", pythons())
def test_every_command_answers(
    packages: Packages, python: str, libraries: str, tmp_path: Path
) -> None:
    environment = tmp_path / "env"
    program = environment / "bin" / "python"
    _uv("venv", "--quiet", "--python", python, str(environment))
    asked = ("--quiet", "--python", str(program), "--only-binary", ":all:")
    listed = tmp_path / "libraries.txt"
    _uv("pip", "compile", *asked, "--resolution", libraries, "--no-header", "--no-annotate",
        "--output-file", str(listed), str(ROOT / "pyproject.toml"))  # fmt: skip
    _uv("pip", "install", *asked, "--requirement", str(listed))
    # Without the libraries' own rules again: the list is complete, or a command fails.
    _uv("pip", "install", *asked, "--no-deps", str(packages.wheel))
    _uv("pip", "check", "--python", str(program))
    if libraries == "highest":
        _check_size(program, environment)
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        [program, "-I", DRIVER, *QUICK, *COMMANDS, *FURTHER],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home"), "LANG": "C"},
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    failed = [each for each in results if each["status"] != 0 or "Traceback" in each["err"]]
    assert not failed


def _check_size(program: Path, environment: Path) -> None:
    """Check what a base installation takes, before Python writes bytecode into it."""
    count = len(_uv("pip", "freeze", "--python", str(program)).splitlines())
    size = sum(path.lstat().st_size for path in environment.rglob("*") if path.is_file())
    assert count <= MOST_PACKAGES + 1  # and hashquake itself
    assert size <= MOST_BYTES
