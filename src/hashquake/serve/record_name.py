"""Which record is meant."""

import os
from pathlib import Path

from hashquake.core.drafts import is_special
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import SecretUrl
from hashquake.datasets import BUNDLED


def record_name(db: str | os.PathLike[str] | None, *, create: bool = False) -> SecretUrl:
    """Return the record a command is to use: the one named, the settings', one's own or bundled.

    Parameters
    ----------
    db : str, path or None
        As given with ``--db``.
    create : bool
        Whether it is to be written to: one's own is meant where there is none yet.

    Raises
    ------
    UsageError
        ``record-read-only`` when the bundled record is to be written to; ``record-foreign`` for a
        pipe or a device, which would be waited for without end.
    """
    if db:
        name = SecretUrl(os.fspath(db))  # what is named needs no settings, which take long to load
    else:
        from hashquake.serve.settings import load_settings

        name = load_settings().record_named(create=create)
    if create and name.secret == BUNDLED:
        raise UsageError(
            "the bundled record is read-only",
            code="record-read-only",
            hint="name a record of your own with --db, such as --db my.db",
        )
    if is_special(Path(name.secret)):
        raise UsageError(
            f"{visible_text(str(name))} is a device or a pipe, not a record",
            code="record-foreign",
            hint="name a file or a database URL with --db",
        )
    return name
