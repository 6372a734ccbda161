"""A simulation as one HTML file that needs nothing but itself: no request, no script."""

from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from hashquake import __version__
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import DAY_S
from hashquake.forward.simulation import Simulation
from hashquake.serve import format as written
from hashquake.serve.simulation.charts import fan_charts
from hashquake.serve.simulation.text import outcome_rows, ratio_change, share_text

_MOST_MOVED = 14


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
        css=Markup(_text("hashquake.serve.report", "report.css")),  # noqa: S704  our own file
        name=visible_text(first.title or first.name),
        headline=_headline(runs[0]),
        paths=f"{runs[0].paths:,}",
        asked=f"{runs[0].paths_asked:,}",
        partial=any(run.partial for run in runs),
        seed=runs[0].seed,
        sections=sections,
        sources=[visible_text(source) for source in first.sources],
        version=__version__,
    )


def _section(run: Simulation, document: dict[str, Any], label: str | None) -> dict[str, Any]:
    start_s = run.scenario.start_s
    retargets = []
    for index in range(1, run.place.epochs + 1):
        when = run.spread(f"time_s_{index}").interval
        half_d = (when.high - when.low) / 2 / DAY_S
        expected = f"day {when.median / DAY_S:.1f}"
        if start_s is not None:
            expected = written.date(start_s + when.median)
        retargets.append(
            {
                "index": index,
                "change": written.change(ratio_change(run, index), digits=1),
                "expected": f"{expected} ± {half_d:.1f} d",
                "delay": f"{run.spread(f'delay_s_{index}').mean / 3600:+.1f} h",
            }
        )
    moved = [row for row in document["revenue_share"] if row["moved"] is not None]
    moved = sorted(moved, key=lambda row: -abs(row["moved"]))[:_MOST_MOVED]
    return {
        "label": None if label is None else visible_text(label),
        "charts": [Markup("\n").join(map(Markup, svgs)) for svgs in fan_charts(run).values()],
        "rows": [(what.strip(), text) for what, text in outcome_rows(run, document)],
        "retargets": retargets,
        "moved": [
            {
                "subject": visible_text(row["subject"]),
                "before": written.percent(row["before"], digits=1),
                "window": share_text(row["window"]),
                "moved": written.percent(row["moved"], digits=1, signed=True),
            }
            for row in moved
        ],
        "outages": bool(run.scenario.outages),
        "concentration": [
            (phase, f"{shape['hhi']['median']:.3f}", f"{shape['nakamoto']['median']:.0f}")
            for phase, shape in document["concentration"].items()
            if shape["hhi"] is not None and run.scenario.pools
        ],
    }


def _headline(run: Simulation) -> str:
    change = ratio_change(run, 1)
    lost = run.spread("blocks_lost").interval
    gap = run.spread("longest_gap_in_window_s").interval
    return (
        f"Some {lost.median:,.0f} blocks fewer, the next difficulty "
        f"{written.change(change, digits=1)}, and a longest wait of "
        f"{written.duration(gap.median)} for a block."
        if run.scenario.outages
        else f"The next difficulty {written.change(change, digits=1)}."
    )


def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text("hashquake.serve.simulation", "page.html.j2"))
