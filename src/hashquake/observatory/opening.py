"""Open a record by its name."""

import os
from collections.abc import Callable
from pathlib import Path

from hashquake.core import clock
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
        Path(name).expanduser().parent.mkdir(parents=True, exist_ok=True)
    return Observatory(open_record(name, create=create, network=network, now_s=now_s), now_s=now_s)
