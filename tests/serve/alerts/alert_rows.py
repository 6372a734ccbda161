"""Rows of the changes feed as tests make them."""

from typing import Any

from hashquake.core.coverage import Coverage
from hashquake.core.opinion import Change
from hashquake.core.window import Window
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.step import AlertWorld

HOUR_S = 3600.0
DAY_S = 86_400.0
T0 = 1_641_340_800.0  # 5 January 2022
ALL_WATCHED = AlertWorld(
    covered=Coverage(windows=(Window(start_s=T0 - 90 * DAY_S, end_s=T0 + 90 * DAY_S),)),
    block_sources=frozenset({"bitcoind_rpc", "bitcoind_zmq"}),
    false_outages_per_year=0.1,
)


def rule(about: str, **more: Any) -> AlertRule:
    return AlertRule(name=more.pop("name", f"on {about}"), about=about, **more)  # type: ignore[arg-type]  # tests name kinds as text


def quake(
    number: int,
    at_s: float,
    *,
    name: str = "hq20220105a",
    drop: float = 0.3,
    status: str = "preliminary",
    end_s: float | None = None,
    subject: str = "network",
    kind: str = "network",
    began_s: float | None = None,
    causes: dict[str, float] | None = None,
    per_year: float = 1.0,
) -> Change:
    start_s = at_s - 6 * HOUR_S if began_s is None else began_s
    left = 1.0 - drop
    remaining = {"median": left, "low": left - 0.05, "high": left + 0.05, "level": 0.9}
    weights = causes or {"unknown": 0.6, "luck": 0.4}
    return Change(
        id=number,
        at_s=at_s,
        kind="quake",
        subject=subject,
        document={
            "id": name,
            "status": status,
            "subject": subject,
            "kind": kind,
            "onset": {"start_s": start_s, "end_s": start_s + HOUR_S},
            "detected_s": start_s + 2 * HOUR_S,
            "end_s": end_s,
            "remaining_share": remaining,
            "lost_hps": {"median": 5e19, "low": 4e19, "high": 6e19, "level": 0.9},
            "false_alarms_per_year": per_year,
            "pools": [],
            "causes": [
                {"name": one, "probability": weights[one], "country": None} for one in weights
            ],
        },
    )


def outage(
    number: int,
    at_s: float,
    *,
    country: str = "KZ",
    name: str = "",
    depth: float = 0.8,
    status: str = "confirmed",
    end_s: float | None = None,
    began_s: float | None = None,
    saw: tuple[str, ...] = ("ioda:ioda_bgp", "ioda:ioda_ping"),
) -> Change:
    start_s = at_s - 1200.0 if began_s is None else began_s
    return Change(
        id=number,
        at_s=at_s,
        kind="outage",
        subject=f"country:{country}",
        document={
            "id": name or f"ou20220105{country.lower()}a",
            "status": status,
            "country": country,
            "onset": {"start_s": start_s, "end_s": start_s + 600.0},
            "end_s": end_s,
            "depth_share": {"median": depth, "low": depth - 0.1, "high": depth, "level": 0.9},
            "seen_by": ["probing", "bgp"],
            "classes": [
                {"name": "kill_switch", "probability": 0.8},
                {"name": "artefact", "probability": 0.2},
            ],
            "witnesses": [
                {"saw": True, "sources": [one.split(":")[0]], "quantity": one.split(":")[1]}
                for one in saw
            ],
        },
    )


def source(
    number: int, at_s: float, state: str, *, name: str = "bitcoind_rpc", because: str = "no answer"
) -> Change:
    return Change(
        id=number,
        at_s=at_s,
        kind="source",
        subject=f"source:{name}",
        document={
            "source": name,
            "state": state,
            "since_s": at_s,
            "because": "" if state == "ok" else because,
        },
    )


def gap(
    number: int,
    at_s: float,
    *,
    subject: str = "country:KZ",
    name: str = "ioda",
    end_s: float | None = None,
) -> Change:
    return Change(
        id=number,
        at_s=at_s,
        kind="gap",
        subject=subject,
        document={
            "quantity": "ioda_bgp",
            "source": name,
            "window": {"start_s": at_s - 900.0, "end_s": end_s},
        },
    )


def block(number: int, at_s: float, *, height: int = 717_000, pool: str = "antpool") -> Change:
    return Change(
        id=number,
        at_s=at_s,
        kind="block",
        subject="network",
        document={"height": height, "header_s": at_s, "hash": "00", "pool": pool},
    )


def blocks(number: int, at_s: float) -> Change:
    return Change(
        id=number,
        at_s=at_s,
        kind="blocks",
        subject="network",
        document={"first_height": 1, "last_height": 40, "n_blocks": 40},
    )


def tips(number: int, at_s: float, *, apart: bool) -> Change:
    others = [{"source": "bitcoind_zmq", "height": 717_001, "hash": "ab" * 32}] if apart else []
    return Change(
        id=number,
        at_s=at_s,
        kind="tips",
        subject="network",
        document={
            "state": "apart" if apart else "together",
            "height": 717_000,
            "hash": "cd" * 32,
            "tips": others,
        },
    )


def forecast(number: int, at_s: float, *, low: float, high: float, target: int = 1) -> Change:
    middle = (low + high) / 2
    return Change(
        id=number,
        at_s=at_s,
        kind="forecast",
        subject="network",
        document={
            "quantity": "next_difficulty_ratio",
            "target": f"height:{717_696 + 2016 * target}",
            "issued_s": at_s,
            "quantiles": [low, low, middle, middle, middle, high, high],
            "made_by": "forward/1",
        },
    )


def site(number: int, at_s: float, status: str, *, name: str = "ekibastuz") -> Change:
    return Change(
        id=number,
        at_s=at_s,
        kind="site",
        subject=f"site:{name}",
        document={
            "site": name,
            "country": "KZ",
            "asns": [9198],
            "status": status,
            "since_s": at_s,
            "hashrate_hps": 1e17,
            "name": "Ekibastuz 1",
            "dark_probability": 0.97,
            "usd_per_day": 20_000.0,
            "usd_per_day_interval": {"median": 2e4, "low": 1.8e4, "high": 2.3e4, "level": 0.9},
            "reason": {"code": "never-seen", "watched": True},
        },
    )
