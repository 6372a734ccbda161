"""Start programs as a user who may write only where the test allows it, root included."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_RIGHTS_OF_ROOT = "-dac_override,-dac_read_search,-fowner"


def run_without_rights(
    arguments: Sequence[str], *, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program whom the rights of files bind, even when root runs the tests.

    Parameters
    ----------
    arguments : sequence of str
        The program and its arguments.
    environment : dict
        All of its environment.
    folder : Path
        Where it runs.
    """
    bound: list[str] = []
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        assert setpriv is not None, "util-linux is part of every Linux"
        bound = [setpriv, f"--bounding-set={_RIGHTS_OF_ROOT}", f"--inh-caps={_RIGHTS_OF_ROOT}"]
    return subprocess.run(
        [*bound, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def forbid_writing(folder: Path) -> None:
    """Take the right to write from a folder and all that is in it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)


def allow_writing(folder: Path) -> None:
    """Give its owner the right to write to a folder and all that is in it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
