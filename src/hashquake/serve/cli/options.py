"""Options that every command takes, and how a record is opened from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import format_time, parse_time
from hashquake.core.window import Window
from hashquake.serve.asked import window_since

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
OwnDb = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH_OR_URL",
        help="The record to write to: a file or a database URL. Default: your own.",
        show_default=False,
    ),
]
Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="LANG",
        help="Language of the pages: en, de, fr, ru, es or pt. Terminal and JSON stay English.",
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


def window_in_record(observatory: "Observatory", since: str | None, until: str | None) -> Window:
    """Return the window between two times; where one is left out, the record's own limit.

    Parameters
    ----------
    observatory : Observatory
        With blocks.
    since, until : str or None
        As given with ``--since`` and ``--until``.

    Raises
    ------
    UsageError
        ``window-reversed`` where the window holds no time, or none of the record's.
    NoCoverage
        For a record without blocks.
    """
    if since is not None:
        return window_since(since, until, observatory.end_s)
    end_s = observatory.end_s()  # an empty record has none, and says so
    start_s = observatory.coverage().windows[0].start_s
    if until is not None:
        end_s = float(parse_time(until))
    if start_s >= end_s:
        raise UsageError(
            f"the record begins on {format_time(start_s)}, not before the end of the window, "
            f"{format_time(end_s)}",
            code="window-reversed",
            hint="choose a later --until",
        )
    return Window(start_s=start_s, end_s=end_s)
