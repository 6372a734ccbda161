"""What can go wrong with a database, turned into the record's own errors."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hashquake.core.errors import RecordError
from hashquake.core.secret_url import without_passwords

_SQLITE = {
    sqlite3.SQLITE_BUSY: "record-locked",
    sqlite3.SQLITE_LOCKED: "record-locked",
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_READONLY: "record-read-only",
    sqlite3.SQLITE_CANTOPEN: "record-unreachable",
    sqlite3.SQLITE_PERM: "record-unreachable",
    sqlite3.SQLITE_AUTH: "record-unreachable",
    sqlite3.SQLITE_NOTADB: "record-foreign",
    sqlite3.SQLITE_CORRUPT: "record-damaged",
}
_SQLSTATES = {
    "53100": "disk-full",
    "55P03": "record-locked",
    "40001": "record-locked",
    "40P01": "record-locked",
    "25006": "record-read-only",
    "42501": "record-read-only",
}
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAYS = {
    "record-locked": (
        "another program is writing to the record {where}",
        "wait for it to end, then run the command again; nothing was changed",
    ),
    "disk-full": (
        "no space is left for {where}",
        "make room and run the command again; everything up to the last whole batch is kept",
    ),
    "record-read-only": (
        "{where} may not be written to",
        "change its permissions, or name another record with --db",
    ),
    "record-unreachable": (
        "{where} cannot be opened",
        "check the path or address and who may read it",
    ),
    "record-foreign": (
        "{where} is not a hashquake record",
        "name another file with --db; this one was not touched",
    ),
    "record-damaged": (
        "{where} is damaged",
        "restore a copy, or ingest into a new record",
    ),
}


def record_failure(code: str, where: str, because: str = "") -> RecordError:
    """Make the error for a code, with what it was about and what to try.

    Parameters
    ----------
    code : str
        Such as ``record-locked``.
    where : str
        The record or file, as the user named it, without passwords.
    because : str
        What the database said, if it said something.
    """
    says, hint = _SAYS[code]
    message = says.format(where=where) + (f": {because}" if because else "")
    return RecordError(message, code=code, hint=hint)


def code_of_failure(error: BaseException) -> str | None:
    """Return the record's code for a database or file error, or None when it is not one of ours.

    Parameters
    ----------
    error : BaseException
        What a database or file raised.
    """
    if isinstance(error, IntegrityError):
        # Rows are numbered by the writer: a number already taken is another writer at work.
        return "record-locked"
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        number = getattr(cause, "sqlite_errorcode", None)
        return None if number is None else _code_of_sqlite(number)
    if isinstance(cause, OSError):
        return "disk-full" if cause.errno in _DISK_FULL else "record-unreachable"
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    unnamed = "record-unreachable" if isinstance(error, DBAPIError) else None
    return _SQLSTATES.get(str(state), unnamed)


def _code_of_sqlite(number: int) -> str:
    # A file-size limit or a quota shows as a failed write.
    if number == sqlite3.SQLITE_IOERR_WRITE:
        return "disk-full"
    return _SQLITE.get(number & 0xFF, "record-unreachable")


@contextmanager
def record_errors(where: str) -> Iterator[None]:
    """Turn what databases raise into errors of the record.

    Parameters
    ----------
    where : str
        Path or address of the record, without its password.

    Raises
    ------
    RecordError
        ``record-locked``, ``disk-full``, ``record-read-only``, ``record-unreachable``,
        ``record-foreign`` or ``record-damaged``.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        code = code_of_failure(error)
        if code is None:
            raise
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise record_failure(code, where, without_passwords(said[0]) if said else "") from error
