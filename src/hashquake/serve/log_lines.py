"""What `watch` logs for a log collector: one line an event, as JSON or as plain text, on stderr.

Events of our own and those of the libraries pass the same processors, the last of which hides the
passwords of every address and shows control characters instead of obeying them.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Literal, Self

import structlog

from hashquake.core.hostile_text import visible_text
from hashquake.core.opinion import Change
from hashquake.core.secret_url import without_passwords
from hashquake.core.source_status import CHAIN, CONCLUSIONS
from hashquake.serve.wording.changes import change_words

LogForm = Literal["json", "plain"]
_LONGEST = 2000
_LEVELS = {"late": "warning", "stuck": "warning", "down": "warning", "refused": "error"}
_SECRET_NAMES = ("password", "token", "secret", "key", "cookie", "authorization")
_HIDDEN = "***"


def configure_logs(form: LogForm) -> None:
    """Send everything that is logged to stderr, one line an event.

    Parameters
    ----------
    form : {"json", "plain"}
        A JSON object a line, or ``time level event name=value ...``.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if form == "json"
        else structlog.processors.KeyValueRenderer(
            key_order=["time", "level", "event"], drop_missing=True
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("hashquake").setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def hide_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide passwords and tokens in every value of an event; a processor of structlog.

    Parameters
    ----------
    event : mutable mapping
        Names and values of what is logged.
    """
    for name, value in event.items():
        event[name] = _safe(name, value)
    return event


def _safe(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _safe(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(name, one) for one in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    if any(word in name.lower() for word in _SECRET_NAMES):
        return _HIDDEN
    return visible_text(without_passwords(str(value)), limit=_LONGEST)


class LoggedChanges:
    """What `watch` does with changes where they are logged.

    Parameters
    ----------
    form : {"json", "plain"}
        Of a line.
    """

    def __init__(self, form: LogForm) -> None:
        configure_logs(form)
        self._log = structlog.get_logger("hashquake.watch")

    def __enter__(self) -> Self:
        """Log the start."""
        self._log.info("watching began", kind="start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log the end, and by which error."""
        if error is None:
            self._log.info("watching ended; everything that came in is stored", kind="stop")
        else:
            self._log.error(
                "watching ended",
                kind="stop",
                because=getattr(error, "message", str(error)) or type(error).__name__,
            )

    def change(self, change: Change) -> None:
        """Log a change; a source in trouble as a warning.

        Parameters
        ----------
        change : Change
            As it was stored.
        """
        level = _LEVELS.get(str(change.document.get("state")), "info")
        named = {"kind": change.kind, "subject": change.subject, "change_id": change.id}
        if change.kind == "source":
            named |= {"state": change.document["state"], "because": change.document["because"]}
            if level == "warning" and change.document["source"] in (CHAIN, CONCLUSIONS):
                level = "error"
        self._log.log(getattr(logging, level.upper()), change_words(change), **named)

    def tick(self) -> None:
        """Log nothing: only changes are."""

    def note(self, source: str, sentence: str) -> None:
        """Log what a source has for whoever runs it.

        Parameters
        ----------
        source : str
            Its name.
        sentence : str
            In plain words.
        """
        self._log.warning(sentence, kind="note", subject=f"source:{source}")
