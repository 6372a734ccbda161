"""Reasons of verdicts as documents, both ways."""

from typing import Any, cast

from hashquake.catalog.documents.fields import plain, reading, typed
from hashquake.core.verdict_reason import VerdictReason


def reason_document(reason: VerdictReason) -> dict[str, Any]:
    """Return a verdict's reason as a document: its code and its values.

    Parameters
    ----------
    reason : VerdictReason
        Why a verdict was reached: a code and its values.
    """
    return cast("dict[str, Any]", plain(reason))


def reason_of(document: dict[str, Any]) -> VerdictReason:
    """Read a verdict's reason out of the document that `reason_document` wrote.

    Parameters
    ----------
    document : dict of str to object
        As read from JSON.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    with reading("a verdict"):
        return cast("VerdictReason", typed(VerdictReason, document))
