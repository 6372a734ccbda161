"""A program of one's own: it reads the alert as JSON from its standard input.

No shell is in between, and of the environment only what programs need to run at all is passed on:
it may hold secrets of ours.
"""

import os
import signal
import subprocess
from contextlib import suppress

from hashquake.serve.alerts.outgoing import Outgoing, body_of, way_failure
from hashquake.serve.alerts.settings import CommandWay

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "SYSTEMROOT")


def send(way: CommandWay, outgoing: Outgoing) -> None:
    """Run the program with an alert, and wait for its end.

    Parameters
    ----------
    way : CommandWay
        The program, its arguments and its time.
    outgoing : Outgoing
        The alert.

    Raises
    ------
    SourceError
        ``alert-command`` when it cannot be run or fails, ``alert-timeout``.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["HASHQUAKE_ALERT_KEY"] = outgoing.alert.key
    try:
        # The user's own program from the user's own settings, as a list: no shell reads it.
        process = subprocess.Popen(  # noqa: S603  it is what the setting is for
            way.command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        said = f"cannot be run ({type(error).__name__})"
        raise way_failure(way.name, said, "alert-command") from None
    try:
        process.communicate(body_of(outgoing.alert), timeout=way.timeout_s)
    except subprocess.TimeoutExpired:
        said = f"did not end within {way.timeout_s:g} s and was ended"
        raise way_failure(way.name, said, "alert-timeout") from None
    finally:
        _end(process)
    if process.returncode:
        said = f"ended with status {process.returncode}"
        raise way_failure(way.name, said, "alert-command")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program that still runs, with the programs that it started."""
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
