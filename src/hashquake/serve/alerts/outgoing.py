"""What a way is handed: an alert ready to be sent, and its document for programs."""

import json
from dataclasses import dataclass
from typing import Any

from hashquake.core.alert import Alert
from hashquake.core.errors import SourceError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import without_passwords
from hashquake.serve.cli.output import finite_document


def alert_document(alert: Alert) -> dict[str, Any]:
    """Return an alert as commands and the API print it.

    Parameters
    ----------
    alert : Alert
        Stored, with its deliveries.
    """
    return {
        "rule": alert.rule,
        "thread": alert.thread,
        "n": alert.n,
        "state": alert.state,
        "at_s": alert.at_s,
        "subject": alert.subject,
        "title": alert.document["title"],
        "because": alert.document["because"],
        "false_alarms_per_year": alert.false_alarms_per_year,
        "link": alert.document["link"],
        "key": alert.key,
        "change_id": alert.change_id,
        "deliveries": [
            {"way": one.way, "state": one.state, "tries": one.tries, "because": one.because}
            for one in alert.deliveries
        ],
    }


def sent_document(alert: Alert) -> dict[str, Any]:
    """Return an alert as programs receive it: the same bytes with every attempt.

    Parameters
    ----------
    alert : Alert
        Stored.
    """
    return {
        "key": alert.key,
        "rule": alert.rule,
        "thread": alert.thread,
        "n": alert.n,
        "state": alert.state,
        "at_s": alert.at_s,
        "subject": alert.subject,
        "title": alert.document["title"],
        "because": alert.document["because"],
        "text": alert.document["text"],
        "false_alarms_per_year": alert.false_alarms_per_year,
        "link": alert.document["link"],
        "change_id": alert.change_id,
        "about": alert.document["about"],
        "facts": alert.document["facts"],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An alert on its way out.

    Parameters
    ----------
    alert : Alert
        Stored, or a test.
    n_open : int
        Matters of its rule that are open with it.
    rules : tuple of str
        All rules that go by this way.
    """

    alert: Alert
    n_open: int = 0
    rules: tuple[str, ...] = ()


def body_of(alert: Alert) -> bytes:
    """Return the JSON that programs receive; the same bytes with every attempt.

    Parameters
    ----------
    alert : Alert
        Stored, or a test.
    """
    document = finite_document(sent_document(alert))
    return json.dumps(document, sort_keys=True, allow_nan=False).encode()


def way_failure(name: str, said: str, code: str) -> SourceError:
    """Return the error of a delivery that failed; its text is shown and stored.

    Parameters
    ----------
    name : str
        Of the way.
    said : str
        What happened, after the name; nothing of the address or of a secret.
    code : str
        Such as ``alert-timeout``.
    """
    return SourceError(
        f"the way {name} {visible_text(without_passwords(said), limit=200)}",
        code=code,
        hint=f"try it with: hashquake alerts test --way '{name}'",
    )
