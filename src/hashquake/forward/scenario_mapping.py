"""A scenario from a mapping, as TOML and YAML files give it, every mistake named by its place."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import inf, isfinite
from typing import Any, NoReturn

from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import parse_duration, parse_time
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy
from hashquake.forward.scenario import MOST_WINDOWS, Scenario, Shock

_NUMBERS = (
    "pool_blocks",
    "correlation",
    "growth_per_year",
    "walk_share",
    "level_sd_share",
)
_TOP = {
    "name", "title", "start", "epochs", "header_sd", "sources", "outages", "countries", "pools",
    "exposures", "economy", *_NUMBERS,
}  # fmt: skip
_OUTAGE_SPANS = ("onset", "duration", "ramp", "recovery", "failover")
_OUTAGE = {
    "subject", "depth", "return_share", "windows", "profile", "every", "dark", *_OUTAGE_SPANS,
}  # fmt: skip
_ECONOMY_NUMBERS = ("hashrate_hps", "price_usd", "subsidy_btc", "fees_share", "load_share")
_ECONOMY_AMOUNTS = ("power_price_usd_per_kwh", "energy_j_per_th", "carbon_g_per_kwh")
_ECONOMY = {
    "price_path", "halving_after_blocks", "fleet", *_ECONOMY_NUMBERS, *_ECONOMY_AMOUNTS,
}  # fmt: skip
_SHOWN = 40
_LARGEST_SHOWN = 10**30


def read_scenario(data: Any, *, name: str) -> Scenario:
    """Read a scenario from tables.

    Parameters
    ----------
    data : mapping
        As ``docs/how-to/write_a_scenario.md`` sets out.
    name : str
        Its name where it gives none.

    Raises
    ------
    FormatError
        ``scenario-malformed`` with the place and what is wrong there.
    InputError
        What the scenario itself refuses.
    """
    top = _table(data, "the scenario", _TOP)
    start = top.get("start")
    return Scenario(
        name=_text(top.get("name", name), "name"),
        title=_text(top.get("title", ""), "title"),
        outages=tuple(
            _outage(one, f"outages[{at}]")
            for at, one in enumerate(_rows(top.get("outages", ()), "outages"))
        ),
        countries=tuple(
            (_name(code, "countries"), _amount(share, f"countries.{_shown(code)}"))
            for code, share in _mapping(top.get("countries", {}), "countries").items()
        ),
        pools=tuple(
            (_name(slug, "pools"), _number(share, f"pools.{_shown(slug)}"))
            for slug, share in _mapping(top.get("pools", {}), "pools").items()
        ),
        exposures=tuple(
            (
                _name(pool, "exposures"),
                _name(country, "exposures"),
                _number(part, f"exposures.{_shown(pool)}.{_shown(country)}"),
            )
            for pool, parts in _mapping(top.get("exposures", {}), "exposures").items()
            for country, part in _mapping(parts, f"exposures.{_shown(pool)}").items()
        ),
        epochs=_whole(top.get("epochs", 4), "epochs"),
        start_s=None if start is None else _time_s(start, "start"),
        economy=_economy(top.get("economy", {})),
        header_sd_s=_span_s(top.get("header_sd", 0), "header_sd"),
        sources=tuple(_text(one, "sources") for one in _rows(top.get("sources", ()), "sources")),
        **{key: _number(top[key], key) for key in _NUMBERS if key in top},
    )


def _outage(data: Any, place: str) -> Shock:
    table = _table(data, place, _OUTAGE)
    for needed in ("subject", "onset", "duration"):
        if needed not in table:
            _refuse(place, f"has no {needed}")
    spans = {key: _span_s(table[key], f"{place}.{key}") for key in _OUTAGE_SPANS if key in table}
    windows = tuple(
        _pair(one, f"{place}.windows[{at}]", spans=2)
        for at, one in enumerate(_rows(table.get("windows", ()), f"{place}.windows"))
    )
    if ("every" in table) != ("dark" in table):
        _refuse(place, "needs every and dark together: dark for so long, every so often")
    if "every" in table:
        if windows:
            _refuse(place, "has windows and every; give one of them")
        windows = _curfew(table, spans["duration"], place)
    return Shock(
        subject=_text(table["subject"], f"{place}.subject"),
        depth=_amount(table.get("depth", 1.0), f"{place}.depth"),
        return_share=_number(table.get("return_share", 1.0), f"{place}.return_share"),
        windows=windows,
        profile=tuple(
            _pair(one, f"{place}.profile[{at}]", spans=1)
            for at, one in enumerate(_rows(table.get("profile", ()), f"{place}.profile"))
        ),
        **{f"{key}_s": value for key, value in spans.items()},
    )


def _curfew(
    table: Mapping[str, Any], duration_s: float, place: str
) -> tuple[tuple[float, float], ...]:
    every_s = _span_s(table["every"], f"{place}.every")
    dark_s = _span_s(table["dark"], f"{place}.dark")
    if not 0 < dark_s < every_s:
        _refuse(place, f"is dark for {dark_s} s every {every_s} s; dark must be the shorter")
    if not isfinite(duration_s) or duration_s / every_s > MOST_WINDOWS:
        _refuse(place, f"has more than {MOST_WINDOWS} dark windows; shorten the duration")
    begins = [at * every_s for at in range(int(duration_s / every_s) + 1)]
    return tuple((a, min(a + dark_s, duration_s)) for a in begins if a < duration_s)


def _economy(data: Any) -> Economy:
    table = _table(data, "economy", _ECONOMY)
    given: dict[str, Any] = {}
    for key in _ECONOMY_NUMBERS:
        if key in table:
            given[key] = _number(table[key], f"economy.{key}")
    for key in _ECONOMY_AMOUNTS:
        if key in table:
            given[key] = _amount(table[key], f"economy.{key}")
    if "halving_after_blocks" in table:
        given["halving_after_blocks"] = _whole(
            table["halving_after_blocks"], "halving_after_blocks"
        )
    for key, spans in (("price_path", 1), ("fleet", 0)):
        if key in table:
            given[key] = tuple(
                _pair(one, f"economy.{key}[{at}]", spans=spans)
                for at, one in enumerate(_rows(table[key], f"economy.{key}"))
            )
    return Economy(**given)


def _pair(value: Any, place: str, *, spans: int) -> tuple[float, float]:
    """Read two numbers, of which the first `spans` are lengths of time."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        _refuse(place, f"must be a pair, got {_shown(value)}")
    first = _span_s(value[0], place) if spans else _number(value[0], place)
    return first, _span_s(value[1], place) if spans == 2 else _number(value[1], place)


def _amount(value: Any, place: str) -> Amount:
    if not isinstance(value, Mapping):
        return exactly(_number(value, place))
    table = _table(value, place, {"value", "low", "high"})
    if set(table) != {"value", "low", "high"}:
        _refuse(place, "needs value, low and high")
    low, middle, high = (_number(table[key], f"{place}.{key}") for key in ("low", "value", "high"))
    return Amount(value=middle, low=low, high=high)


def _span_s(value: Any, place: str) -> float:
    if isinstance(value, str):
        return inf if value == "forever" else parse_duration(value)
    return _number(value, place)


def _time_s(value: Any, place: str) -> float:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.timestamp()
    return float(parse_time(_text(value, place)))


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(place, f"must be a number, got {_shown(value)}")
    try:
        return float(value)
    except OverflowError:
        _refuse(place, "must be a number below 1e308")


def _whole(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse(place, f"must be a whole number, got {_shown(value)}")
    if abs(value) > _LARGEST_SHOWN:
        _refuse(place, f"is {_shown(value)}")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        _refuse(place, f"must be text, got {_shown(value)}")
    return value


def _rows(value: Any, place: str) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        _refuse(place, f"must be a list, got {_shown(value)}")
    return value


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(place, f"must be a table, got {_shown(value)}")
    return value


def _name(key: Any, place: str) -> str:
    if not isinstance(key, str):
        # YAML reads NO (Norway) as false, and digits as numbers.
        _refuse(place, f"has the key {_shown(key)}, which is not text; write it in quotes")
    return key


def _shown(value: Any) -> str:
    """Return a value for a message: short, on one line, whatever a file put there."""
    if isinstance(value, str):
        return visible_text(value, limit=_SHOWN)
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) > _LARGEST_SHOWN:
        return "a huge number"
    return visible_text(f"{value!r}", limit=_SHOWN)


def _table(value: Any, place: str, known: set[str]) -> Mapping[str, Any]:
    table = _mapping(value, place)
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(_shown(key), known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            _refuse(
                place,
                f"has no field {_shown(key)}{meant}",
                hint=f"known: {', '.join(sorted(known))}",
            )
    return table


def _refuse(place: str, problem: str, hint: str = "") -> NoReturn:
    raise FormatError(f"{place} {problem}", code="scenario-malformed", hint=hint)
