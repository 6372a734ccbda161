"""Forecasts of the next difficulty, published and our own, scored by what came."""

from collections.abc import Sequence
from pathlib import Path

from hashquake.core.errors import InputError
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import require_steady_bits
from hashquake.core.record import Record
from hashquake.core.regular_file import read_regular
from hashquake.datasets.forecasts_file import read_forecasts
from hashquake.judge.forecast_outcomes import forecast_results
from hashquake.judge.forecast_scores import (
    ForecasterScore,
    forecaster_scores,
    formula_forecasts,
    published_forecast,
    stored_forecasts,
)


def forecast_scores(record: Record, files: Sequence[Path]) -> tuple[ForecasterScore, ...]:
    """Score forecasts; see `Observatory.forecast_scores`.

    Parameters
    ----------
    record : Record
        Its blocks show what came; its own forecasts are scored as they were stored.
    files : sequence of Path
        Published forecasts as TOML.
    """
    require_steady_bits(record.network, "forecasts of difficulty")
    blocks = record.blocks().main()
    scored = [
        *formula_forecasts(blocks),
        *stored_forecasts(forecast_results(record, record.forecasts()), blocks),
    ]
    for path in files:
        try:
            text = read_regular(path).decode("utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise InputError(
                f"{visible_text(str(path))} cannot be read: {reason}",
                code="file-unreadable",
                hint="name a TOML file of forecasts",
            ) from None
        for one in read_forecasts(text, name=visible_text(path.name)):
            found = published_forecast(
                one.forecaster, issued_s=one.issued_s, ratio=one.ratio, blocks=blocks
            )
            if found is not None:
                scored.append(found)
    return forecaster_scores(scored)
