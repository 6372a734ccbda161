"""The unit by which systemd keeps `hashquake watch` running."""

import getpass
import os
import shutil
import sys
from pathlib import Path

from hashquake.core.errors import UsageError
from hashquake.serve.settings import settings_path

_STATE = "/var/lib/hashquake"
SYSTEM_SETTINGS = "/etc/hashquake/config.toml"
"""Where the unit of root reads its settings."""


def unit_text(record: str) -> str:
    """Return a hardened unit that watches a record.

    The record of a user who is not root lies where `init` made it, and the unit runs as that
    user. For root the unit runs as a user of its own, which systemd makes up, with the record in
    the state directory. An address of a database stays in the settings: it may hold a password.

    Parameters
    ----------
    record : str
        Path of the record, absolute, or address of a database.

    Raises
    ------
    UsageError
        ``unit-path`` for a path that a unit cannot name.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    served = "://" in record
    root = os.geteuid() == 0
    settings = settings_path()
    command = [*_program(), "watch", "--log", "plain"]
    folder = "" if served or root else str(Path(record).parent)
    if not served:
        command += ["--db", f"{_STATE}/record.db" if root else record]
    if root and not served:
        # The user that systemd makes up has no record yet; where there is one it is kept. The
        # settings are the administrator's, so `init` finds no place for others there.
        init = [*_program(), "init", "--db", f"{_STATE}/record.db"]
        made = f"/usr/bin/env XDG_CONFIG_HOME=%S/hashquake {' '.join(map(_quoted, init))}"
    else:
        made = ""
    environment = Environment(  # noqa: S701  a unit file is plain text, not HTML
        loader=PackageLoader("hashquake.serve", "."), undefined=StrictUndefined
    )
    home = str(Path.home()) if not root else ""
    return environment.get_template("hashquake.service.j2").render(
        made=made,
        command=" ".join(map(_quoted, command)),
        user="" if root else getpass.getuser(),
        folder=_quoted(folder) if folder else "",
        config=_escaped("/etc" if root else str(settings.parent.parent)) if settings else "",
        home=bool(home),
    )


def _program() -> list[str]:
    """Return how this program is started, whatever the search path of systemd."""
    found = shutil.which("hashquake")
    beside = Path(sys.executable).with_name("hashquake")
    if beside.exists():
        return [str(beside)]
    return [found] if found else [sys.executable, "-m", "hashquake"]


def _escaped(text: str) -> str:
    if any(ord(one) < 32 for one in text):
        raise UsageError(
            f"a unit cannot name {text!r}",
            code="unit-path",
            hint="name a record whose path has no control characters with --db",
        )
    return text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')


def _quoted(word: str) -> str:
    """Write a word as systemd reads it: percent and dollar signs stand for themselves."""
    escaped = _escaped(word).replace("$", "$$")
    return f'"{escaped}"' if not escaped or any(one in escaped for one in " '\";") else escaped
