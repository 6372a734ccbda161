"""What is said of any error: a message, a code that never changes, and what to try."""

import difflib
import errno
import re
from collections.abc import Callable, Iterable
from typing import Any

import click

from hashquake.core.errors import HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import without_passwords

Said = tuple[str, str, str]
_LONGEST = 300
_COMMAND = re.compile(r"No such command '(.*?)'")
_VALUES = (
    (re.compile(r"(.+) is not a valid integer(?: range)?"), "a whole number"),
    (re.compile(r"(.+) is not a valid float(?: range)?"), "a number"),
    (re.compile(r"(.+) is not (in the range .+|one of .+)"), ""),
)
"""What click says of a value, and what such a value must be."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def said_of(error: Exception) -> Said:
    """Return the message, the code and the hint of any error.

    Parameters
    ----------
    error : Exception
        Raised on purpose, by a library, or by a fault of this program.
    """
    for kind, say in _SAID:
        if isinstance(error, kind):
            return say(error)
    if "integer string conversion" in str(error):
        return _of_number(error)
    if "embedded null" in str(error):
        return "a name holds a zero byte", "name-unusable", "give the name of a file"
    if "home directory" in str(error):
        return (
            "a path begins with ~, and the home directory it names cannot be determined",
            "home-unknown",
            "write the whole path",
        )
    return (
        f"an unforeseen error, {type(error).__name__}: {_short(error)}",
        "internal",
        "set HASHQUAKE_TRACEBACK=1 to see where, and report it",
    )


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown word: the known one nearest to it, if any.

    Parameters
    ----------
    word : str
        What was written.
    known : iterable of str
        What could have been meant.
    """
    near = difflib.get_close_matches(word[:100], list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _of_ours(error: Any) -> Said:
    return without_passwords(error.message), error.code, without_passwords(error.hint)


def _of_depth(error: Exception) -> Said:
    del error
    return "the input is nested too deep to be read", "input-too-deep", "flatten it"


def _of_memory(error: Exception) -> Said:
    del error
    return "there is not enough memory", "memory-full", "ask for less at a time"


def _of_encoding(error: Exception) -> Said:
    message = f"the input is not text in UTF-8: {_short(error)}"
    return message, "encoding-unreadable", "convert it to UTF-8"


def _of_number(error: Exception) -> Said:
    message = f"a number is outside what can be computed with: {_short(error)}"
    return message, "number-range", "check numbers and times"


def _of_system(error: Any) -> Said:
    reason = error.strerror or _short(error)
    about = "" if error.filename is None else f"{visible_text(str(error.filename))}: "
    if error.errno in _FULL:
        return f"{about}{reason}", "disk-full", "make room, or write elsewhere"
    return f"{about}{reason}", "system", "check the path and who may use it"


def _of_usage(error: Any) -> Said:
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.NoSuchOption):
        known = [name for param in context.command.params for name in param.opts] if context else []
        message = f"there is no option {error.option_name}{suggestion(error.option_name, known)}"
    elif isinstance(error, click.BadParameter) and error.param is not None:
        message = _of_value(error, error.param)
    elif found := _COMMAND.match(message):
        group = context.command if context else None
        known = group.list_commands(context) if isinstance(group, click.Group) and context else []
        message = f"there is no command {found[1]!r}{suggestion(found[1], known)}"
    path = context.command_path if context else ""
    if message[1:2].islower():  # and not the name of an argument, as in "FILE is missing"
        message = message[:1].lower() + message[1:]
    return without_passwords(message), "usage", f"see {path} --help" if path else ""


def _of_value(error: click.BadParameter, param: click.Parameter) -> str:
    """Return what an option or argument must be, and what it is."""
    name = param.opts[0] if isinstance(param, click.Option) else str(param.metavar or param.name)
    if isinstance(error, click.MissingParameter):
        return f"{name} is missing"
    said = error.message.rstrip(".")
    for pattern, wanted in _VALUES:
        if found := pattern.fullmatch(said):
            return f"{name} must be {wanted or found[2]}, got {found[1]}"
    return f"{name}: {said}"


def _short(error: Exception) -> str:
    return visible_text(without_passwords(" ".join(str(error).split())), limit=_LONGEST)


_SAID: tuple[tuple[type[Exception], Callable[[Any], Said]], ...] = (
    (HashquakeError, _of_ours),
    (click.ClickException, _of_usage),
    (RecursionError, _of_depth),
    (MemoryError, _of_memory),
    (OSError, _of_system),
    (UnicodeError, _of_encoding),
    (OverflowError, _of_number),
)
