"""The laboratory: what would follow if a country or a pool went dark."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hashquake.forward.scenario import Scenario
from hashquake.observatory import Observatory, scenario_choice
from hashquake.plugins import list_plugins
from hashquake.serve.format import percent
from hashquake.serve.language import message, translate
from hashquake.serve.own_markup import own_markup
from hashquake.serve.page.website import Website
from hashquake.serve.simulation.asked_words import asked_words
from hashquake.serve.simulation.text import expected_text
from hashquake.serve.simulation.words import moved_rows, outcomes, points_text, ratio_text
from hashquake.serve.subject_names import subject_words

SETTINGS = (
    ("depth", message("Part that goes dark"), "", message("0 to 1, as 0.9")),
    ("share", message("Its share of hash rate"), "", message("0 to 1, as 0.18")),
    ("onset", message("Begins so far into the epoch"), "onset", message("as 5d")),
    ("duration", message("Lasts"), "duration", message("as 6h or 5d")),
    ("failover", message("Miners change pool within"), "failover", message("as 90m")),
    ("return_share", message("Part that comes back"), "return_share", message("0 to 1")),
)
"""Fields of the form: name, label, key of the setting (empty where it has a subject), example."""
USUAL_PATHS = 20_000
_MOST_MOVED = 10
_TICKS = 5


def laboratory_page(ask: Observatory, site: Website) -> str:
    """Return the form that asks for simulations.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    """
    scenarios = [
        {
            "name": one.name.replace("_", "-"),
            "title": translate(str(one.card.get("title", one.name))),
            "subjects": _struck(scenario_choice.scenario_named(one.name)),
        }
        for one in list_plugins(scenario_choice.ROOM)
    ]
    return site.render(
        "laboratory.html.j2",
        section="laboratory",
        title=translate("Laboratory"),
        description=translate("What would follow if a country or a pool went dark."),
        last_change_id=ask.last_change_id(),
        scenarios=scenarios,
        settings=SETTINGS,
        paths=USUAL_PATHS,
    )


def result_part(
    site: Website,
    document: dict[str, Any],
    job: str,
    fans: Mapping[str, Sequence[str]],
    settings: Mapping[str, str],
) -> str:
    """Return the result of a simulation, to be put into the page of the laboratory.

    Parameters
    ----------
    site : Website
        Where the page is.
    document : dict
        That of ``hashquake simulate``.
    job : str
        Its id, for the link to the data.
    fans : mapping of str to sequence of str
        Drawings of hash rate, difficulty and block times, as `fan_charts` returns them.
    settings : mapping of str to str
        What was laid over the scenario.
    """
    calm = document["without_outage"]
    return site.render(
        "simulation_part.html.j2",
        section="laboratory",
        title=translate(document["title"] or document["scenario"]),
        document=document,
        job=job,
        asked=asked_words(settings),
        rows=outcomes(document),
        retargets=[
            {
                "index": row["index"],
                "change": ratio_text(row["ratio"]),
                "without": "" if calm is None else ratio_text(calm["retargets"][at]["ratio"]),
                "expected": expected_text(document["start_s"], row["time_s"]),
                "outage": points_text(row["effects"]["outage"]),
            }
            for at, row in enumerate(document["retargets"])
        ],
        fan=_fan(document),
        fans=[[own_markup(one) for one in each] for each in fans.values()],
        moved=[
            (heading, moved_rows(document, kind)[:_MOST_MOVED])
            for kind, heading in (("pool", message("Pools")), ("country", message("Countries")))
        ],
    )


def _struck(scenario: Scenario) -> list[tuple[str, str]]:
    return [(one.subject, subject_words(one.subject)) for one in scenario.outages]


def _fan(document: dict[str, Any]) -> dict[str, Any]:
    """Lay out each next difficulty with the outage compared with that without it."""
    calm = document["without_outage"]
    given = [row["ratio"]["quantiles"] for row in document["retargets"]]
    without = [] if calm is None else [row["ratio"]["quantiles"] for row in calm["retargets"]]
    values = [one[level] for one in (*given, *without) for level in ("0.05", "0.95")]
    low, high = min((*values, 0.99)), max((*values, 1.01))

    def y(value: float) -> str:
        return f"{12 + 170 * (1 - (value - low) / (high - low)):.1f}"

    def box(one: dict[str, float]) -> dict[str, str]:
        return {"low": y(one["0.05"]), "median": y(one["0.5"]), "high": y(one["0.95"])}

    step = next(one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / one <= _TICKS)
    marks = range(math.ceil((low - 1.0) / step), math.floor((high - 1.0) / step) + 1)
    return {
        "ticks": [(y(1.0 + k * step), percent(k * step, signed=True)) for k in marks],
        "given": [box(one) for one in given],
        "without": [box(one) for one in without],
        "width": 60 + 110 * len(given),
    }
