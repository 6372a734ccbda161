"""Errors that say what was asked, what was found and what to try, each with a code.

::

    HashquakeError
    |- UsageError           what was asked cannot be: an option, a time, a name
    |- InputError           what came in cannot be used
    |  |- FormatError       a file or answer that is not what it should be
    |  `- ChainError        blocks that break a rule of the chain
    |- SourceError          a node or service that did not answer as it should
    |- RecordError          the record: locked, full, foreign, newer than this program
    |- ConclusionError      what follows from what came in cannot be concluded: a fault of ours
    `- NoCoverage           a question about a time that nothing observed

The command line prints ``hashquake: MESSAGE [code]`` and leaves with status 2. Codes are
lower-case words joined by hyphens and never change once released.
"""


class HashquakeError(Exception):
    """Base of every error raised on purpose.

    Parameters
    ----------
    message : str
        What was asked and what was found, in one sentence.
    code : str
        A stable identifier such as ``"bits-retarget"``.
    hint : str, optional
        What the reader may try.
    """

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip between worker processes with the code and hint kept."""
        return (_rebuild, (type(self), self.message, self.code, self.hint, self.__dict__.copy()))


def _rebuild(
    kind: type[HashquakeError], message: str, code: str, hint: str, state: dict[str, object]
) -> HashquakeError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.message, error.code, error.hint = message, code, hint
    error.__dict__.update(state)
    return error


class UsageError(HashquakeError):
    """What was asked cannot be answered as it was put."""


class InputError(HashquakeError):
    """What came in cannot be used; nothing of it was kept."""


class FormatError(InputError):
    """A file or an answer is not in the shape it should have."""


class ChainError(InputError):
    """Blocks break a rule of the chain.

    Parameters
    ----------
    height : int
        The height of the first block at fault.
    """

    def __init__(self, message: str, *, code: str, height: int, hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.height = height


class SourceError(HashquakeError):
    """A node or a service did not answer as it should."""


class RecordError(HashquakeError):
    """The record cannot be opened, read or written."""


class ConclusionError(HashquakeError):
    """What follows from a batch cannot be concluded: a fault of this program, not of the source.

    The batch itself is usable: `hashquake.observatory.Observatory.feed` stores it when asked to
    conclude nothing.
    """


class NoCoverage(HashquakeError):  # noqa: N818  "no coverage" is a finding, named as users say it
    """The question is about a time or a subject that nothing observed: not seen is not zero."""

    def __init__(self, message: str, *, code: str = "no-coverage", hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
