"""Sentences for verdicts by maps, prices, power and signals, and for claims that cannot be."""

from collections.abc import Callable
from math import isfinite

from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.verdict_reason import (
    Impossible,
    IntervalMeasured,
    NoSubject,
    NoTime,
    RecordMeasured,
    TimeOpen,
)
from hashquake.serve.format_times import date
from hashquake.serve.language import message, number, translate
from hashquake.serve.source_names import source_name
from hashquake.serve.wording.fixed import fixed

_IMPOSSIBLE = {
    "share": message("No share can be {value}: shares lie from 0 to 100 %."),
    "stop": message("Nothing falls by {value}: a fall of 100 % is a complete stop."),
    "negative": message("No such value can be below zero."),
}
_EVIDENCE = {
    "map": message("The {source} puts it at {value}."),
    "rank_of_map": message("By the {source} the rank is {value}."),
    "rank_of_blocks": message("By blocks the rank is {value}."),
    "power": message("From {source} the power drawn is {value}."),
    "generation": message("Mining's share {source} is {value}."),
    "connectivity": message("Instruments ({source}) show {value}."),
    "connectivity_change": message("Instruments ({source}) show a change of {value}."),
    "price": message("The price at {source} was {value}."),
    "price_change": message("The price at {source} changed by {value}."),
    "price_step": message("The price at {source} changed by {value}."),
    "blocks_found": message("Blocks found in that time, as the chain has them: {value}."),
    "revenue": message("By the blocks found, their subsidy, {source} the revenue was {value}."),
    "hashprice": message("By difficulty, subsidy, {source} 1 PH/s earned a day {value}."),
    "map_change": message(
        "By the {source} and the network's hash rate, what the country had changed by {value}."
    ),
    "network_bound": message(
        "No map is fine enough in time. If nobody else had changed, the network's blocks and the "
        "{source} would put the country's change at {value}."
    ),
    "hashrate_step": message("Blocks of these days and of those before put the change at {value}."),
    "reports": message("Blocks and the pools' own reports ({source}) show a change of {value}."),
}
_FINDINGS = {
    "outside": message("The claim lies outside that."),
    "near": message("The claim agrees with it."),
    "inside_lower": message("The claim lies on the low side of it; it cannot be determined."),
    "inside": message("The claim is consistent with it, as other values are."),
    "inside_higher": message("The claim lies on the high side of it; it cannot be determined."),
    "part": message(
        "The claim is less, as the figure of a part would be; of which part is not known."
    ),
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
    "record": message("It is a record beyond luck."),
    "no_record": message("It is not a record."),
    "open": message("Luck alone could make or hide such a record."),
}
_LOWEST = {
    "record": message("That agrees with the claim, beyond luck."),
    "no_record": message("That is not what is claimed."),
    "open": message("Luck alone could make or hide such a low."),
}
_HIGHEST = {**_LOWEST, "open": message("Luck alone could make or hide such a high.")}
_LEANS = {
    True: message("It leans to the claim."),
    False: message("It leans against the claim."),
}
_EXACT_RECORDS = {
    ("difficulty", False): message(
        "The difficulty was {median} % of the highest before, of {date}. {finding}"
    ),
    ("difficulty", True): message(
        "The difficulty was {median} % of the lowest before, of {date}. {finding}"
    ),
    ("price", False): message(
        "The highest price was {median} % of the highest known before, of {date}. {finding}"
    ),
    ("price", True): message(
        "The lowest price was {median} % of the lowest known before, of {date}. {finding}"
    ),
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
        source = ", ".join(fixed(source_name(one)) for one in reason.source.split(", "))
        value = _interval(reason.measured, reason.quantity)
        found = translate(_EVIDENCE[reason.evidence], source=source, value=value)
        return f"{found} {translate(_FINDINGS[reason.finding])}"
    if isinstance(reason, RecordMeasured):
        return _record_because(reason)
    if isinstance(reason, Impossible):
        above = reason.limit == "share" and reason.low > 1.0
        value = _value(reason.low if above else reason.high, reason.quantity)
        # A fall has its sign in the word; a share below nothing needs it.
        shown = value.lstrip("-") if reason.limit == "stop" else value
        return translate(_IMPOSSIBLE[reason.limit], value=shown)
    if isinstance(reason, TimeOpen):
        return translate(
            "The time it is about has more than one reading: {question}", question=reason.question
        )
    if isinstance(reason, NoTime):
        return translate("The text does not say when, and its day of publication is not known.")
    return translate("The text does not say whose this is.")


def _record_because(reason: RecordMeasured) -> str:
    median = number(f"{100 * reason.ratio.median:.1f}")
    day = date(reason.before_s)
    if not reason.span_s:
        exact = message("That agrees with the claim.")
        finding = exact if reason.finding == "record" else _LOWEST["no_record"]
        return translate(
            _EXACT_RECORDS[(reason.matter, reason.lowest)],
            median=median,
            date=day,
            finding=translate(finding),
        )
    of_all_time = _LOWEST if reason.lowest else _RECORDS
    since = _HIGHEST if reason.since and not reason.lowest else of_all_time
    finding = translate(since[reason.finding])
    if reason.finding == "open":
        finding += " " + translate(_LEANS[(reason.ratio.median < 1.0) == reason.lowest])
    words = {
        "days": number(f"{reason.span_s / DAY_S:.0f}"),
        "median": median,
        "date": day,
        "low": number(f"{100 * reason.ratio.low:.1f}"),
        "high": number(f"{100 * reason.ratio.high:.1f}"),
        "finding": finding,
    }
    if reason.lowest:
        return translate(
            "The mean of these {days} days is {median} % of the lowest such "
            "mean before, which ended on {date}: 90 % interval {low} to "
            "{high} %. {finding}",
            **words,
        )
    return translate(
        "The mean of these {days} days is {median} % of the highest such "
        "mean before, which ended on {date}: 90 % interval {low} to "
        "{high} %. {finding}",
        **words,
    )


def _interval(measured: Interval, quantity: str) -> str:
    middle = _value(measured.median, quantity)
    if measured.low == measured.high:
        return middle
    name = (
        translate("range")
        if measured.level == 1.0
        else translate("{level} % interval", level=number(f"{100 * measured.level:.0f}"))
    )
    return translate(
        "{middle}, {name} {low} to {high}",
        middle=middle,
        name=name,
        low=_value(measured.low, quantity),
        high=_value(measured.high, quantity),
    )


def _value(value: float, quantity: str) -> str:
    if not isfinite(value):
        return translate("any size")
    if quantity.endswith("_change_share"):
        return number(f"{100 * value:+.1f} %")
    unit = quantity.rpartition("_")[2]
    writer = _WRITERS.get(unit, "{:,.4g}".format)
    return number(writer(value))
