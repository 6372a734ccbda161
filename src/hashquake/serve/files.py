"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from hashquake.core.errors import UsageError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        Where to; its folder is made.
    content : bytes
        All of it.

    Raises
    ------
    UsageError
        ``cannot-write`` with the system's reason; nothing is left behind.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes private files; a report is for whoever may read the folder.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written: {error.strerror}",
            code="cannot-write",
            hint="name another place with --out",
        ) from None
