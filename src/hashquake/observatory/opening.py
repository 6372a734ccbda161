"""Open a record by its name."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from hashquake.core import clock
from hashquake.core.errors import RecordError
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import Network
from hashquake.datasets import BUNDLED
from hashquake.observatory.observatory import Observatory


def open_observatory(
    db: str | os.PathLike[str],
    *,
    create: bool = False,
    network: Network | None = None,
    now_s: Callable[[], float] = clock.now_s,
) -> Observatory:
    """Open a record by name.

    Parameters
    ----------
    db : str or path
        ``bundled``, a file, or a database URL.
    create : bool
        Whether to make it where there is none.
    network : Network or None
        The network it must hold; None takes a record as it is and makes a new one for mainnet.
    now_s : callable
        The clock.

    Raises
    ------
    RecordError
        When it cannot be opened.
    """
    name = os.fspath(db)
    if name == BUNDLED:
        from hashquake.datasets.bundled import BundledRecord

        return Observatory(BundledRecord(), now_s=now_s)
    from hashquake.store.open_record import open_record

    if create and "://" not in name:
        _make_folder(Path(name).expanduser().parent)
    return Observatory(open_record(name, create=create, network=network, now_s=now_s), now_s=now_s)


def _make_folder(folder: Path) -> None:
    """Make the folder of a record."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
        raise RecordError(
            f"the folder {visible_text(str(folder))} of the record cannot be made: "
            f"{error.strerror}",
            code="system",
            hint="name another record with --db or HASHQUAKE_DB",
        ) from None
