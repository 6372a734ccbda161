"""The page that shows how well outages are found and classified, from the measured scores."""

from hashquake.core.outage import OUTAGE_CLASSES
from hashquake.judge.outage_backtest import OutageScores
from hashquake.judge.real_outages import held_out_scores
from hashquake.serve.outages import scores as text
from hashquake.serve.pages.markdown import page, table
from hashquake.serve.pages.method_pages import AGAIN


def outage_page(scores: OutageScores) -> str:
    """Write the page.

    Parameters
    ----------
    scores : OutageScores
        As measured.
    """
    real = held_out_scores()
    names = tuple(text.plain(name) for name in OUTAGE_CLASSES)
    return page(
        "# How well outages are found, and classified",
        text.title(scores),
        "Every country is made up, so the truth is known; the weights of the classes were fitted "
        "on other country-years. Simulated noise is of plausible size and of one kind: read these "
        "figures as the best to be hoped for. What counts as found, as false and as right is in "
        "[the rules](theory/outage_backtest.md).",
        table(
            ("", "measured", "counted", "asked"), [_flush(row) for row in text.score_cells(scores)]
        ),
        text.onset_width(scores),
        "## What it was, and which class was the most probable",
        table(("", *names, "right"), text.confusion_cells(scores.classes)),
        "With each network of the country watched, its kind and its upstream known. From the "
        "country's own four signals alone:",
        table(("", *names, "right"), text.confusion_cells(scores.bare_classes)),
        "## How probable the most probable class was, and how often it was right",
        table(("predicted", "observed", "of"), text.reliability_cells(scores.classes)),
        "## Real outages",
        f"{real.right.trials} national outages of 2018 to early 2022 that people described, in "
        "countries that were held out of the fit ([how they are selected]"
        "(theory/outage_classes.md)). Only their times and which instruments showed them are "
        "known, not how far connectivity fell nor how it came back, so they are judged by less "
        "than an outage in readings is.",
        table(("", *names, "right"), text.confusion_cells(real)),
        table(("predicted", "observed", "of"), text.reliability_cells(real)),
        "Made by `hashquake backtest outages`; `--country-years 10 --seed 1` simulates ten more. "
        "Measured with `python scripts/measure_outages.py`.",
        AGAIN,
    )


def _flush(row: tuple[str, ...]) -> tuple[str, ...]:
    """Mark what is set in by spaces, which a page would swallow."""
    first, *others = row
    return (first.replace("    ", "… "), *others)
