"""The documents of earnings and of growth after halvings as schemas."""

from pydantic import Field

from hashquake.serve.api.documents import Document, IntervalDocument

_GAP = "; null where a price or a block is missing."
Line = list[float | None]


class EarningsDocument(Document):
    """What one terahash a second earned in each day, dollars; a gap is null."""

    start_s: float = Field(description="The first midnight, UTC Unix seconds.")
    step_s: float = Field(description="Length of a step, seconds: a day.")
    level: float = Field(description="How often such intervals hold the truth, 0 to 1.")
    fees_over_subsidy: IntervalDocument = Field(
        description="What fees usually are: the headers of blocks do not show them."
    )
    price_usd: Line = Field(description="Of a bitcoin, dollars; null where no price is known.")
    subsidy_usd: Line = Field(
        description=f"Expected from difficulty, subsidy and price, without fees, dollars{_GAP}"
    )
    hashprice_median_usd: Line = Field(description=f"The same with usual fees, dollars{_GAP}")
    hashprice_low_usd: Line = Field(description=f"With low fees, dollars{_GAP}")
    hashprice_high_usd: Line = Field(description=f"With high fees, dollars{_GAP}")
    revenue_median_usd: Line = Field(
        description="Subsidies of the blocks that were found over the hash rate of the day, "
        f"dollars{_GAP}"
    )
    revenue_low_usd: Line = Field(description=f"Lower limit of it, dollars{_GAP}")
    revenue_high_usd: Line = Field(description=f"Upper limit of it, dollars{_GAP}")


class HalvingDocument(Document):
    """The weeks after a halving, over the 30 days before it."""

    height: int = Field(description="Of the first block with the halved subsidy.")
    at_s: float = Field(description="When it was found, UTC Unix seconds.")
    before_hps: IntervalDocument = Field(
        description="Mean rate of the 30 days before, hashes a second."
    )
    median_hps: Line = Field(description="Of each week after, hashes a second; null in a gap.")
    low_hps: Line = Field(description="Lower limits, hashes a second; null in a gap.")
    high_hps: Line = Field(description="Upper limits, hashes a second; null in a gap.")
    ratio: Line = Field(description="Over the mean before; null in a gap.")
    ratio_low: Line = Field(description="Lower limits of it; null in a gap.")
    ratio_high: Line = Field(description="Upper limits of it; null in a gap.")


class HalvingsDocument(Document):
    """Growth after each halving that the record covers."""

    step_s: float = Field(description="Length of a step, seconds: a week.")
    level: float = Field(description="How often such intervals hold the truth, 0 to 1.")
    items: list[HalvingDocument] = Field(description="A halving each, oldest first.")
