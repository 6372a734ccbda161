"""Opinions as stored documents, both ways: the one place that knows their JSON.

`quake_document` and `quake_of`, `outage_document` and `outage_of`, `cause_document` and `cause_of`.
What commands print adds sentences to these; `hashquake.serve.wording` does that.
"""

from hashquake.catalog.documents.outages import SIGNALS, outage_document, outage_of
from hashquake.catalog.documents.quakes import (
    cause_document,
    cause_of,
    quake_document,
    quake_of,
)
from hashquake.catalog.documents.same import same_opinion
from hashquake.catalog.documents.verdicts import reason_document, reason_of

__all__ = [
    "SIGNALS",
    "cause_document",
    "cause_of",
    "outage_document",
    "outage_of",
    "quake_document",
    "quake_of",
    "reason_document",
    "reason_of",
    "same_opinion",
]
