"""A simulation as one HTML file that needs nothing but itself: no request, no script."""

from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from hashquake import __version__
from hashquake.core.hostile_text import visible_text
from hashquake.forward.simulation import Simulation
from hashquake.serve.format_times import duration
from hashquake.serve.language import number, spoken, translate
from hashquake.serve.own_markup import own_drawings, own_markup
from hashquake.serve.simulation.charts import fan_charts
from hashquake.serve.simulation.text import expected_text, later_text
from hashquake.serve.simulation.words import moved_rows, outcomes, points_text, ratio_text
from hashquake.serve.spoken_templates import speak

_MOST_MOVED = 10


def simulation_page(
    runs: list[Simulation],
    documents: list[dict[str, Any]],
    *,
    key: str | None = None,
    values: list[str] | None = None,
) -> str:
    """Render one run, or the runs of a sweep one under another.

    Parameters
    ----------
    runs : list of Simulation
        What to show; texts of their scenarios may be hostile and are escaped.
    documents : list of dict
        Their JSON, in the same order.
    key, values : str or None, list of str or None
        What was swept.

    Returns
    -------
    str
        A whole HTML document.
    """
    first = runs[0].scenario
    labels = [None] * len(runs) if key is None else [f"{key} = {value}" for value in values or ()]
    sections = [
        _section(run, document, label)
        for run, document, label in zip(runs, documents, labels, strict=False)
    ]
    return _template().render(
        css=own_markup(_text("hashquake.serve.report", "report.css")),
        name=visible_text(translate(first.title or first.name)),
        headline=_headline(runs[0], documents[0]),
        paths=number(f"{runs[0].paths:,}"),
        asked=number(f"{runs[0].paths_asked:,}"),
        partial=any(run.partial for run in runs),
        seed=runs[0].seed,
        sections=sections,
        sources=[visible_text(source) for source in first.sources],
        language=spoken(),
        version=__version__,
    )


def _section(run: Simulation, document: dict[str, Any], label: str | None) -> dict[str, Any]:
    calm, steady = document["without_outage"], document["steady_hashrate"]
    start_s = run.scenario.start_s
    return {
        "label": None if label is None else visible_text(label),
        "charts": [own_drawings(svgs) for svgs in fan_charts(run).values()],
        "outages": calm is not None,
        "moves": steady is not None,
        "rows": [
            {"what": row.what.strip(), "given": row.given, "without": row.without}
            for row in outcomes(document)
        ],
        "retargets": [
            {
                "index": row["index"],
                "change": ratio_text(row["ratio"]),
                "without": "" if calm is None else ratio_text(calm["retargets"][at]["ratio"]),
                "expected": expected_text(start_s, row["time_s"]),
                "later": later_text(row["delay_s"]),
                "outage": points_text(row["effects"]["outage"]),
                "rest": points_text(row["effects"]["growth_price_and_fleet"]),
            }
            for at, row in enumerate(document["retargets"])
        ],
        "moved": [
            (heading, [row | {"name": visible_text(row["name"])} for row in rows[:_MOST_MOVED]])
            for heading, rows in (
                (translate("pool"), moved_rows(document, "pool")),
                (translate("country"), moved_rows(document, "country")),
            )
            if rows
        ],
        "concentration": [
            (
                translate(phase),
                number(f"{shape['hhi']['median']:.3f}"),
                f"{shape['nakamoto']['median']:.0f}",
            )
            for phase, shape in document["concentration"].items()
            if shape["hhi"] is not None and run.scenario.pools
        ],
    }


def _headline(run: Simulation, document: dict[str, Any]) -> str:
    changed = translate(
        "the next difficulty changes by {change}",
        change=ratio_text(document["retargets"][0]["ratio"]),
    )
    if not run.scenario.outages:
        return f"{changed[0].upper()}{changed[1:]}."
    lost = run.spread("blocks_lost").interval
    gap = run.spread("longest_gap_in_window_s").interval
    return translate(
        "{blocks} blocks fewer in the outage, a longest gap between blocks "
        "of {duration}, and {changed}.",
        blocks=number(f"{lost.median:,.0f}"),
        duration=duration(gap.median),
        changed=changed,
    )


def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    speak(environment)
    return environment.from_string(_text("hashquake.serve.simulation", "page.html.j2"))
