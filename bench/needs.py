"""What a benchmark needs and a machine may lack: then it is skipped, and says so."""

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

SKIPPED = 77
"""The exit status of a program that was skipped, as in Automake."""


def installed(distribution: str) -> str | None:
    """Return the version of a distribution; None where it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def skip(why: str) -> NoReturn:
    """End this program as skipped."""
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIPPED)
