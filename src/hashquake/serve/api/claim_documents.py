"""The documents of checked texts as schemas; see `hashquake.serve.api.documents`."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hashquake.serve.api.documents import (
    Document,
    IntervalDocument,
    PageDocument,
    WindowDocument,
)


class CheckRequest(BaseModel):
    """A text to be checked."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=2**20, description="Plain text or HTML; nothing in it is fetched.")
    published: str | None = Field(
        None, max_length=60, description="When it was published; weekdays and hours depend on it."
    )
    as_known_on: str | None = Field(
        None, max_length=60, description="Judge by what was known then; all of it without."
    )
    language: str | None = Field(
        None, max_length=10, description="en, de, fr, es, pt or ru; found in the text without."
    )
    words: str | None = Field(
        None, max_length=10, description="The language of the reasons; English without."
    )


class VerdictDocument(Document):
    """What the record says of a claim."""

    call: Literal["supported", "contradicted", "undecidable", "unresolved"] = Field(
        description="The finding."
    )
    consistent: bool = Field(description="Whether it agrees although other values do as well.")
    probability: float | None = Field(
        description="How probable the claim is, 0 to 1; null where that cannot be computed."
    )
    measured: IntervalDocument | None = Field(description="What was measured, in the claim's unit.")
    because: str = Field(description="Why, in sentences.")
    reason: dict[str, Any] = Field(description="Why, as a code and values.")


class ClaimDocument(VerdictDocument):
    """A claim of a text with its verdict."""

    text: str = Field(description="The words.")
    span: list[int] = Field(description="Where they begin and end in the text, characters.")
    figure_span: list[int] | None = Field(description="Where the number stands.")
    language: str = Field(description="Two letters.")
    subject: str = Field(description="network, pool:SLUG, pools, country:CC, asset:btc or unknown.")
    quantity: str = Field(description="What is claimed; its unit is its last word.")
    low: float = Field(description="Lower end of the claim; a fall is negative.")
    high: float = Field(description="Upper end.")
    measure: str | None = Field(
        description="blocks, machines, sites, revenue_per_day, revenue or hashprice; of a record, "
        "hashrate_lowest, difficulty_highest, difficulty_lowest, price_highest or price_lowest; "
        "of the highest since the start of the window, hashrate_highest_since, "
        "difficulty_highest_since or price_highest_since."
    )
    unit: str = Field(description="share, hps, mw, usd, or empty.")
    relation: Literal["level", "change", "below", "above"] = Field(
        description="How the number is meant."
    )
    window: WindowDocument | None = Field(description="The time the text names; null for none.")
    hedge: str | None = Field(description="Words that weaken the number, such as about.")
    speaker: str | None = Field(description="Who is named as having said it.")
    url: str | None = Field(description="Where it was published.")
    published_s: float | None = Field(description="When, UTC Unix seconds.")


class TextClaimDocument(ClaimDocument):
    """A claim with its verdict now and on the day it was published."""

    at_publication: VerdictDocument | None = Field(
        description="The verdict by what was known then; null where that is not known."
    )


class CheckDocument(Document):
    """A checked text."""

    claims: list[TextClaimDocument] = Field(description="In the order of the text.")
    groups: list[dict[str, Any]] = Field(description="Claims of one quantity, and why they differ.")
    arithmetic: list[dict[str, Any]] = Field(description="Sums inside the text.")
    questions: list[dict[str, Any]] = Field(description="What the text leaves open.")
    language: str = Field(description="Of the text.")
    published_s: float | None = Field(description="When it was published, UTC Unix seconds.")
    known_s: float = Field(description="Only what was known by then was used, UTC Unix seconds.")


class LedgerClaimDocument(ClaimDocument):
    """A claim of the ledger with its last verdict."""

    id: str = Field(description="Its name.")
    revision: int = Field(description="How many verdicts there were.")
    first_checked_s: float = Field(description="When it was first checked, UTC Unix seconds.")
    checked_s: float = Field(description="When this verdict was made, UTC Unix seconds.")
    known_s: float = Field(description="What was known by then was used, UTC Unix seconds.")


class ClaimPage(PageDocument):
    """A page of checked claims."""

    items: list[LedgerClaimDocument] = Field(description="The rows.")
