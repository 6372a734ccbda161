"""The settings of an operator in the drill: sources, alerts, farms."""

from pathlib import Path
from typing import Any

from tests.drill.made_world import POOLS, MadeWorld
from tests.e2e.alert_servers import Mailbox
from tests.e2e.core_node import CoreNode
from tests.serve.alerts.receiver import SECRET, Receiver

FARMS = ("ekibastuz", "karaganda", "almaty")
SITES = {
    "site": [
        {
            "id": farm,
            "country": "KZ",
            "megawatts": 24.0,
            "ths": 750_000,
            "tariff_usd_per_kwh": 0.045,
            "pools": [POOLS[at]],
        }
        for at, farm in enumerate(FARMS)
    ]
}
_TO = ["hook", "mail"]
RULES = [
    # A minute: the values of the country's networks come right after its own.
    {"name": "country dark", "about": "outage", "hold": "1m", "to": _TO},
    {"name": "pools report less", "about": "reports", "to": _TO},
    {"name": "network falls", "about": "quake", "subjects": ["network"], "to": _TO},
    {"name": "pool falls", "about": "quake", "subjects": ["pool:*"], "to": _TO},
    {"name": "my farms", "about": "site", "to": _TO},
    {"name": "no blocks", "about": "silence", "to": _TO},
    {"name": "sources", "about": "source", "to": _TO},
    {"name": "chains", "about": "tips", "to": _TO},
]


def sources(node: CoreNode, world: MadeWorld, *, country: str, feeds: str) -> dict[str, Any]:
    """Return what is watched: a node, IODA's country and networks, what pools report."""
    ioda = {"url": f"{feeds}/v2", "requests_per_second": 100, "timeout_s": 5}
    found: dict[str, Any] = {
        "bitcoind_zmq": {
            "url": node.url,
            "cookie": str(node.cookie),
            "zmq": node.zmq,
            "poll": "1s",
            "from_height": 1,
            "tries": 1000,
        },
        "ioda": {**ioda, "country": country},
        "ioda:networks": {
            **ioda,
            "asn": ",".join(world.networks),
            "datasources": "ping-slash24",
        },
    }
    for pool, (_, _, span_s) in world.reports.items():
        found[f"pool_json:{pool}"] = {
            "pool": pool,
            "url": f"{feeds}/pools/{pool}",
            "path": "hashrate_hps",
            "time_path": "at",
            "unit": "H/s",
            "form": "number",
            "span": f"{span_s:.0f}s",
            "duration": "3650d",
        }
    return found


def ways(receiver: Receiver, mailbox: Mailbox, *, host: str, authority: Path) -> list[Any]:
    """Return how alerts are delivered: to a webhook and by mail."""
    return [
        {
            "name": "hook",
            "kind": "webhook",
            "url": receiver.url,
            "secret": SECRET,
            "allow_private": True,
        },
        {
            "name": "mail",
            "kind": "email",
            "host": host,
            "port": mailbox.port,
            "user": "hash",
            "password": "open sesame",
            "sender": "hashquake@example.org",
            "to": ["ops@example.org"],
            "ca_file": str(authority),
        },
    ]
