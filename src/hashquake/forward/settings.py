"""Settings laid over a scenario: ``country:KZ.share=0.18``, ``onset=2d`` and the like."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from hashquake.core.errors import InputError, UsageError
from hashquake.core.subject import parse_subject
from hashquake.core.times import parse_duration
from hashquake.forward.amount import exactly
from hashquake.forward.scenario import Outage, Scenario, check_share

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


def with_settings(scenario: Scenario, settings: Mapping[str, str]) -> Scenario:
    """Lay settings over a scenario.

    Parameters
    ----------
    scenario : Scenario
        To begin with; it is not changed.
    settings : mapping of str to str
        Keys as in `KEYS`. A share or depth set is exact. The other countries or pools make room in
        proportion to their shares. A duration set makes the outages one plain window. Times and
        shares of outages are set on all of them.

    Raises
    ------
    UsageError
        ``setting-unknown`` or ``setting-malformed``.
    InputError
        What the scenario refuses, such as ``share-range`` or ``subject-unknown``.
    """
    # Depths say how much of a share is struck, so shares come first in any order of asking.
    for key in sorted(settings, key=lambda one: not one.endswith(".share")):
        scenario = _set(scenario, key, settings[key])
    return scenario


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """Split ``KEY=VALUE`` texts.

    Raises
    ------
    UsageError
        ``setting-malformed`` for a text without ``=``, or a key given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not value.strip() or key.strip() in found:
            raise UsageError(
                f"{text!r} sets nothing, or what was set before",
                code="setting-malformed",
                hint="write KEY=VALUE, each key once, such as onset=2d",
            )
        found[key.strip()] = value.strip()
    return found


def _set(scenario: Scenario, key: str, value: str) -> Scenario:
    subject, dot, field = key.rpartition(".")
    if dot and ":" in subject and field in ("share", "depth"):
        return _set_subject(scenario, subject, field, _number(key, value))
    if key in (*_SPANS, *_SHARES):
        return _set_outages(scenario, key, value)
    if key == "epochs":
        return replace(scenario, epochs=_whole(key, value))
    if key in _NUMBERS:
        numbers: dict[str, Any] = {key: _number(key, value)}
        return replace(scenario, **numbers)
    if key not in (*_MONEY, _POWER_PRICE):
        raise UsageError(
            f"there is no setting {key!r}",
            code="setting-unknown",
            hint=f"one of {', '.join(KEYS)}",
        )
    number = _number(key, value)
    changed: dict[str, Any] = {key: exactly(number) if key == _POWER_PRICE else number}
    return replace(scenario, economy=replace(scenario.economy, **changed))


def _changed(outage: Outage, key: str, number: float) -> Outage:
    if key == "duration":
        return replace(outage, duration_s=number, windows=(), profile=())
    changed: dict[str, Any] = {key if key in _SHARES else f"{key}_s": number}
    return replace(outage, **changed)


def _set_outages(scenario: Scenario, key: str, value: str) -> Scenario:
    if not scenario.outages:
        raise UsageError(
            f"{scenario.name} has no outage whose {key} could be set",
            code="setting-unknown",
            hint="take a scenario with an outage",
        )
    number = _number(key, value) if key in _SHARES else _span_s(key, value)
    return replace(
        scenario, outages=tuple(_changed(outage, key, number) for outage in scenario.outages)
    )


def _set_subject(scenario: Scenario, subject: str, field: str, value: float) -> Scenario:
    kind, name = parse_subject(subject)
    if kind not in ("country", "pool"):
        raise UsageError(
            f"{subject} has no {field}", code="setting-unknown", hint=f"one of {', '.join(KEYS)}"
        )
    before = scenario.share_of(subject)
    check_share(value, f"{field} of {subject}")
    if field == "depth":
        if subject not in {outage.subject for outage in scenario.outages}:
            raise InputError(
                f"{subject} does not go dark in {scenario.name}", code="subject-unknown"
            )
        return replace(
            scenario,
            outages=tuple(
                replace(outage, depth=exactly(value)) if outage.subject == subject else outage
                for outage in scenario.outages
            ),
        )
    room = (1 - value) / (1 - before.value) if before.value < 1 else 0.0
    if kind == "pool":
        pools = tuple((s, value if s == name else p * room) for s, p in scenario.pools)
        return replace(scenario, pools=pools)
    countries = tuple(
        (code, exactly(value))
        if code == name
        else (code, replace(a, value=a.value * room, low=a.low * room, high=a.high * room))
        for code, a in scenario.countries
    )
    return replace(scenario, countries=countries)


def _span_s(key: str, value: str) -> float:
    if value == "forever":
        return inf
    if value.lstrip("-").replace(".", "", 1).isdigit():
        return float(value)
    if value.startswith("-"):
        raise UsageError(f"{key} is {value}, a time below zero", code="setting-malformed")
    return parse_duration(value)


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(f"{key} is {value!r}, no number", code="setting-malformed") from None


def _whole(key: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise UsageError(f"{key} is {value!r}, no whole number", code="setting-malformed") from None
