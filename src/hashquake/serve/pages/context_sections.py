"""Causes, exposure, map, power and price of an event, as sections of its page."""

from collections.abc import Mapping

from hashquake.core.incident import Incident
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import prose
from hashquake.serve.pages.markdown import bullets, page, table
from hashquake.serve.place_names import named
from hashquake.serve.report.panel_causes import cause_panel
from hashquake.serve.report.panel_energy import EnergyPanel, energy_panel
from hashquake.serve.report.panel_exposure import ExposurePanel, exposure_panel
from hashquake.serve.report.panel_map import MapPanel, map_panel
from hashquake.serve.report.panel_price import PricePanel, price_panel

EXPOSURE_HEADING = "## Where the machines of pools are"


def causes_section(incident: Incident) -> str:
    """Return why hash rate changed; empty where no causes were weighed.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    panel = cause_panel(incident)
    if panel is None:
        return ""
    rows = bullets(f"{row.shown} {row.text}. {row.because}" for row in panel.rows)
    return page(f"## {panel.heading}", panel.sentence, rows, panel.rest).rstrip()


def context_sections(
    incident: Incident, around: EventContext, names: Mapping[str, str]
) -> tuple[str, ...]:
    """Return where machines were, what they drew and what the price did, or why none is known.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    around : EventContext
        Exposure, maps, energy and price round the event.
    names : mapping of str to str
        Names of pools by their slugs.
    """
    event = incident.event

    def missing(*panels: str) -> str:
        why = (around.missing[name] for name in panels if name in around.missing)
        return named(prose(next(why, "Not known.")), event.country)

    pools = None if around.exposure is None else exposure_panel(around.exposure, names)
    places = map_panel(around, country=event.country, place=event.place)
    energy = energy_panel(around, country=event.country)
    price = None if around.price is None else price_panel(around.price)
    return (
        EXPOSURE_HEADING,
        missing("exposure") if pools is None else _exposed(pools),
        "## The mining map",
        missing("map_now") if places is None else _mapped(places),
        "## Power and emissions",
        missing("dark", "energy") if energy is None else _powered(energy),
        "## The price",
        missing("price") if price is None else _priced(price),
    )


def _exposed(panel: ExposurePanel) -> str:
    rows = [(row.name, row.exposure, row.by_map) for row in panel.rows]
    headings = ("pool", f"in {panel.place} [90 %]", "by the map alone [90 %]")
    return page(panel.sentence, table(headings, rows) if rows else "").rstrip()


def _mapped(panel: MapPanel) -> str:
    rows = [
        (row.rank, f"**{row.name}**" if row.struck else row.name, row.now, row.then, row.detail)
        for row in (*panel.rows, *(one for one in panel.provinces if one.struck))
    ]
    headings = ("rank", "place", "share, as known today [90 %]", "as known then", "")
    return page(panel.sentence, table(headings, rows), " ".join(panel.vintages)).rstrip()


def _powered(panel: EnergyPanel) -> str:
    tables = [
        table((heading, "[90 %]"), rows)
        for heading, rows in (("what stopped", panel.dark), (panel.heading, panel.power))
        if rows
    ]
    return page(panel.sentence, *tables, bullets(panel.notes)).rstrip()


def _priced(panel: PricePanel) -> str:
    rows = [
        (
            f"{row.key} {row.name}".strip(),
            row.when,
            row.prices,
            row.change,
            row.abnormal,
            row.p_value,
            row.least_seen,
        )
        for row in panel.rows
    ]
    headings = (
        "stretch", "when", "US$", "change", "beyond the ordinary [90 %]", "p", "least fall seen",
    )  # fmt: skip
    said = f"**{panel.verdict}** {panel.because}"
    return page(said, panel.note, table(headings, rows), f"Prices: {panel.source}.").rstrip()
