"""Files that a user names to be read: regular ones, never what would be waited for without end."""

import stat
from pathlib import Path
from typing import Any

from hashquake.core.errors import InputError
from hashquake.core.hostile_text import visible_text

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def refuse_special(path: Path) -> None:
    """Refuse a pipe, a socket or a device where a file or a directory is to be read.

    Opening a pipe waits until somebody writes to it, and some devices never end. A path at which
    there is nothing passes: whoever opens it has the better message.

    Parameters
    ----------
    path : Path
        As the user wrote it.

    Raises
    ------
    InputError
        ``file-unreadable`` naming what it is.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    for is_kind, name in _KINDS:
        if is_kind(mode):
            raise InputError(
                f"{visible_text(str(path))} is {name}, not a file",
                code="file-unreadable",
                hint="write what it gives into a file, and name that",
            )


def refuse_special_in(value: Any) -> None:
    """Refuse special files among an option's value: a path, paths in a list, or neither.

    Raises
    ------
    InputError
        As `refuse_special`.
    """
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, Path):
            refuse_special(one)
