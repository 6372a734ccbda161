"""Outages as stored documents, and back."""

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
from hashquake.core.outage import Outage, OutageClass, OutageClassName, Witness
from hashquake.core.reason import ClassReason, Sentence, SilenceReason
from hashquake.core.window import Window
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC

SIGNALS = (PROBING, TRAFFIC, BGP, TELESCOPE)
"""In the order in which they show what users meet."""


def outage_document(outage: Outage) -> dict[str, Any]:
    """Return an outage as a document of plain values.

    Parameters
    ----------
    outage : Outage
        One opinion.

    Returns
    -------
    dict
        With the keys of the command line's contract and every witness; classes and silent
        witnesses have reasons (codes and values) and no sentences.
    """
    saw = {witness.signal for witness in outage.seen_by}
    watched = {witness.signal for witness in outage.not_seen_by if witness.covered_share > 0.0}
    chances = sum_to_one([each.probability for each in outage.classes])
    return {
        "id": outage.id,
        "revision": outage.revision,
        "issued_s": round(outage.issued_s),
        "status": outage.status,
        "subject": outage.subject,
        "country": outage.subject.partition(":")[2],
        "onset": plain(outage.onset),
        "end_s": plain(outage.end_s, "end_s"),
        "dark_windows": plain(outage.dark_windows),
        "restorations": plain(outage.restorations),
        "depth_share": plain(outage.depth_share, "depth_share"),
        "seen_by": ordered(saw),
        # A signal without a value in the dark neither saw the outage nor missed it.
        "not_seen_by": ordered(watched - saw),
        "classes": [
            plain(each) | {"probability": chance}
            for each, chance in zip(outage.classes, chances, strict=True)
        ],
        "witnesses": [
            *(_witness(witness, saw=True) for witness in outage.seen_by),
            *(_witness(witness, saw=False) for witness in outage.not_seen_by),
        ],
        "evidence": outage.evidence,
        "made_by": outage.made_by,
    }


def outage_of(document: Mapping[str, Any]) -> Outage:
    """Return the outage that a stored document holds.

    Parameters
    ----------
    document : mapping
        As `outage_document` writes it, by this version or an earlier one.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    with reading(f"outage {document.get('id')}"):
        witnesses = document["witnesses"]
        return Outage(
            id=str(document["id"]),
            revision=typed(int, document["revision"]),
            issued_s=typed(float, document["issued_s"]),
            subject=str(document["subject"]),
            onset=typed(Window, document["onset"]),
            end_s=typed(float | None, document["end_s"]),
            dark_windows=typed(tuple[Window, ...], document["dark_windows"]),
            restorations=typed(tuple[Window, ...], document["restorations"]),
            depth_share=typed(Interval, document["depth_share"]),
            seen_by=tuple(_witness_of(one) for one in witnesses if one["saw"]),
            not_seen_by=tuple(_witness_of(one) for one in witnesses if not one["saw"]),
            classes=_classes_of(document["classes"]),
            made_by=str(document["made_by"]),
            # Earlier versions stored none: their outages were never looked at again.
            status=typed(Status, document.get("status", "preliminary")),
        )


def ordered(signals: set[str]) -> list[str]:
    """Return signals in the order of `SIGNALS`, others behind them.

    Parameters
    ----------
    signals : set of str
        Names of signals.
    """
    known = [signal for signal in SIGNALS if signal in signals]
    return [*known, *sorted(signals.difference(SIGNALS))]


def _witness(witness: Witness, *, saw: bool) -> dict[str, Any]:
    shape: dict[str, Any] = plain(witness)
    del shape["source"]
    return shape | {
        "sources": [witness.source] if witness.source else [],
        "evidence": witness.evidence,
        "saw": saw,
    }


def _witness_of(document: Mapping[str, Any]) -> Witness:
    if "reasons" in document:
        reasons = typed(tuple[SilenceReason, ...], document["reasons"])
    else:
        text = str(document.get("because", ""))
        reasons = (Sentence(text=text),) if text else ()
    return Witness(
        signal=str(document["signal"]),
        covered_share=typed(float, document["covered_share"]),
        remaining_share=typed(float | None, document["remaining_share"]),
        onset=typed(Window | None, document["onset"]),
        made_by=str(document["made_by"]),
        source=next(iter(document["sources"]), ""),
        quantity=str(document["quantity"]),
        reasons=reasons,
    )


def _classes_of(documents: Sequence[Mapping[str, Any]]) -> tuple[OutageClass, ...]:
    chances = normalised([typed(float, one["probability"]) for one in documents])
    return tuple(
        OutageClass(
            name=typed(OutageClassName, one["name"]),
            probability=chance,
            reason=reason_of(ClassReason, one, lambda text: Sentence(text=text)),
        )
        for one, chance in zip(documents, chances, strict=True)
    )
