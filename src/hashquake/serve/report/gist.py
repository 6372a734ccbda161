"""What matters beside the fall itself, in three cells: why, how much power, and the price."""

from hashquake.core.incident import Incident
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import chance, percent
from hashquake.serve.geography.numbers import megawatts, megawatts_interval
from hashquake.serve.report.panel_causes import cause_text, lowered
from hashquake.serve.report.price_shape import VERDICTS

Cell = tuple[str, str, str]


def gist(incident: Incident, around: EventContext | None) -> tuple[Cell, ...]:
    """Name, figure and what goes with it, of all that is known.

    Parameters
    ----------
    incident : Incident
        With its causes.
    around : EventContext or None
        With power and price.
    """
    cells: list[Cell] = []
    if incident.causes:
        first, *others = sorted(incident.causes, key=lambda cause: -cause.probability)
        said = cause_text(first.name, first.country)
        if others and first.probability < 2.0 * others[0].probability:
            also = lowered(cause_text(others[0].name, others[0].country))
            said += f"; {chance(others[0].probability)}: {also}"
        cells.append(("Likeliest reason", chance(first.probability), said))
    if around is not None and around.dark is not None:
        drawn = around.dark.power.power_mw
        if drawn.median > 0:
            limits = megawatts_interval(drawn).partition(" [")[2]
            cells.append(("Power that stopped (90 %)", megawatts(drawn.median), f"[{limits}"))
    if around is not None and around.price is not None:
        study = around.price.study
        moved = percent(study.whole.change_share, digits=1, signed=True)
        verdict = VERDICTS[study.call]
        said = {
            "shown": "beyond the ordinary",
            "contradicted": "beyond the ordinary: a rise",
            "not shown": "an effect is not shown",
        }[verdict]
        cells.append(("Price over the window", moved, said))
    return tuple(cells)
