"""Quakes and their causes as stored documents, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from hashquake.catalog.documents.fields import (
    normalised,
    plain,
    reading,
    reason_of,
    sum_to_one,
    typed,
)
from hashquake.core.interval import Interval
from hashquake.core.opinion import Status
from hashquake.core.pick import Pick
from hashquake.core.quake import Cause, CauseName, Kind, Quake
from hashquake.core.reason import CauseReason, Sentence
from hashquake.core.window import Window


def quake_document(quake: Quake) -> dict[str, Any]:
    """Return a quake as a document of plain values.

    Parameters
    ----------
    quake : Quake
        One opinion.

    Returns
    -------
    dict
        With the keys of the command line's contract and its picks; each cause has a ``reason`` (a
        code and values) and no sentence.
    """
    shape: dict[str, Any] = plain(quake)
    return shape | {"causes": causes_document(quake.causes)}


def quake_of(document: Mapping[str, Any]) -> Quake:
    """Return the quake that a stored document holds.

    Parameters
    ----------
    document : mapping
        As `quake_document` writes it, by this version or an earlier one.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    with reading(f"quake {document.get('id')}"):
        return Quake(
            id=str(document["id"]),
            revision=typed(int, document["revision"]),
            issued_s=typed(float, document["issued_s"]),
            status=typed(Status, document["status"]),
            subject=str(document["subject"]),
            kind=typed(Kind, document["kind"]),
            onset=typed(Window, document["onset"]),
            detected_s=typed(float, document["detected_s"]),
            end_s=typed(float | None, document["end_s"]),
            remaining_share=typed(Interval, document["remaining_share"]),
            lost_hps=typed(Interval, document["lost_hps"]),
            false_alarms_per_year=typed(float, document["false_alarms_per_year"]),
            picks=typed(tuple[Pick, ...], document["picks"]),
            pools=typed(tuple[str, ...], document["pools"]),
            causes=causes_of(document["causes"]),
            made_by=str(document["made_by"]),
            nothing_probability=typed(float | None, document.get("nothing_probability")),
        )


def cause_document(cause: Cause) -> dict[str, Any]:
    """Return a cause as a document of plain values.

    Parameters
    ----------
    cause : Cause
        With its probability and reason.
    """
    shape: dict[str, Any] = plain(cause)
    return shape


def cause_of(document: Mapping[str, Any]) -> Cause:
    """Return the cause that a stored document holds.

    Parameters
    ----------
    document : mapping of str to object
        As `cause_document` writes it.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    with reading("a cause"):
        return Cause(
            name=typed(CauseName, document["name"]),
            probability=typed(float, document["probability"]),
            reason=reason_of(CauseReason, document, lambda text: Sentence(text=text)),
            country=typed(str | None, document.get("country")),
        )


def causes_document(causes: Sequence[Cause]) -> list[dict[str, Any]]:
    """Return causes as documents whose probabilities sum to one.

    Parameters
    ----------
    causes : sequence of Cause
        Probabilities sum to 1.
    """
    chances = sum_to_one([cause.probability for cause in causes])
    return [
        cause_document(cause) | {"probability": chance}
        for cause, chance in zip(causes, chances, strict=True)
    ]


def causes_of(documents: Sequence[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """Return the causes that stored documents hold; their probabilities sum to one.

    Parameters
    ----------
    documents : sequence of mapping of str to object
        As `causes_document` writes them.
    """
    causes = [cause_of(one) for one in documents]
    chances = normalised([cause.probability for cause in causes])
    return tuple(
        Cause(name=cause.name, probability=chance, reason=cause.reason, country=cause.country)
        for cause, chance in zip(causes, chances, strict=True)
    )
