"""A whole copy of a record in SQLite, made while it is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hashquake.core.drafts import draft_path, is_special
from hashquake.core.errors import RecordError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.record import Record
from hashquake.store.failures import code_of_failure, record_failure
from hashquake.store.sql_record import SqlRecord

_PAGES = 4_096
"""Pages copied at a time; in between, writers get their turn."""


def backup_record(record: Record, path: Path) -> int:
    """Copy a record by SQLite's online backup, and check the copy.

    Parameters
    ----------
    record : Record
        Of one SQLite file.
    path : Path
        Where to; appears whole or not at all.

    Returns
    -------
    int
        Blocks in the copy.

    Raises
    ------
    UsageError
        ``backup-exists`` when there is something at `path` already; ``backup-unsupported`` for a
        record that is not a SQLite file.
    RecordError
        ``record-damaged`` when the copy fails SQLite's check; ``disk-full`` and the like.
    """
    source = record.sqlite_path if isinstance(record, SqlRecord) else None
    if source is None:
        raise UsageError(
            "only a record in a SQLite file can be backed up here",
            code="backup-unsupported",
            hint="the bundled record comes with the program; copy a server's with its own tools",
        )
    if path.exists() or path.is_symlink() or is_special(path):
        raise UsageError(
            f"{visible_text(str(path))} exists already",
            code="backup-exists",
            hint="name a new file; a backup never takes the place of another",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = draft_path(path)
        try:
            n_blocks = _copied(source, draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        code = code_of_failure(error) or "record-unreachable"
        raise record_failure(code, visible_text(str(path)), str(error)) from error
    return n_blocks


def _copied(source: Path, draft: Path) -> int:
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True)) as here,
        closing(sqlite3.connect(draft)) as there,
    ):
        here.backup(there, pages=_PAGES, sleep=0.01)
        # One file: the copy keeps no log next to it.
        there.execute("PRAGMA journal_mode=DELETE")
        fault = there.execute("PRAGMA quick_check(1)").fetchone()[0]
        if fault != "ok":
            raise RecordError(
                f"the record is damaged: {visible_text(str(fault))}",
                code="record-damaged",
                hint="restore an older copy, or ingest into a new record",
            )
        return int(there.execute("SELECT count(*) FROM blocks").fetchone()[0])
