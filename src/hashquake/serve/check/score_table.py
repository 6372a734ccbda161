"""Scores of forecasters as a document and as a table."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from hashquake.core.hostile_text import visible_text
from hashquake.judge.forecast_scores import ForecasterScore


def score_documents(scores: Sequence[ForecasterScore]) -> list[dict[str, Any]]:
    """Return the document that ``hashquake claims scores --json`` prints.

    Parameters
    ----------
    scores : sequence of ForecasterScore
        From `Observatory.forecast_scores`.
    """
    return [asdict(one) for one in scores]


def score_table(scores: Sequence[ForecasterScore]) -> Table:
    """Return the scores as a table, in percentage points of the retarget's ratio.

    Parameters
    ----------
    scores : sequence of ForecasterScore
        From `Observatory.forecast_scores`.
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("forecaster", style="bold", overflow="fold")
    for heading in ("year", "elapsed", "n", "CRPS", "error", "bias", "in 90 %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in scores:
        covered = "" if one.coverage_share is None else f"{100 * one.coverage_share:.0f} %"
        table.add_row(
            visible_text(one.forecaster, limit=40),
            str(one.year),
            f"{100 * one.elapsed_share:.0f} %",
            f"{one.n:,}",
            f"{100 * one.crps_share:.2f}",
            f"{100 * one.mae_share:.2f}",
            f"{100 * one.bias_share:+.2f}",
            covered,
        )
    return table
