"""Opinions as commands print them: the stored document and a sentence for each reason."""

from collections.abc import Sequence
from typing import Any

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.catalog.documents.quakes import causes_document
from hashquake.core.outage import Outage
from hashquake.core.quake import Cause, Quake
from hashquake.serve.outages.alarms import with_false_alarms
from hashquake.serve.wording import (
    cause_because,
    class_because,
    coverage_rows,
    silence_because,
)


def quake_json(quake: Quake) -> dict[str, Any]:
    """Return a quake as the command line's contract has it.

    Parameters
    ----------
    quake : Quake
        One revision.
    """
    return quake_document(quake) | {
        "causes": causes_json(quake.causes),
        "seen_by": list(quake.seen_by),
    }


def causes_json(causes: tuple[Cause, ...]) -> list[dict[str, Any]]:
    """Return causes with their sentences; the probabilities sum to one.

    Parameters
    ----------
    causes : tuple of Cause
        Of one quake.
    """
    return [
        document | {"because": cause_because(cause)}
        for cause, document in zip(causes, causes_document(causes), strict=True)
    ]


def outage_json(outage: Outage) -> dict[str, Any]:
    """Return an outage as the command line's contract has it, with the coverage of each signal.

    Parameters
    ----------
    outage : Outage
        One revision.
    """
    shape = outage_document(outage)
    witnesses = (*outage.seen_by, *outage.not_seen_by)
    return shape | {
        "coverage": coverage_rows(outage),
        "assessable": outage.assessable,
        "classes": [
            document | {"because": class_because(each)}
            for each, document in zip(outage.classes, shape["classes"], strict=True)
        ],
        "witnesses": [
            document | {"because": silence_because(each.reasons)}
            for each, document in zip(witnesses, shape["witnesses"], strict=True)
        ],
    }


def quake_history_json(opinions: Sequence[Quake]) -> dict[str, Any]:
    """Return the last opinion of a quake with every one there was, oldest first.

    Parameters
    ----------
    opinions : sequence of Quake
        Revision by revision, at least one.
    """
    revisions = [quake_json(one) for one in opinions]
    return {**revisions[-1], "revisions": revisions}


def outage_history_json(opinions: Sequence[Outage]) -> dict[str, Any]:
    """Return the last opinion of an outage with every one there was, oldest first.

    Parameters
    ----------
    opinions : sequence of Outage
        Revision by revision, at least one.
    """
    revisions = [outage_json(one) for one in opinions]
    return {**with_false_alarms(revisions)[-1], "revisions": revisions}
