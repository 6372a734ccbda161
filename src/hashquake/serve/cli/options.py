"""Options that every command takes, and how a record is opened from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashquake.core.drafts import is_special
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import SecretUrl

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

    observatory = open_observatory(record_name(db, create=create).secret, create=create)
    try:
        yield observatory
    finally:
        observatory.close()


def record_name(db: str | None, *, create: bool = False) -> SecretUrl:
    """Return the record a command is to use: the one named, the settings', one's own or bundled.

    Parameters
    ----------
    db : str or None
        As given with ``--db``.
    create : bool
        Whether one's own is meant where there is none yet.

    Raises
    ------
    UsageError
        ``record-foreign`` for a pipe or a device, which would be waited for without end.
    """
    if db:
        name = SecretUrl(db)
    else:
        from hashquake.serve.settings import load_settings

        name = load_settings().record_named(create=create)
    if is_special(Path(name.secret)):
        raise UsageError(
            f"{visible_text(str(name))} is a device or a pipe, not a record",
            code="record-foreign",
            hint="name a file or a database URL with --db",
        )
    return name
