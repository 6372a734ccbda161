"""Names of files under way: a draft next to its target, and what killed programs left of them."""

import os
import re
import shutil
import stat
from pathlib import Path


def draft_path(path: Path) -> Path:
    """Return where this process writes a file before it takes its own name.

    Drafts of the same target whose process has ended, which a kill leaves behind, are removed.

    Parameters
    ----------
    path : Path
        The target; its folder exists.

    Raises
    ------
    OSError
        When the folder cannot be read.
    """
    pattern = re.compile(rf"\.{re.escape(path.name)}\.([0-9]+)\.(?:part|pieces)")
    for entry in path.parent.iterdir():
        found = pattern.fullmatch(entry.name)
        if found and int(found[1]) != os.getpid() and not _runs(int(found[1])):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def pieces_path(path: Path) -> Path:
    """Return the folder where this process keeps the pieces of a file until they are joined.

    `draft_path` removes what a kill leaves of it, too.

    Parameters
    ----------
    path : Path
        The target.
    """
    return path.with_name(f".{path.name}.{os.getpid()}.pieces")


def is_special(path: Path) -> bool:
    """Return whether a path is a device, a pipe or a socket, which must not be replaced.

    Parameters
    ----------
    path : Path
        It need not exist.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # not there, or no path at all
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
