"""Run command lines one after the other in this process, and print as JSON what came of each.

A program of its own, started by the interpreter that hashquake was installed for.
"""

import contextlib
import io
import json
import sys


def ran(line: str) -> dict[str, object]:
    """Run one command line, and return its status and what it printed."""
    from hashquake.serve.cli.app import run

    out, err = _terminal(), _terminal()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(line.split())
    return {"line": line, "status": status, "out": _shown(out), "err": _shown(err)}


def _terminal() -> io.TextIOWrapper:
    """Return a terminal that shows ASCII alone, as the oldest and barest do."""
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii")


def _shown(terminal: io.TextIOWrapper) -> str:
    terminal.seek(0)
    return terminal.read()


if __name__ == "__main__":
    json.dump([ran(line) for line in sys.argv[1:]], sys.stdout)
