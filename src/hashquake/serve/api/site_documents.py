"""The documents of sites as schemas; see `hashquake.serve.api.documents`."""

from typing import Any, Literal

from pydantic import Field

from hashquake.serve.api.documents import Document, IntervalDocument, PageDocument, WindowDocument


class SiteSignalDocument(Document):
    """What sees a site."""

    source: str = Field(description="heartbeat, or the source that asks its pool.")
    state: Literal["alive", "zero", "silent"] = Field(
        description="It sees the site at work; it answers and sees nothing; it says nothing."
    )
    last_s: float = Field(description="When it last saw the site, UTC Unix seconds.")
    hashrate_hps: IntervalDocument | None = Field(description="What it last said, hashes a second.")


class MeanwhileDocument(Document):
    """What the other sites and the network do."""

    sites_up: int = Field(description="Other sites that are up.")
    sites_dark: int = Field(description="Other sites that are dark.")
    sites_unknown: int = Field(description="Other sites of which nothing is known.")
    sites_up_hps: float = Field(description="Hash rate of those that are up, hashes a second.")
    network_drop_share: IntervalDocument | None = Field(
        description="How much less hash rate the network has since the site went dark, 0 to 1."
    )


class SiteDocument(Document):
    """A mining farm of the operator's."""

    site: str = Field(description="Its id.")
    name: str = Field(description="Its name for people.")
    country: str = Field(description="Two letters, ISO 3166-1 alpha-2.")
    region: str | None = Field(description="Such as KZ-PAV; null where none is given.")
    asns: list[int] = Field(description="Its networks.")
    grid: str = Field(description="The region or country whose electricity it takes.")
    at_s: float = Field(description="The instant it is about, UTC Unix seconds.")
    status: Literal["up", "network dark", "grid dark", "unknown"] = Field(
        description="What it is taken to be; not seen is not dark."
    )
    since_s: float | None = Field(
        description="Since when; of an unknown site when it was last seen. UTC Unix seconds."
    )
    since_window: WindowDocument | None = Field(
        description="Between which instants it went dark; null for a site that is not."
    )
    dark_probability: float | None = Field(
        description="How sure it is that it is dark, 0 to 1; null where nothing watches its places."
    )
    network_dark_probability: float | None = Field(description="Of these: behind a dark network.")
    grid_dark_probability: float | None = Field(description="Of these: without electricity.")
    outage: str | None = Field(description="The outage that concerns it.")
    hashrate_hps: float | None = Field(
        description="Its hash rate while it runs, hashes a second; null where it is not known."
    )
    hashrate_hps_interval: IntervalDocument | None = Field(description="The same with limits.")
    hashrate_from: Literal["pool", "heartbeat", "file"] | None = Field(
        description="Who stated the hash rate."
    )
    usd_per_day: float | None = Field(
        description="What it earns a day while it runs, dollars: at risk while it is dark."
    )
    usd_per_day_interval: IntervalDocument | None = Field(description="The same with limits.")
    power_usd_per_day: float | None = Field(description="Electricity a day, dollars.")
    margin_usd_per_day: float | None = Field(description="The one less the other, dollars.")
    price_usd: float | None = Field(description="Price of a bitcoin that went in.")
    price_age_s: float | None = Field(description="How old that price is, seconds.")
    seen_by: list[SiteSignalDocument] = Field(description="What sees it.")
    meanwhile: MeanwhileDocument = Field(description="The other sites and the network.")
    because: str = Field(description="Why it has this status, in a sentence.")
    reason: dict[str, Any] = Field(description="The same as a code and values.")


class SitePage(PageDocument):
    """Sites in the order of the operator's file."""

    items: list[SiteDocument] = Field(description="The rows of this page.")
