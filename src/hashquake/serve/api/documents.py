"""The documents of the API as schemas: what stands in /openapi.json, for people and programs.

Answers are the documents that commands print; they are described here and not made of these
models, and may carry more keys than are listed. A test holds both together.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """A document; keys may be added, none is ever renamed."""

    model_config = ConfigDict(extra="allow")


class IntervalDocument(Document):
    """A median with limits; a limit that no number can hold is null."""

    median: float | None = Field(description="The middle: as likely too high as too low.")
    low: float | None = Field(description="Lower limit.")
    high: float | None = Field(description="Upper limit.")
    level: float = Field(description="how often such intervals hold the truth, 0.9")


class WindowDocument(Document):
    """A half-open stretch of time, UTC Unix seconds."""

    start_s: float = Field(description="Start, UTC Unix seconds.")
    end_s: float = Field(description="End, not included, UTC Unix seconds.")


class ErrorBody(Document):
    """What was wrong: a code that never changes, a sentence, what to try."""

    code: str = Field(description="A word that never changes, the same as at the command line.")
    message: str = Field(description="What was asked and what was found.")
    hint: str = Field(description="What to try.")


class ErrorDocument(Document):
    """Every error has this shape."""

    error: ErrorBody = Field(description="What was wrong.")


class TipDocument(Document):
    """The newest block, and the chance that a gap between blocks lasts longer."""

    height: int = Field(description="Height in the chain.")
    header_s: float = Field(
        description="The time in the header of the newest block, UTC Unix seconds."
    )
    age_s: float = Field(description="Seconds since the newest block.")
    silence_probability: float | None = Field(
        description="The chance that a gap between blocks lasts longer than the present."
    )


class SourceDocument(Document):
    """A watched source and what it does."""

    source: str = Field(description="The source of data.")
    state: Literal["starting", "ok", "late", "stuck", "down", "refused"] = Field(
        description="What it is doing."
    )
    since_s: float = Field(description="Since when, UTC Unix seconds.")
    because: str = Field(description="Why, in a sentence.")


class SourceTipDocument(Document):
    """The newest block of a source that follows another chain than the record."""

    source: str = Field(description="The source of data.")
    height: int = Field(description="Height of its newest block.")
    hash: str = Field(description="Hash of its newest block.")


class StatusDocument(Document):
    """Whether the record is watched and fresh."""

    watching: bool = Field(description="Whether a process watches the record now.")
    healthy: bool = Field(
        description="Whether it is watched, every source answers, the newest block is fresh, and "
        "sources have not followed different chains for an hour."
    )
    tip: TipDocument | None = Field(description="The newest block; null in an empty record.")
    sources: list[SourceDocument] = Field(description="The watched sources.")
    open_quakes: list[str] = Field(description="Quakes that are not over.")
    open_outages: list[str] = Field(description="Outages that are not over.")
    last_change_id: int = Field(description="The number of the last change; 0 before the first.")
    tips_apart: list[SourceTipDocument] = Field(
        description="Sources that follow another chain than the record, with their newest block."
    )


class RateDocument(Document):
    """The hash rate of one subject, hashes a second."""

    subject: str = Field(description="Whom it is about: network, pool:SLUG or country:CC.")
    window: WindowDocument = Field(description="The time it is about.")
    method: Literal["window", "filter", "smoother"] = Field(description="How it was estimated.")
    hashrate_hps: IntervalDocument = Field(description="Hash rate, hashes a second.")
    share: IntervalDocument | None = Field(description="Part of the whole, 0 to 1.")
    n_blocks: int = Field(description="Blocks found.")
    made_by: str = Field(description="The method and its version.")


class MeansDocument(Document):
    """Trailing means of so many days, one a step."""

    days: int = Field(description="Length of the mean, days.")
    median_hps: list[float | None] = Field(description="Medians, hashes a second; null in a gap.")
    low_hps: list[float | None] = Field(description="Lower limits, hashes a second; null in a gap.")
    high_hps: list[float | None] = Field(
        description="Upper limits, hashes a second; null in a gap."
    )


class SeriesDocument(Document):
    """Hash rate step by step; a gap is null."""

    subject: str = Field(description="Whom it is about: network, pool:SLUG or country:CC.")
    step_s: float = Field(description="Length of a step, seconds.")
    start_s: float = Field(description="Start, UTC Unix seconds.")
    median_hps: list[float | None] = Field(description="Medians, hashes a second; null in a gap.")
    low_hps: list[float | None] = Field(description="Lower limits, hashes a second; null in a gap.")
    high_hps: list[float | None] = Field(
        description="Upper limits, hashes a second; null in a gap."
    )
    level: float = Field(description="How often such intervals hold the truth, 0 to 1.")
    means: list[MeansDocument] = Field(description="Trailing means.")


class SeveralSeriesDocument(Document):
    """A series for each subject that was asked for."""

    series: list[SeriesDocument] = Field(description="A series for each subject.")


class DifficultyDocument(Document):
    """The next difficulty over the present one, and when it comes."""

    height: int = Field(description="Height in the chain.")
    epoch_share_elapsed: float = Field(description="How much of the 2,016 blocks is done, 0 to 1.")
    is_set: bool = Field(description="Whether the next difficulty is certain already.")
    issued_s: float = Field(description="When it was stated, UTC Unix seconds.")
    next_difficulty_ratio: IntervalDocument = Field(
        description="The next difficulty over the present one."
    )
    retarget_s: IntervalDocument = Field(description="When it comes, UTC Unix seconds.")
    made_by: str = Field(description="The method and its version.")


class PoolDocument(Document):
    """What a pool found compared with what it reports."""

    pool: str = Field(description="The short name of the pool.")
    name: str = Field(description="Its name for people.")
    window: WindowDocument = Field(description="The time it is about.")
    n_blocks: int = Field(description="Blocks found.")
    expected_blocks: IntervalDocument | None = Field(
        description="Blocks to expect of the hash rate that it reports."
    )
    found_hps: IntervalDocument = Field(
        description="Hash rate that its blocks imply, hashes a second."
    )
    reported_hps: IntervalDocument | None = Field(
        description="Hash rate that the pool reports of itself, hashes a second."
    )
    luck_share: IntervalDocument | None = Field(
        description="Found over reported hash rate; 1 is what was to be expected."
    )
    luck_p_value: float | None = Field(
        description="How often chance alone makes such a difference."
    )
    share: IntervalDocument | None = Field(description="Part of the whole, 0 to 1.")
    reported_state: Literal["ok", "frozen", "silent", "none"] = Field(
        description="Whether its reports come and move."
    )


class PoolEntryDocument(Document):
    """A text of the coinbase or an address that names a pool, with the lists that hold it."""

    text: str = Field(description="As it stands there.")
    lists: list[str] = Field(description="The public lists that hold it.")
    valid_from_s: float | None = Field(
        description="From when it counts, UTC Unix seconds; null is always."
    )
    valid_to_s: float | None = Field(
        description="Until when it counts, UTC Unix seconds; null is always."
    )
    yields_to: str | None = Field(
        description="The pool that has it where two claim it; null where only one does."
    )


class PoolDetailDocument(PoolDocument):
    """A pool with what it is known by."""

    link: str = Field(description="Its page; empty where none is known.")
    tags: list[PoolEntryDocument] = Field(description="Texts in its coinbases.")
    addresses: list[PoolEntryDocument] = Field(description="Addresses that its coinbases pay.")
    moves: dict[str, Any] | None = Field(
        description="Against the fourteen days before: its fall, what all others gained, which "
        "part of the loss that is, the pools that rose; null where it cannot be determined."
    )
    seen: dict[str, Any] | None = Field(
        description="Tags and addresses in its own blocks, with the blocks that have them."
    )
    stale: dict[str, Any] | None = Field(
        description="Its blocks of the last year that are not in the chain."
    )
    missing: dict[str, str] = Field(description="Why a part is null.")


class PageDocument(Document):
    """A page of a list."""

    next: str | None = Field(description="the cursor of the next page; null after the last row")


class PoolPage(PageDocument):
    """Pools, most blocks first."""

    items: list[PoolDocument] = Field(description="The rows of this page.")


class SimulationDocument(Document):
    """What would follow an outage."""

    scenario: str = Field(description="What was simulated.")
    paths: int = Field(description="Futures drawn.")
    seed: int = Field(description="Equal seeds give equal results.")
    partial: bool = Field(description="Whether it was stopped before its end.")
    retargets: list[dict[str, Any]] = Field(description="The next difficulties.")
    blocks_in_window: dict[str, Any] = Field(
        description="Blocks found during the outage: mean, spread and quantiles."
    )
    longest_gap_s: dict[str, Any] = Field(description="The longest wait for a block, seconds.")
    confirmation_s: dict[str, Any] = Field(
        description="Seconds that payments wait for so many confirmations."
    )
    revenue_share: list[dict[str, Any]] = Field(
        description="How much of all revenue each pool and country gets."
    )
    concentration: dict[str, Any] = Field(
        description="How few pools hold how much, before, during and after."
    )


class SimulationRequest(BaseModel):
    """A simulation to be run."""

    model_config = ConfigDict(extra="forbid")

    scenario: str = Field(max_length=100, description="A bundled one, such as kazakhstan-2022.")
    paths: int = Field(100_000, description="Futures to draw.")
    seed: int = Field(1, description="Equal seeds give equal results.")
    set: dict[str, str | int | float] = Field(
        default_factory=dict,
        description="Changes of the scenario, such as country:KZ.share: 0.18.",
    )


class PartitionDocument(Document):
    """A country cut off that mines on."""

    duration_s: float = Field(description="Length of the cut, seconds.")
    inside_share: IntervalDocument = Field(description="Hash rate that mines inside, 0 to 1.")
    inside_blocks: IntervalDocument = Field(description="Blocks found inside.")
    outside_blocks: IntervalDocument = Field(description="Blocks found outside.")
    inside_longer_probability: float = Field(description="That the chain inside has more work.")
    tie_probability: float = Field(description="That both have the same.")
    undone_inside_blocks: IntervalDocument = Field(description="Blocks undone inside.")
    undone_outside_blocks: IntervalDocument = Field(description="Blocks undone outside.")
    inside_interval_s: float | None = Field(description="Seconds a block inside.")
    outside_interval_s: float | None = Field(description="Seconds a block outside.")
    confirmations: int = Field(description="Of a payment inside.")
    reversal_probability: float | None = Field(description="That this payment is undone.")
    assumptions: list[str] = Field(description="What is assumed of nodes and pools.")


class StalePoolDocument(Document):
    """One pool's stale blocks."""

    pool: str = Field(description="Slug, or a number where shares were given.")
    share: float = Field(description="Of the hash rate, 0 to 1.")
    stale_share: IntervalDocument = Field(description="Of its blocks, 0 to 1.")


class StaleDocument(Document):
    """Stale blocks for one delay."""

    delay_s: float = Field(description="Until a block reaches the others, seconds.")
    stale_share: IntervalDocument = Field(description="Of all blocks, 0 to 1.")
    pools: list[StalePoolDocument] = Field(description="Each pool.")
    blocks: int = Field(description="Blocks simulated.")
    seed: int = Field(description="Equal seeds give equal results.")


class JobDocument(Document):
    """A simulation that was asked for."""

    id: str = Field(description="Its name.")
    state: Literal["queued", "running", "done", "failed", "cancelled"] = Field(
        description="What it is doing."
    )
    done_share: float = Field(description="How much of it is done, 0 to 1.")
    result: SimulationDocument | None = Field(
        None, description="Of a job that is done: the document of hashquake simulate."
    )
    so_far: SimulationDocument | None = Field(
        None, description="Of a job that runs: the same of the futures drawn so far."
    )
    error: ErrorBody | None = Field(None, description="Of a job that failed.")
