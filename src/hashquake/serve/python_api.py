"""What Python users call first: open a record as the command line would, list the events."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hashquake.core import clock
from hashquake.core.event import Event
from hashquake.core.result_table import ResultTable
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.record_name import record_name

if TYPE_CHECKING:
    import os

    import polars as pl

    from hashquake.core.network import Network


def open_record(
    db: "str | os.PathLike[str] | None" = None,
    *,
    create: bool = False,
    network: "Network | None" = None,
    now_s: Callable[[], float] = clock.now_s,
) -> Observatory:
    """Open a record.

    Parameters
    ----------
    db : str or None
        ``bundled``, a file, or a database URL. None is what the command line takes without
        ``--db``: the record of the settings, else your own, else the bundled one.
    create : bool
        Whether to make it where there is none.
    network : Network or None
        The network it must hold; None takes a record as it is and makes a new one for mainnet.
    now_s : callable
        The clock, UTC Unix seconds.

    Raises
    ------
    RecordError
        When it cannot be opened.
    UsageError
        ``settings-malformed``.
    """
    name = record_name(db, create=create).secret
    return open_observatory(name, create=create, network=network, now_s=now_s)


class Events(tuple[Event, ...], ResultTable):
    """Events of history, in order of onset; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row an event.

        Returns
        -------
        polars.DataFrame
            ``id``, ``name``, ``place``, ``country``, ``cause``, ``start_s``, ``end_s``.
        """
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "place": one.place,
                    "country": one.country,
                    "cause": one.cause,
                    "start_s": one.window.start_s,
                    "end_s": one.window.end_s,
                }
                for one in self
            ]
        )

    def __repr__(self) -> str:
        """List their names."""
        return f"<Events: {', '.join(one.id for one in self)}>"


def events() -> Events:
    """List the bundled events of history, for `Observatory.report`.

    Examples
    --------
    >>> "kazakhstan-2022" in {one.id for one in events()}
    True
    """
    from hashquake.datasets.events import load_events

    return Events(load_events())
