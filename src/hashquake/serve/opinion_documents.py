"""Opinions as commands print them: the stored document and a sentence for each reason."""

from typing import Any

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.catalog.documents.quakes import causes_document
from hashquake.core.outage import Outage
from hashquake.core.quake import Cause, Quake
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
    return quake_document(quake) | {"causes": causes_json(quake.causes)}


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
