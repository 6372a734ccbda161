"""Write a file whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path

from hashquake.core.drafts import draft_path, is_special
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text


def ending_of(path: Path, known: Sequence[str], *, code: str = "export-format") -> str:
    """Return the ending of a file to write, in small letters.

    Parameters
    ----------
    path : Path
        As named by the user.
    known : sequence of str
        Endings that can be written, such as ``.csv``.
    code : str
        Of the error.

    Raises
    ------
    UsageError
        With that code, for another ending.
    """
    ending = path.suffix.lower()
    if ending not in known:
        *most, last = known
        wanted = f"{', '.join(most)} or {last}" if most else last
        raise UsageError(
            f"{visible_text(str(path))} must end in {wanted}",
            code=code,
            hint="the ending decides what is written" if most else "",
        )
    return ending


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        Where to; its folder is made. A device or a pipe is written to, never replaced, and a
        link keeps pointing where it points.
    content : bytes
        All of it.
    private : bool
        Whether only its owner may read it, as what holds passwords.

    Raises
    ------
    UsageError
        ``cannot-write`` with the system's reason; nothing is left behind.
    """
    try:
        if is_special(path):
            _write_through(path, content)
            return
        target = path.resolve() if path.is_symlink() else path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, content, mode=0o600 if private else 0o666)
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte, a ring of links
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"{visible_text(str(path))} cannot be written: {reason}",
            code="cannot-write",
            hint="name another place to write to",
        ) from None


def _replace(target: Path, content: bytes, *, mode: int) -> None:
    draft = draft_path(target)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _write_through(path: Path, content: bytes) -> None:
    # Without waiting: a pipe that nobody reads is an error, not an endless wait.
    descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "wb") as file:
        os.set_blocking(file.fileno(), True)
        file.write(content)
