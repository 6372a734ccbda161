"""Names, points and outcomes of a simulation in words, the same for terminal, page and sweep."""

from functools import lru_cache
from typing import Any, NamedTuple

from hashquake.core.interval import Interval
from hashquake.serve import format as written
from hashquake.serve.language import between, message, number, spoken, translate
from hashquake.serve.place_names import country_name

_MILLION = 1e6
NO_VALUE = "\N{EM DASH}"
NBSP = "\N{NO-BREAK SPACE}"
_UNITS = ((86_400, message("d")), (3_600, message("h")), (60, message("min")), (1, message("s")))
_REST = {
    "other": message("other pools"),
    "elsewhere": message("other countries"),
    "unknown": message("unknown pool"),
}


class Outcome(NamedTuple):
    """A line of the comparison: what, with the outage, and without it (empty where meaningless).

    Parameters
    ----------
    what : str
        What is compared.
    given, without : str
        Its value with the outage, and without it.
    """

    what: str
    given: str
    without: str


def outcomes(document: dict[str, Any]) -> list[Outcome]:
    """Word what a person wants to know first.

    Parameters
    ----------
    document : dict
        From `simulation_document`.

    Returns
    -------
    list of Outcome
        Every line is about the window of the outage, or says that it is not.
    """
    calm = document["without_outage"]
    rows = [
        Outcome(
            translate("goes dark, {subject}", subject=subject_name(subject)),
            share_text(share),
            "",
        )
        for subject, share in document["struck_share"].items()
    ]
    rows.append(
        _row(document, calm, translate("blocks in the window"), ("blocks_in_window",), _counted)
    )
    if calm is not None:
        rows.append(
            Outcome(translate("blocks lost in the window"), _counted(document["blocks_lost"]), "")
        )
    gap = ("longest_gap_in_window_s",)
    rows.append(_row(document, calm, translate("longest gap in the window"), gap, _span))
    rows.append(_row(document, calm, translate("a gap over 1, 2, 3 h"), gap, _over_hours))
    one, six = ("confirmation_s", "1"), ("confirmation_s", "6")
    rows.append(_row(document, calm, translate("wait for 1 confirmation"), one, _span))
    rows.append(_row(document, calm, "  " + translate("wait over an hour"), one, _over_hour))
    rows.append(_row(document, calm, translate("wait for 6 confirmations"), six, _span))
    spared = document["energy_not_used"]
    if spared is not None and calm is not None:
        rows.append(Outcome(translate("power not used, MW"), _number(spared["power_mw"]), ""))
        rows.append(
            Outcome(translate("carbon not emitted, t CO2"), _number(spared["carbon_t"]), "")
        )
    attack = document["cost_to_attack"]["during"]
    if attack is not None and attack["rent_usd_per_h"] is not None and calm is not None:
        price = _number(attack["rent_usd_per_h"])
        rows.append(Outcome(translate("rent of as much power, USD/h"), price, ""))
    return rows


def ratio_text(shape: dict[str, Any]) -> str:
    r"""Write a change of difficulty in percent, from the shape of a ratio.

    Parameters
    ----------
    shape : dict
        Quantiles of the ratio, as in the JSON document.

    Examples
    --------
    >>> ratio_text({"quantiles": {"0.05": 0.96, "0.5": 0.98, "0.95": 1.01}})
    '\u22122.0\xa0% [\u22124.0,\xa0+1.0]'
    """
    low, median, high = (
        written.percent(quantile - 1, digits=1, signed=True) for quantile in _quantiles(shape)
    )
    bare = [limit.removesuffix(f"{NBSP}%") for limit in (low, high)]
    return f"{median} [{bare[0]}{between()}{NBSP}{bare[1]}]"


def points(share: float, *, signed: bool = True) -> str:
    r"""Write a difference of two shares in percentage points.

    Parameters
    ----------
    share : float
        Difference of two shares.
    signed : bool
        Whether positive numbers carry a plus sign.

    Examples
    --------
    >>> points(0.0324), points(-0.00001)
    ('+3.2\xa0points', '0.0\xa0points')
    """
    text = f"{abs(share) * 100:.1f}"
    sign = "" if float(text) == 0 else "\N{MINUS SIGN}" if share < 0 else "+" if signed else ""
    return translate("{points}\N{NO-BREAK SPACE}points", points=f"{sign}{number(text)}")


def points_text(shape: dict[str, Any] | None) -> str:
    """Write a difference of two shares with its interval, in percentage points.

    Parameters
    ----------
    shape : dict or None
        An interval of differences of shares, as in the JSON document; None where there is none.
    """
    if shape is None:
        return NO_VALUE
    low, high = (points(shape[key]).partition(NBSP)[0] for key in ("low", "high"))
    return f"{points(shape['median'])} [{low}{between()}{NBSP}{high}]"


def subject_name(subject: str) -> str:
    """Name a pool or a country for readers.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ`` or ``pool:foundryusa``.

    Examples
    --------
    >>> subject_name("country:KZ"), subject_name("pool:foundryusa"), subject_name("pool:other")
    ('Kazakhstan', 'Foundry USA', 'other pools')
    """
    kind, _, name = subject.partition(":")
    if name in _REST:
        return translate(_REST[name])
    return country_name(name) if kind == "country" else _pool_names().get(name, name)


def share_text(shape: dict[str, Any]) -> str:
    """Write a share with its interval, or alone where it is exact.

    Parameters
    ----------
    shape : dict
        An interval of shares, as in the JSON document.
    """
    low, middle, high = (shape[key] for key in ("low", "median", "high"))
    if low == high:
        return written.percent(middle, digits=1)
    return written.share_interval(Interval(median=middle, low=low, high=high, level=0.9))


def moved_rows(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the shares of blocks of the pools, or of the countries, most moved first.

    Parameters
    ----------
    document : dict
        From `simulation_document`.
    kind : str
        ``pool`` or ``country``.

    Returns
    -------
    list of dict
        ``name``, ``before``, ``window`` and ``moved`` as text; empty when only the rest
        is named, or nothing goes dark.
    """
    rows = [
        row
        for row in document["revenue_share"]
        if row["subject"].startswith(f"{kind}:") and row["moved"] is not None
    ]
    if len(rows) < 2 or document["without_outage"] is None:
        return []
    return [
        {
            "name": subject_name(row["subject"]),
            "before": written.percent(row["before"], digits=1),
            "window": share_text(row["window"]),
            "moved": points(row["moved"]),
        }
        for row in sorted(rows, key=lambda row: -abs(row["moved"]))
    ]


@lru_cache(maxsize=1)
def _pool_names() -> dict[str, str]:
    from hashquake.pools import registry

    return {pool.slug: pool.name for pool in registry.bundled().pools}


def _row(
    document: dict[str, Any],
    calm: dict[str, Any] | None,
    what: str,
    keys: tuple[str, ...],
    text: Any,
) -> Outcome:
    return Outcome(what, _at(document, keys, text), "" if calm is None else _at(calm, keys, text))


def _at(document: dict[str, Any], keys: tuple[str, ...], text: Any) -> str:
    for key in keys:
        document = document[key]
    return str(text(document))


def _quantiles(shape: dict[str, Any]) -> tuple[float, float, float]:
    found = shape["quantiles"]
    return found["0.05"], found["0.5"], found["0.95"]


def _counted(shape: dict[str, Any]) -> str:
    low, median, high = _quantiles(shape)
    texts = [number(f"{value:,.0f}") for value in (low, median, high)]
    return f"{texts[1]} [{texts[0]}{between()}{NBSP}{texts[2]}]"


def _span(shape: dict[str, Any]) -> str:
    return span_text(*_quantiles(shape))


def span_text(low_s: float, median_s: float, high_s: float) -> str:
    r"""Write a length of time with its interval, in one unit so that limits stay short.

    Parameters
    ----------
    low_s, median_s, high_s : float
        Seconds.

    Examples
    --------
    >>> span_text(3_420.0, 4_380.0, 6_060.0), span_text(35.0, 420.0, 1_980.0)
    ('73\xa0min [57,\xa0101]', '7.0\xa0min [0.6,\xa033]')
    """
    unit_s, unit = next((one for one in _UNITS if median_s >= 3 * one[0]), _UNITS[-1])
    low, median, high = (_two_digits(time_s / unit_s) for time_s in (low_s, median_s, high_s))
    return f"{median}{NBSP}{translate(unit)} [{low}{between()}{NBSP}{high}]"


def _two_digits(value: float) -> str:
    return number(f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}")


def _over_hours(shape: dict[str, Any]) -> str:
    texts = (written.percent(shape[f"over_{hours}h"], digits=1) for hours in (1, 2, 3))
    return f"{spoken().between} ".join(texts)


def _over_hour(shape: dict[str, Any]) -> str:
    return written.percent(shape["over_1h"], digits=1)


def _number(shape: dict[str, Any]) -> str:
    million = abs(shape["median"]) >= _MILLION
    scale, unit = (_MILLION, NBSP + translate("million")) if million else (1.0, "")
    low, median, high = (_three(shape[key] / scale) for key in ("low", "median", "high"))
    return f"{median} [{low}{between()}{NBSP}{high}]{unit}"


def _three(value: float) -> str:
    return number(f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}")
