"""Build the packages as a release does, from a copy of the files that the tree keeps."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EPOCH_S = 1_767_225_600
"""The instant that files in a package bear: 1 January 2026."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """What a build wrote."""

    wheel: Path
    sdist: Path


def kept_files() -> list[str]:
    """Return the paths of all that packages are made from, below the root of the tree."""
    package = (path for path in (ROOT / "src" / "hashquake").rglob("*") if path.is_file())
    made = (path for path in package if "__pycache__" not in path.parts)
    beside = (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    return sorted(path.relative_to(ROOT).as_posix() for path in (*made, *beside))


def build(folder: Path, *, mask: int, modified_s: float) -> Packages:
    """Build wheel and source distribution from a copy of the tree in a folder of its own.

    Parameters
    ----------
    folder : Path
        Empty; the copy and the packages go into it.
    mask : int
        Which rights new files lack, as some user's do.
    modified_s : float
        When all files say that they were changed, Unix seconds.
    """
    tree, out = folder / "tree", folder / "out"
    for path in kept_files():
        copy = tree / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, copy)
        copy.chmod(0o666 & ~mask)
        os.utime(copy, (modified_s, modified_s))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)],
        cwd=tree,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH_S)},
        umask=mask,
        check=True,
        capture_output=True,
    )
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Packages(wheel=wheel, sdist=sdist)
