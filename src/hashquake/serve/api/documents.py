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

    median: float | None
    low: float | None
    high: float | None
    level: float = Field(description="how often such intervals hold the truth, 0.9")


class WindowDocument(Document):
    """A half-open stretch of time, UTC Unix seconds."""

    start_s: float
    end_s: float


class ErrorBody(Document):
    """What was wrong: a code that never changes, a sentence, what to try."""

    code: str
    message: str
    hint: str


class ErrorDocument(Document):
    """Every error has this shape."""

    error: ErrorBody


class TipDocument(Document):
    """The newest block, and the chance that a gap between blocks lasts longer."""

    height: int
    header_s: float
    age_s: float
    silence_probability: float | None


class SourceDocument(Document):
    """A watched source and what it does."""

    source: str
    state: Literal["starting", "ok", "late", "stuck", "down", "refused"]
    since_s: float
    because: str


class StatusDocument(Document):
    """Whether the record is watched and fresh."""

    watching: bool
    healthy: bool
    tip: TipDocument | None
    sources: list[SourceDocument]
    open_quakes: list[str]
    open_outages: list[str]
    last_change_id: int


class RateDocument(Document):
    """The hash rate of one subject, hashes a second."""

    subject: str
    window: WindowDocument
    method: Literal["window", "filter", "smoother"]
    hashrate_hps: IntervalDocument
    share: IntervalDocument | None
    n_blocks: int
    made_by: str


class MeansDocument(Document):
    """Trailing means of so many days, one a step."""

    days: int
    median_hps: list[float | None]
    low_hps: list[float | None]
    high_hps: list[float | None]


class SeriesDocument(Document):
    """Hash rate step by step; a gap is null."""

    subject: str
    step_s: float
    start_s: float
    median_hps: list[float | None]
    low_hps: list[float | None]
    high_hps: list[float | None]
    level: float
    means: list[MeansDocument]


class SeveralSeriesDocument(Document):
    """A series for each subject that was asked for."""

    series: list[SeriesDocument]


class DifficultyDocument(Document):
    """The next difficulty over the present one, and when it comes."""

    height: int
    epoch_share_elapsed: float
    is_set: bool
    issued_s: float
    next_difficulty_ratio: IntervalDocument
    retarget_s: IntervalDocument
    made_by: str


class CauseDocument(Document):
    """A possible cause; the probabilities of one event sum to 1."""

    name: str
    probability: float
    because: str
    country: str | None = None


class QuakeDocument(Document):
    """A fall of hash rate."""

    id: str
    revision: int
    status: Literal["preliminary", "confirmed", "reviewed", "rejected"]
    subject: str
    kind: Literal["network+pools", "network", "pools"]
    onset: WindowDocument
    detected_s: float
    end_s: float | None
    remaining_share: IntervalDocument
    lost_hps: IntervalDocument
    false_alarms_per_year: float
    pools: list[str]
    causes: list[CauseDocument]
    made_by: str


class QuakeHistoryDocument(QuakeDocument):
    """A quake with every opinion there was of it."""

    revisions: list[QuakeDocument]


class ClassDocument(Document):
    """What an outage may have been."""

    name: str
    probability: float
    because: str


class OutageDocument(Document):
    """An outage of a country's Internet."""

    id: str
    revision: int
    subject: str
    country: str | None
    onset: WindowDocument
    end_s: float | None
    dark_windows: list[WindowDocument]
    restorations: list[WindowDocument]
    depth_share: IntervalDocument
    seen_by: list[str]
    not_seen_by: list[str]
    classes: list[ClassDocument]
    made_by: str


class OutageHistoryDocument(OutageDocument):
    """An outage with every opinion there was of it."""

    revisions: list[OutageDocument]


class EventDocument(Document):
    """An event of history."""

    id: str
    name: str
    place: str
    country: str | None
    cause: str
    window: WindowDocument
    open_end: bool


class ReportDocument(Document):
    """What the blocks show of an event, and what is known around it."""

    event: str | dict[str, Any] | None
    window: WindowDocument
    baseline: WindowDocument
    network: dict[str, Any]
    pools: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    causes: list[CauseDocument]
    outages: list[dict[str, Any]]
    difficulty: Any
    energy: dict[str, Any] | None
    price: dict[str, Any] | None
    missing: dict[str, Any]
    caveats: list[str]


class CountryDocument(Document):
    """A country's share of hash rate."""

    country: str
    name: str
    rank: int | None
    share: IntervalDocument
    hashrate_hps: IntervalDocument | None
    power_mw: IntervalDocument | None
    flags: list[str]


class MapDocument(Document):
    """Where hash rate sits."""

    as_of: str
    vintage: str
    countries: list[CountryDocument]
    caveats: list[str]
    made_by: str


class EnergyDocument(Document):
    """The power that mining draws."""

    country: str | None
    at_s: float
    power_mw: IntervalDocument
    registered_mw: float | None
    unregistered_mw: IntervalDocument | None
    share_of_generation: IntervalDocument | None
    emissions_t_per_day: IntervalDocument | None
    caveats: list[str]


class ExposureDocument(Document):
    """How much of a pool's power sits in a place that went dark."""

    pool: str
    country: str
    place: str
    exposure_share: IntervalDocument
    events: list[str]
    made_by: str


class PoolDocument(Document):
    """What a pool found beside what it reports."""

    pool: str
    name: str
    window: WindowDocument
    n_blocks: int
    expected_blocks: IntervalDocument | None
    found_hps: IntervalDocument
    reported_hps: IntervalDocument | None
    luck_share: IntervalDocument | None
    luck_p_value: float | None
    share: IntervalDocument | None
    reported_state: Literal["ok", "frozen", "silent", "none"]


class PoolEntryDocument(Document):
    """A text of the coinbase or an address that names a pool, with the lists that hold it."""

    text: str
    lists: list[str]
    valid_from_s: float | None
    valid_to_s: float | None
    yields_to: str | None


class PoolDetailDocument(PoolDocument):
    """A pool with what it is known by."""

    link: str
    tags: list[PoolEntryDocument]
    addresses: list[PoolEntryDocument]


class PageDocument(Document):
    """A page of a list."""

    next: str | None = Field(description="the cursor of the next page; null after the last row")


class QuakePage(PageDocument):
    """Quakes in order of onset."""

    items: list[QuakeDocument]


class OutagePage(PageDocument):
    """Outages in order of onset."""

    items: list[OutageDocument]


class EventPage(PageDocument):
    """Events in order of onset."""

    items: list[EventDocument]


class ExposurePage(PageDocument):
    """Exposures, a row a pool and place."""

    items: list[ExposureDocument]


class PoolPage(PageDocument):
    """Pools, most blocks first."""

    items: list[PoolDocument]


class SimulationDocument(Document):
    """What would follow an outage."""

    scenario: str
    paths: int
    seed: int
    partial: bool
    retargets: list[dict[str, Any]]
    blocks_in_window: dict[str, Any]
    longest_gap_s: dict[str, Any]
    confirmation_s: dict[str, Any]
    revenue_share: list[dict[str, Any]]
    concentration: dict[str, Any]


class SimulationRequest(BaseModel):
    """A simulation to be run."""

    model_config = ConfigDict(extra="forbid")

    scenario: str = Field(
        max_length=100, description="One that comes along, such as kazakhstan-2022."
    )
    paths: int = Field(100_000, description="Futures to draw.")
    seed: int = Field(1, description="Equal seeds give equal results.")
    set: dict[str, str | int | float] = Field(
        default_factory=dict,
        description="Changes of the scenario, such as country:KZ.share: 0.18.",
    )


class JobDocument(Document):
    """A simulation that was asked for."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done_share: float = Field(description="How much of it is done, 0 to 1.")
    result: SimulationDocument | None = Field(
        None, description="Of a job that is done: the document of hashquake simulate."
    )
    error: ErrorBody | None = Field(None, description="Of a job that failed.")
