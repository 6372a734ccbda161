"""Settings laid over a scenario: ``country:KZ.share=0.18``, ``onset=2d`` and the like."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from hashquake.core.errors import InputError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import parse_subject
from hashquake.core.times import parse_duration
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.scenario import SUM_SLACK, Scenario, Shock, check_share

_SPANS = ("onset", "duration", "failover", "ramp", "recovery")
_SHARES = ("return_share",)
_NUMBERS = ("growth_per_year", "walk_share", "level_sd_share", "correlation", "pool_blocks")
_POWER_PRICE = "power_price_usd_per_kwh"
_MONEY = ("price_usd", "subsidy_btc", "fees_share", "hashrate_hps", "load_share")
KEYS = (
    "country:CC.share", "country:CC.depth", "pool:SLUG.share", "pool:SLUG.depth", *_SPANS, *_SHARES,
    *_NUMBERS, "epochs", *_MONEY, _POWER_PRICE,
)  # fmt: skip
"""What may be set; ``docs/how-to/ask_what_if.md`` says what each means."""
_SHOWN = 40
"""Characters of a value that a message repeats."""


def with_settings(scenario: Scenario, settings: Mapping[str, str]) -> Scenario:
    """Return a scenario with settings laid over it; the order of the settings never matters.

    Parameters
    ----------
    scenario : Scenario
        To begin with; it is not changed.
    settings : mapping of str to str
        Keys as in `KEYS`. A share or depth set is exact. All shares set stand as given, and the
        countries (or pools) not set make room once, in proportion to their shares. A duration set
        makes the outages one plain window. Times and shares of outages are set on all of them.

    Raises
    ------
    UsageError
        ``setting-unknown`` or ``setting-malformed``.
    InputError
        What the scenario refuses, such as ``subject-unknown``, or ``share-range`` for a share
        outside 0 to 1 and for shares set that add up to more than 1.
    """
    shares: dict[str, dict[str, float]] = {"country": {}, "pool": {}}
    money: dict[str, Any] = {}
    for key, value in settings.items():
        subject, _, field = key.rpartition(".")
        if ":" in subject and field in ("share", "depth"):
            kind, name = _share_holder(scenario, subject, field)
            number = _share(key, value)
            if field == "share":
                shares[kind][name] = number
            else:
                scenario = _with_depth(scenario, subject, number)
        elif key in (*_MONEY, _POWER_PRICE):
            number = _number(key, value)
            money[key] = exactly(number) if key == _POWER_PRICE else number
        else:
            scenario = _with_one(scenario, key, value)
    if money:
        scenario = replace(scenario, economy=replace(scenario.economy, **money))
    if shares["pool"]:
        pools = tuple((slug, exactly(part)) for slug, part in scenario.pools)
        made = _with_shares(pools, shares["pool"], "pools")
        scenario = replace(scenario, pools=tuple((slug, part.value) for slug, part in made))
    if shares["country"]:
        countries = _with_shares(scenario.countries, shares["country"], "countries")
        scenario = replace(scenario, countries=countries)
    return scenario


def _share_holder(scenario: Scenario, subject: str, field: str) -> tuple[str, str]:
    kind, name = parse_subject(subject)
    if kind not in ("country", "pool"):
        raise UsageError(
            f"{subject} has no {field}", code="setting-unknown", hint=f"one of {', '.join(KEYS)}"
        )
    scenario.share_of(subject)
    return kind, name


def _with_shares(
    shares: tuple[tuple[str, Amount], ...], given: Mapping[str, float], what: str
) -> tuple[tuple[str, Amount], ...]:
    """Set all given shares, then scale the rest once, the part that is not named included."""
    total = sum(given.values())
    if total > 1.0 + SUM_SLACK:
        raise InputError(
            f"the shares set for {what} add up to {total:.4g}; they must add up to 1 at most",
            code="share-range",
        )
    before = sum(amount.value for name, amount in shares if name in given)
    room = max(1.0 - total, 0.0) / (1.0 - before) if before < 1.0 - SUM_SLACK else 0.0
    return tuple(
        (name, exactly(given[name]) if name in given else _scaled(amount, room))
        for name, amount in shares
    )


def _scaled(amount: Amount, factor: float) -> Amount:
    low, value, high = (
        min(limit * factor, 1.0) for limit in (amount.low, amount.value, amount.high)
    )
    return Amount(value=value, low=low, high=high)


def _with_depth(scenario: Scenario, subject: str, depth: float) -> Scenario:
    if subject not in {shock.subject for shock in scenario.outages}:
        raise InputError(f"{subject} does not go dark in {scenario.name}", code="subject-unknown")
    return replace(
        scenario,
        outages=tuple(
            replace(shock, depth=exactly(depth)) if shock.subject == subject else shock
            for shock in scenario.outages
        ),
    )


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """Split ``KEY=VALUE`` texts.

    Parameters
    ----------
    texts : iterable of str
        Such as ``country:KZ.share=0.18``.

    Raises
    ------
    UsageError
        ``setting-malformed`` for a text without ``=``, or a key given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not value.strip() or key.strip() in found:
            wrong = "is set twice" if equals and value.strip() else "has no value"
            raise UsageError(
                f"the setting {visible_text(text, limit=_SHOWN)!r} {wrong}",
                code="setting-malformed",
                hint="write KEY=VALUE, each key once, such as onset=2d",
            )
        found[key.strip()] = value.strip()
    return found


def _with_one(scenario: Scenario, key: str, value: str) -> Scenario:
    if key in (*_SPANS, *_SHARES):
        return _with_timing(scenario, key, value)
    if key == "epochs":
        return replace(scenario, epochs=_whole(key, value))
    if key in _NUMBERS:
        numbers: dict[str, Any] = {key: _number(key, value)}
        return replace(scenario, **numbers)
    near = difflib.get_close_matches(key, KEYS, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"there is no setting {visible_text(key, limit=_SHOWN)!r}",
        code="setting-unknown",
        hint=f"{meant}one of {', '.join(KEYS)}",
    )


def _with_timing(scenario: Scenario, key: str, value: str) -> Scenario:
    if not scenario.outages:
        raise UsageError(
            f"{scenario.name} has no outage whose {key} could be set",
            code="setting-unknown",
            hint="take a scenario with an outage",
        )
    number = _share(key, value) if key in _SHARES else _span_s(key, value)
    return replace(
        scenario, outages=tuple(_with_span(shock, key, number) for shock in scenario.outages)
    )


def _with_span(shock: Shock, key: str, number: float) -> Shock:
    if key == "duration":
        return replace(shock, duration_s=number, windows=(), profile=())
    changed: dict[str, Any] = {key if key in _SHARES else f"{key}_s": number}
    return replace(shock, **changed)


def _span_s(key: str, value: str) -> float:
    if value == "forever":
        return inf
    if value.startswith("-"):
        raise UsageError(
            f"{key} must not be negative, got {visible_text(value, limit=_SHOWN)}",
            code="setting-malformed",
        )
    return parse_duration(value)


def _share(key: str, value: str) -> float:
    """Return a share written as 0.18 or, as every command takes it, 18%."""
    percent = value.endswith("%")
    number = _number(key, value.removesuffix("%")) / (100.0 if percent else 1.0)
    check_share(number, key.replace(".", " ") if "." in key else key)
    return number


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(
            f"{key} must be a number, got {visible_text(value, limit=_SHOWN)!r}",
            code="setting-malformed",
        ) from None


def _whole(key: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise UsageError(
            f"{key} must be a whole number, got {visible_text(value, limit=_SHOWN)!r}",
            code="setting-malformed",
        ) from None
