"""Sentences for verdicts by maps, prices, power and signals, and for claims that cannot be."""

from collections.abc import Callable
from math import isfinite

from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S, format_time
from hashquake.core.verdict_reason import (
    Impossible,
    IntervalMeasured,
    NoSubject,
    NoTime,
    RecordMeasured,
    TimeOpen,
)
from hashquake.serve.source_names import source_name

_IMPOSSIBLE = {
    "share": "No share can be {value}: shares lie from 0 to 100 %.",
    "stop": "Nothing falls by {value}: a fall of 100 % is a complete stop.",
    "negative": "No such value can be below zero.",
}
_EVIDENCE = {
    "map": "The {source} puts it at",
    "rank_of_map": "By the {source} the rank is",
    "rank_of_blocks": "By blocks the rank is",
    "power": "From {source} the power drawn is",
    "generation": "Mining's share {source} is",
    "connectivity": "Instruments ({source}) show",
    "connectivity_change": "Instruments ({source}) show a change of",
    "price": "The price at {source} was",
    "price_change": "The price at {source} changed by",
    "price_step": "The price at {source} changed by",
    "blocks_found": "Blocks found in that time, as the chain has them:",
    "revenue": "By the blocks found, their subsidy, {source} the revenue was",
    "hashprice": "By difficulty, subsidy, {source} 1 PH/s earned a day",
    "map_change": "By the {source} and the network's hash rate, what the country had changed by",
    "network_bound": (
        "No map is fine enough in time. If nobody else had changed, the network's blocks and the "
        "{source} would put the country's change at"
    ),
    "hashrate_step": "Blocks of these days and of those before put the change at",
    "reports": "Blocks and the pools' own reports ({source}) show a change of",
}
_FINDINGS = {
    "outside": "The claim lies outside that.",
    "near": "The claim agrees with it.",
    "inside_lower": "The claim lies on the low side of it; it cannot be determined.",
    "inside": "The claim is consistent with it, as other values are.",
    "inside_higher": "The claim lies on the high side of it; it cannot be determined.",
    "part": "The claim is less, as the figure of a part would be; of which part is not known.",
}


def _dollars(value: float) -> str:
    """Write dollars: millions with three digits, cents where they matter."""
    if abs(value) >= 1e9:
        return f"{value / 1e9:,.3g} billion $"
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.3g} million $"
    return f"{value:,.0f} $" if abs(value) >= 100 else f"{value:,.3g} $"


_WRITERS: dict[str, Callable[[float], str]] = {
    "share": lambda value: f"{100 * value:.1f} %",
    "hps": lambda value: f"{value / 1e18:,.3g} EH/s",
    "usd": _dollars,
    "mw": "{:,.0f} MW".format,
}
_RECORDS = {
    "record": "It is a record beyond luck.",
    "no_record": "It is not a record.",
    "open": "Luck alone could make or hide such a record.",
}


def evidence_because(
    reason: IntervalMeasured | RecordMeasured | Impossible | NoTime | TimeOpen | NoSubject,
) -> str:
    """Return the reason of a verdict that rests on more than counted blocks.

    Parameters
    ----------
    reason : VerdictReason
        A code and values.
    """
    if isinstance(reason, IntervalMeasured):
        source = ", ".join(source_name(one) for one in reason.source.split(", "))
        begin = _EVIDENCE[reason.evidence].format(source=source)
        return f"{begin} {_interval(reason.measured, reason.quantity)}. {_FINDINGS[reason.finding]}"
    if isinstance(reason, RecordMeasured):
        ratio = reason.ratio
        return (
            f"The mean of these {reason.span_s / DAY_S:.0f} days is {100 * ratio.median:.1f} % of "
            f"the highest such mean before, which ended on {format_time(reason.before_s)[:10]}: "
            f"90 % interval {100 * ratio.low:.1f} to {100 * ratio.high:.1f} %. "
            f"{_RECORDS[reason.finding]}"
        )
    if isinstance(reason, Impossible):
        above = reason.limit == "share" and reason.low > 1.0
        value = _value(reason.low if above else reason.high, reason.quantity)
        # A fall has its sign in the word; a share below nothing needs it.
        shown = value.lstrip("-") if reason.limit == "stop" else value
        return _IMPOSSIBLE[reason.limit].format(value=shown)
    if isinstance(reason, TimeOpen):
        return f"The time it is about has more than one reading: {reason.question}"
    if isinstance(reason, NoTime):
        return "The text does not say when, and its day of publication is not known."
    return "The text does not say whose this is."


def _interval(measured: Interval, quantity: str) -> str:
    middle = _value(measured.median, quantity)
    if measured.low == measured.high:
        return middle
    name = "range" if measured.level == 1.0 else f"{100 * measured.level:.0f} % interval"
    return f"{middle}, {name} {_value(measured.low, quantity)} to {_value(measured.high, quantity)}"


def _value(value: float, quantity: str) -> str:
    if not isfinite(value):
        return "any size"
    if quantity.endswith("_change_share"):
        return f"{100 * value:+.1f} %"
    unit = quantity.rpartition("_")[2]
    writer = _WRITERS.get(unit, "{:,.4g}".format)
    return writer(value)
