"""The documents of the catalog and of places as schemas; see `hashquake.serve.api.documents`."""

from typing import Any, Literal

from pydantic import Field

from hashquake.serve.api.documents import (
    Document,
    IntervalDocument,
    PageDocument,
    WindowDocument,
)


class CauseDocument(Document):
    """A possible cause; the probabilities of one event sum to 1."""

    name: str = Field(description="Its name for people.")
    probability: float = Field(description="How likely it is, 0 to 1.")
    because: str = Field(description="Why, in a sentence.")
    country: str | None = Field(
        None, description="Two letters, ISO 3166-1 alpha-2; null where it is not of one country."
    )


class QuakeDocument(Document):
    """A fall of hash rate."""

    id: str = Field(description="Its name.")
    revision: int = Field(description="1 for the first opinion of it.")
    status: Literal["preliminary", "confirmed", "reviewed", "rejected"] = Field(
        description="How sure the opinion is: from preliminary to reviewed, or rejected."
    )
    subject: str = Field(description="Whom it is about: network, pool:SLUG or country:CC.")
    kind: Literal["network+pools", "network", "pools"] = Field(
        description="Whether the network fell, pools, or both."
    )
    onset: WindowDocument = Field(description="When it began: between these two.")
    detected_s: float = Field(description="When it was found, UTC Unix seconds.")
    end_s: float | None = Field(
        description="End, not included, UTC Unix seconds; null where it is not over."
    )
    remaining_share: IntervalDocument = Field(
        description="Hash rate that was left, divided by that before."
    )
    lost_hps: IntervalDocument = Field(description="Hash rate lost, hashes a second.")
    false_alarms_per_year: float = Field(
        description="How often chance alone raises one with such thresholds."
    )
    pools: list[str] = Field(description="The pools concerned.")
    causes: list[CauseDocument] = Field(
        description="Possible causes; their probabilities sum to 1."
    )
    made_by: str = Field(description="The method and its version.")


class QuakeHistoryDocument(QuakeDocument):
    """A quake with every opinion there was of it."""

    revisions: list[QuakeDocument] = Field(description="Every opinion there was, oldest first.")


class ClassDocument(Document):
    """What an outage may have been."""

    name: str = Field(description="Its name for people.")
    probability: float = Field(description="How likely it is, 0 to 1.")
    because: str = Field(description="Why, in a sentence.")


class OutageDocument(Document):
    """An outage of a country's Internet."""

    id: str = Field(description="Its name.")
    revision: int = Field(description="1 for the first opinion of it.")
    subject: str = Field(description="Whom it is about: network, pool:SLUG or country:CC.")
    country: str | None = Field(
        description="Two letters, ISO 3166-1 alpha-2; null where it is not of one country."
    )
    onset: WindowDocument = Field(description="When it began: between these two.")
    end_s: float | None = Field(
        description="End, not included, UTC Unix seconds; null where it is not over."
    )
    dark_windows: list[WindowDocument] = Field(description="When it was dark.")
    restorations: list[WindowDocument] = Field(description="When it was back for a time.")
    depth_share: IntervalDocument = Field(
        description="How much of its connectivity was lost, 0 to 1."
    )
    seen_by: list[str] = Field(description="Signals that saw it.")
    not_seen_by: list[str] = Field(
        description="Signals that had values in the dark time and did not see it."
    )
    classes: list[ClassDocument] = Field(
        description="What it may have been; the probabilities sum to 1."
    )
    made_by: str = Field(description="The method and its version.")


class OutageHistoryDocument(OutageDocument):
    """An outage with every opinion there was of it."""

    revisions: list[OutageDocument] = Field(description="Every opinion there was, oldest first.")


class EventDocument(Document):
    """An event of history."""

    id: str = Field(description="Its name.")
    name: str = Field(description="Its name for people.")
    place: str = Field(description="Where.")
    country: str | None = Field(
        description="Two letters, ISO 3166-1 alpha-2; null where it is not of one country."
    )
    cause: str = Field(description="What history knows as the cause.")
    window: WindowDocument = Field(description="The time it is about.")
    open_end: bool = Field(description="Whether it had no end that is known.")


class ReportDocument(Document):
    """What the blocks show of an event, and what is known around it."""

    event: str | dict[str, Any] | None = Field(description="The event reported on.")
    window: WindowDocument = Field(description="The time it is about.")
    baseline: WindowDocument = Field(description="The time it is compared with.")
    network: dict[str, Any] = Field(description="What the whole network did.")
    pools: list[dict[str, Any]] = Field(description="The pools concerned.")
    claims: list[dict[str, Any]] = Field(
        description="Claims about it, each compared with what was measured."
    )
    causes: list[CauseDocument] = Field(
        description="Possible causes; their probabilities sum to 1."
    )
    outages: list[dict[str, Any]] = Field(description="Outages of the country in that time.")
    difficulty: Any = Field(
        description="The retargets around it, and what they would have been without it."
    )
    energy: dict[str, Any] | None = Field(
        description="The power behind what stopped; null where it cannot be determined."
    )
    price: dict[str, Any] | None = Field(
        description="What the price did; its verdict is null where no price is known."
    )
    missing: dict[str, Any] = Field(description="Why parts of it are empty or null.")
    caveats: list[str] = Field(description="What to know before quoting it, in sentences.")


class CountryDocument(Document):
    """A country's share of hash rate."""

    country: str = Field(description="Two letters, ISO 3166-1 alpha-2.")
    name: str = Field(description="Its name for people.")
    rank: int | None = Field(description="1 for the largest; null for the rest of the world.")
    share: IntervalDocument = Field(description="Part of the whole, 0 to 1.")
    hashrate_hps: IntervalDocument | None = Field(description="Hash rate, hashes a second.")
    power_mw: IntervalDocument | None = Field(description="Power, megawatts.")
    flags: list[str] = Field(description="What to know of this row: estimated, old, and so on.")


class MapDocument(Document):
    """Where hash rate sits."""

    as_of: str = Field(description="The day by whose knowledge it was made.")
    vintage: str = Field(description="The day the map was published.")
    countries: list[CountryDocument] = Field(description="Countries, the largest share first.")
    caveats: list[str] = Field(description="What to know before quoting it, in sentences.")
    made_by: str = Field(description="The method and its version.")


class EnergyDocument(Document):
    """The power that mining draws."""

    country: str | None = Field(
        description="Two letters, ISO 3166-1 alpha-2; null where it is not of one country."
    )
    at_s: float = Field(description="The instant it is about, UTC Unix seconds.")
    power_mw: IntervalDocument = Field(description="Power, megawatts.")
    registered_mw: float | None = Field(
        description="Power of the registered miners, megawatts; null where unknown."
    )
    unregistered_mw: IntervalDocument | None = Field(
        description="Power of miners that are not registered, megawatts."
    )
    share_of_generation: IntervalDocument | None = Field(
        description="Part of the electricity generated, 0 to 1."
    )
    emissions_t_per_day: IntervalDocument | None = Field(
        description="Tonnes of carbon dioxide a day."
    )
    caveats: list[str] = Field(description="What to know before quoting it, in sentences.")


class ExposureDocument(Document):
    """How much of a pool's power sits in a place that went dark."""

    pool: str = Field(description="The short name of the pool.")
    country: str = Field(description="Two letters, ISO 3166-1 alpha-2.")
    place: str = Field(description="Where.")
    exposure_share: IntervalDocument = Field(
        description="How much of its hash rate sits in the place, 0 to 1."
    )
    events: list[str] = Field(description="The events it was estimated from.")
    made_by: str = Field(description="The method and its version.")


class QuakePage(PageDocument):
    """Quakes in order of onset."""

    items: list[QuakeDocument] = Field(description="The rows of this page.")


class OutagePage(PageDocument):
    """Outages in order of onset."""

    items: list[OutageDocument] = Field(description="The rows of this page.")


class EventPage(PageDocument):
    """Events in order of onset."""

    items: list[EventDocument] = Field(description="The rows of this page.")


class ExposurePage(PageDocument):
    """Exposures, a row a pool and place."""

    items: list[ExposureDocument] = Field(description="The rows of this page.")
