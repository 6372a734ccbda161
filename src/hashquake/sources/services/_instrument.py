"""Ask a service of measurements: one JSON answer at a time, refusals distinguished.

One signal that fails must not silence the others, so failures are kept until the end.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from hashquake.core.errors import FormatError, HashquakeError, SourceError
from hashquake.core.hostile_text import visible_repr, visible_text
from hashquake.sources.wire.answer import Answer, parse_json
from hashquake.sources.wire.http import Http

_REFUSALS = {
    401: ("service-unauthorised", "is the token right, and still valid?"),
    403: ("service-forbidden", "the token may lack this permission, or this machine is banned"),
    404: ("service-refused", "does the service know what was asked for? check address and code"),
}
_END_THE_RUN = {
    "service-unreachable",
    "service-timeout",
    "service-rate-limited",
    "service-failing",
    "service-unauthorised",
    "redirect-private",
    "clock-skew",
}


def ask(http: Http, path: str, query: Mapping[str, str | int]) -> Any:
    """Ask for a path and read the answer as JSON.

    Parameters
    ----------
    http : Http
        Asks the service.
    path : str
        Under the service's URL.
    query : mapping of str to str or int
        Parameters of the URL.

    Raises
    ------
    SourceError
        ``service-unauthorised``, ``service-forbidden``, ``service-refused`` and those of
        `Http.send`.
    FormatError
        ``answer-not-json``, ``answer-truncated``.
    """
    answer = http.get(f"{path}?{urlencode(query)}")
    if answer.status != 200:
        raise refused(http, answer, path)
    return parse_json(answer, what=path)


def refused(http: Http, answer: Answer, path: str) -> SourceError:
    """Return the error that says that a service refused a request.

    Parameters
    ----------
    http : Http
        Where it came from.
    answer : Answer
        With a status other than 200.
    path : str
        What was asked for.

    Returns
    -------
    SourceError
        ``service-unauthorised``, ``service-forbidden`` or ``service-refused``, to be raised by
        the caller.
    """
    code, hint = _REFUSALS.get(answer.status, ("service-refused", "check the address"))
    said = visible_text(answer.body[:200], limit=80).strip()
    return SourceError(
        f"the service {http.url} answers {path} with HTTP {answer.status}: {said}",
        code=code,
        hint=hint,
    )


def service_error(http: Http, path: str, said: Any) -> SourceError:
    """Return the error for a service that answered with an error of its own.

    Parameters
    ----------
    http : Http
        Which service.
    path : str
        What was asked.
    said : object
        The error as the service worded it.

    Returns
    -------
    SourceError
        ``service-error``, to be raised by the caller.
    """
    shown = said if isinstance(said, str) else visible_repr(said, limit=120)
    shown = visible_text(shown, limit=120)
    return SourceError(
        f"the service {http.url} answers {path} with an error: {shown}",
        code="service-error",
        hint="ask for another time, country or signal",
    )


def mismatch(what: str, *, asked: str, found: Any) -> FormatError:
    """Return the error for an answer about something else than was asked.

    Parameters
    ----------
    what : str
        Which field.
    asked : str
        Its value in the question.
    found : object
        Its value in the answer.

    Returns
    -------
    FormatError
        ``answer-mismatch``, to be raised by the caller.
    """
    shown = visible_repr(found)
    return FormatError(
        f"asked for the {what} {asked}, the answer is about {shown}",
        code="answer-mismatch",
        hint="a cache between may mix up answers; nothing of it was kept, try again",
    )


class Failures:
    """The signals that failed while others carried on."""

    def __init__(self) -> None:
        self._errors: dict[str, HashquakeError] = {}

    def __contains__(self, signal: str) -> bool:
        """Return whether a signal failed, so that it is not asked for again."""
        return signal in self._errors

    @contextmanager
    def spare(self, signal: str) -> Iterator[None]:
        """Note a signal's failure, unless it means that none would be answered.

        Parameters
        ----------
        signal : str
            What is asked for inside the block.

        Raises
        ------
        SourceError
            When the service as a whole does not answer.
        """
        try:
            yield
        except (FormatError, SourceError) as error:
            if error.code in _END_THE_RUN:
                raise
            self._errors[signal] = error

    def end(self) -> None:
        """Raise the first failure, naming every signal that failed; return when there is none.

        Raises
        ------
        FormatError, SourceError
            With the first failure's own code.
        """
        for error in self._errors.values():
            error.hint = (
                f"failed: {', '.join(self._errors)}; what the others gave is kept; {error.hint}"
            )
            raise error
