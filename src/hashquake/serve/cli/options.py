"""Options that every command takes, and how a record is opened from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hashquake.observatory import Observatory

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH_OR_URL",
        help="The record: a file, a database URL, or [bold]bundled[/]. Default: yours if you have "
        "one, else bundled.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Start, ISO 8601, UTC by default.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="End, not included.")]


@contextmanager
def opened(db: str | None, *, create: bool = False) -> Iterator["Observatory"]:
    """Open the record a command is to use, and close it afterwards.

    Parameters
    ----------
    db : str or None
        As given with ``--db``; None means the user's own, else the bundled one.
    create : bool
        Whether to make the record where there is none (commands that write).
    """
    from hashquake.observatory import open_observatory
    from hashquake.serve.record_name import record_name

    observatory = open_observatory(record_name(db, create=create).secret, create=create)
    try:
        yield observatory
    finally:
        observatory.close()
