"""Open a record by its path or URL: its database first, then the record in it."""

from collections.abc import Callable
from pathlib import Path

from hashquake.core import clock
from hashquake.core.network import MAIN, Network
from hashquake.store.opening import open_database
from hashquake.store.sql_record import SqlRecord


def open_record(
    path_or_url: str | Path,
    *,
    create: bool = False,
    network: Network | None = MAIN,
    busy_timeout_s: float = 5.0,
    now_s: Callable[[], float] = clock.now_s,
) -> SqlRecord:
    """Open a record, and make it where asked.

    Parameters
    ----------
    path_or_url : str or Path
        A SQLite file, or a database URL such as ``postgresql+psycopg://user@host/database``.
    create : bool
        Make the record, and its folder, when there is none.
    network : Network or None
        The network it must hold; None takes an existing record as it is and makes a new one for
        mainnet.
    busy_timeout_s : float
        How long to wait for another program that is writing, seconds.
    now_s : callable
        The clock that dates batches, UTC Unix seconds.

    Returns
    -------
    SqlRecord
        Read-only where the file is.

    Raises
    ------
    RecordError
        ``record-missing``, ``record-foreign``, ``record-newer``, ``record-network``,
        ``record-locked``, ``record-read-only`` (tables of an older version in a file that cannot
        be written), ``record-unreachable``, ``record-damaged``, ``record-url``,
        ``record-driver`` or ``disk-full``.
    """
    opened = open_database(
        path_or_url, create=create, network=network, busy_timeout_s=busy_timeout_s, now_s=now_s
    )
    return SqlRecord(opened, now_s=now_s)
