"""The report as one HTML file that needs nothing but itself: no request, no script."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from hashquake.core.hostile_text import visible_text
from hashquake.core.incident import LEVEL, Incident
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import change_limits, percent, probability, prose
from hashquake.serve.format_times import days, duration, short_time, window_text
from hashquake.serve.language import spoken
from hashquake.serve.own_markup import own_drawings, own_markup
from hashquake.serve.place_names import country_name, named, place_name
from hashquake.serve.report import claim_rows, rows
from hashquake.serve.report.chart_gaps import gap_charts
from hashquake.serve.report.chart_price import price_charts
from hashquake.serve.report.chart_rate import moment_key, rate_charts
from hashquake.serve.report.gist import brief, deepest_sentence, tiles
from hashquake.serve.report.headline import headline, title
from hashquake.serve.report.outage_panel import outage_panels
from hashquake.serve.report.panel_causes import cause_panel
from hashquake.serve.report.panel_energy import energy_panel
from hashquake.serve.report.panel_exposure import exposure_panel
from hashquake.serve.report.panel_map import map_panel
from hashquake.serve.report.panel_price import price_panel
from hashquake.serve.report.strip import tick_text
from hashquake.serve.spoken_templates import speak
from hashquake.serve.wording.fixed import fixed


def render_html(
    incident: Incident,
    *,
    version: str,
    made_at: str | None,
    pool_names: Mapping[str, str] | None = None,
    context: EventContext | None = None,
) -> str:
    """Render the report.

    Parameters
    ----------
    incident : Incident
        What to show; its texts may be hostile and are escaped.
    version : str
        This program's version.
    made_at : str or None
        When, for the foot of the page; None leaves it out, so that equal input gives equal bytes.
    pool_names : mapping or None
        Names to show for pool slugs; a slug without one is shown as it is.
    context : EventContext or None
        From `Observatory.context`: where machines stood, what they drew, what the price
        did; None leaves these panels out.

    Returns
    -------
    str
        A whole HTML document.
    """
    return _template("report.html.j2").render(
        css=own_markup(_text("report.css") + _text("panels.css")),
        language=spoken(),
        version=version,
        made_at=made_at,
        **_values(incident, pool_names, context),
    )


def render_body(
    incident: Incident,
    *,
    pool_names: Mapping[str, str] | None = None,
    context: EventContext | None = None,
) -> str:
    """Render the report's header and body, to stand in a page with a frame of its own.

    Parameters
    ----------
    incident, pool_names, context
        As for `render_html`.

    Returns
    -------
    str
        HTML elements.
    """
    return _template("report_body.html.j2").render(**_values(incident, pool_names, context))


def _values(
    incident: Incident, pool_names: Mapping[str, str] | None, context: EventContext | None
) -> dict[str, Any]:
    claim_axis, pool_axis = claim_rows.claim_axis(incident), rows.pool_axis(incident)
    claims = claim_rows.claim_rows(incident, claim_axis)
    pools = rows.pool_rows(incident, pool_axis, pool_names or {})
    return dict(
        charts=_charts(incident, context),
        causes=cause_panel(incident),
        tiles=tiles(incident),
        brief=brief(incident, context),
        **_around(incident, context, pool_names or {}),
        incident=incident,
        event=incident.event,
        name=title(incident),
        headline=headline(incident),
        deepest=deepest_sentence(incident),
        rates=rows.before_and_during(incident),
        claims=claims,
        claims_sentence=claim_rows.claims_sentence(claims) if claims else "",
        claim_axis=claim_axis,
        pools=pools,
        pool_axis=pool_axis,
        pools_sentence=rows.pools_sentence(pools, incident),
        retargets=rows.retarget_sentences(incident),
        moments=_moments(incident),
        outages=outage_panels(incident),
        caveats=_caveats(incident, context),
        sources=[
            (url, _host(url)) for url in map(claim_rows.safe_link, incident.event.sources) if url
        ],
        level=LEVEL,
    )


def _around(
    incident: Incident, around: EventContext | None, names: Mapping[str, str]
) -> dict[str, Any]:
    """Set out what is known besides the blocks."""
    if around is None:
        return {"around": None}
    event = incident.event
    return {
        "around": around,
        "missing": around.missing,
        "country": country_name(event.country),
        "exposure": None if around.exposure is None else exposure_panel(around.exposure, names),
        "places": map_panel(around, country=event.country, place=event.place),
        "energy": energy_panel(around, country=event.country),
        "price": None if around.price is None else price_panel(around.price),
    }


def _charts(incident: Incident, around: EventContext | None) -> dict[str, Markup]:
    """Draw the charts; their texts are escaped where they are drawn."""
    drawn = {"rate": rate_charts(incident), "gaps": gap_charts(incident)}
    if around is not None and around.price is not None:
        drawn["price"] = price_charts(around.price.candles, around.price.study)
    return {name: own_drawings(svgs) for name, svgs in drawn.items()}


def _moments(incident: Incident) -> list[dict[str, str]]:
    """List the moments that the chart shows, under their letters."""
    if not incident.rates:
        return []
    start_s, end_s = incident.rates[0].window.start_s, incident.rates[-1].window.end_s
    return [
        {
            "key": moment_key(at),
            "time": short_time(moment.time_s),
            "text": prose(fixed(moment.text)),
            "source": prose(fixed(moment.source)),
        }
        for at, moment in enumerate(incident.event.moments)
        if start_s <= moment.time_s <= end_s
    ]


def _caveats(incident: Incident, around: EventContext | None) -> list[str]:
    more = () if around is None else around.caveats
    texts = dict.fromkeys((*incident.caveats, *more, *incident.event.traps))
    return [prose(fixed(text)) for text in texts]


def _named(sentence: str, country: str | None) -> str:
    return named(fixed(sentence), country)


def _host(url: str) -> str:
    return visible_text(urlsplit(url).netloc.removeprefix("www."))


def _text(name: str) -> str:
    return (resources.files("hashquake.serve.report") / name).read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _template(name: str) -> Template:
    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speak(environment)
    for written in (
        change_limits,
        days,
        duration,
        fixed,
        percent,
        place_name,
        probability,
        prose,
        window_text,
    ):
        environment.filters[written.__name__] = written
    environment.filters["tick_text"] = tick_text
    environment.filters["named_for"] = _named
    return environment.get_template(name)
