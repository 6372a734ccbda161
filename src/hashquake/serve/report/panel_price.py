"""What the price did, and whether that shows anything."""

from dataclasses import dataclass

from hashquake.explain.price import PriceStudy, WindowReturn
from hashquake.observatory.prices import PriceContext
from hashquake.serve.format import (
    change,
    percent,
    probability,
    prose,
)
from hashquake.serve.format_times import short_window
from hashquake.serve.language import message, number, translate
from hashquake.serve.report.chart_rate import moment_key
from hashquake.serve.report.price_shape import VERDICTS
from hashquake.serve.wording import price_because
from hashquake.serve.wording.fixed import fixed

_SENTENCES = {
    "shown": message("A fall of the price beyond the ordinary is shown."),
    "contradicted": message("That the event lowered the price is contradicted."),
    "not shown": message("That the event lowered the price is not shown."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """One stretch of the price.

    Parameters
    ----------
    key : str
        Code of the stretch.
    name, when : str
        Its name and its time.
    prices : str
        At its start and end.
    change, abnormal : str
        Change of the price, and the part that the days before do not explain, with intervals.
    p_value : str
        Of the abnormal change.
    least_seen : str
        The smallest change that would have shown.
    """

    key: str
    name: str
    when: str
    prices: str
    change: str
    abnormal: str
    p_value: str
    least_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePanel:
    """What the price did over an event.

    Parameters
    ----------
    verdict, because : str
        In a sentence each.
    note : str
        Which prices stand in; empty when the record's own hours are used.
    rows : tuple of PriceRow
        The whole window, what of it is clean, and each stretch under a confounder.
    source : str
        Whose prices.
    gaps : str
        What hours had no trade; empty when none.
    """

    verdict: str
    because: str
    note: str
    rows: tuple[PriceRow, ...]
    source: str
    gaps: str


def price_panel(context: PriceContext) -> PricePanel:
    """Set a price study out.

    Parameters
    ----------
    context : PriceContext
        A price study, its candles and its source.
    """
    study = context.study
    missing = sum(gap.duration_s for gap in study.gaps) / context.candles.step_s
    return PricePanel(
        verdict=translate(_SENTENCES[VERDICTS[study.call]]),
        because=prose(price_because(study), limit=600),
        note=fixed(context.note),
        rows=_rows(study),
        source=prose(context.source),
        gaps=translate(
            "{missing} steps of the window saw no trade and are left out.",
            missing=number(f"{missing:.0f}"),
        )
        if missing
        else "",
    )


def _rows(study: PriceStudy) -> tuple[PriceRow, ...]:
    rows = [_row(study.whole, translate("The whole window"))]
    if study.clean is not None and study.confounders:
        rows.append(
            _row(
                study.clean,
                translate("Before {letter}: nothing else known", letter=moment_key(0)),
            )
        )
    for at, part in enumerate(study.confounded):
        rows.append(_row(part, _capital(prose(fixed(part.text))), key=moment_key(at)))
    return tuple(rows)


def _row(part: WindowReturn, name: str, *, key: str = "") -> PriceRow:
    found = part.abnormal_share
    return PriceRow(
        key=key,
        name=name,
        when=short_window(part.window),
        prices=translate(
            "{low} to {high}",
            low=number(f"{part.from_usd:,.0f}"),
            high=number(f"{part.to_usd:,.0f}"),
        ),
        change=percent(part.change_share, digits=1, signed=True),
        abnormal=translate("too few to compare with") if found is None else change(found, digits=1),
        p_value="" if part.p_value is None else probability(part.p_value),
        least_seen="" if part.fall_seen_share is None else percent(part.fall_seen_share, digits=1),
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
