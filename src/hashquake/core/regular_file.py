"""Open files of a user's without waiting forever: a pipe or a device is refused at once.

Opening a pipe waits until somebody writes into it, and a device may never end.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from hashquake.core.errors import InputError
from hashquake.core.hostile_text import visible_text

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_SPECIAL = "it is a pipe, a socket or a device, not a file"


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading.

    Parameters
    ----------
    path : Path
        A file, or a link to one.

    Raises
    ------
    OSError
        When the system refuses it, when it is a directory, and for anything else that is not a
        file.
    ValueError
        When the path holds a zero byte.
    """
    try:
        # Without waiting: opening a pipe that nobody writes into returns at once.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise _refused(errno.EINVAL, path) from None
        raise
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise _refused(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, path)


def _refused(number: int, path: Path) -> OSError:
    said = _SPECIAL if number == errno.EINVAL else os.strerror(number)
    return OSError(number, said, str(path))


def read_regular(path: Path) -> bytes:
    """Return what a file holds; see `open_regular`.

    Parameters
    ----------
    path : Path
        A regular file; others are refused.
    """
    with open_regular(path) as file:
        return file.read()


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

    Parameters
    ----------
    value : object
        A path, a list or tuple that may hold paths, or any other value, which is accepted.

    Raises
    ------
    InputError
        As `refuse_special`.
    """
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, Path):
            refuse_special(one)
