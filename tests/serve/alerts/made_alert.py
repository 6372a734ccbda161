"""Alerts and settings as tests make them."""

from typing import Any

from hashquake.core.alert import Alert
from hashquake.serve.alerts.settings import AlertsSettings


def made_alert(**more: Any) -> Alert:
    title = "Hash rate of the network -30 % [-35 %, -25 %]"
    known: dict[str, Any] = {
        "id": 3,
        "key": "0b6d6f0e-7b0e-5a47-9d0f-5b7a5f0f9c11",
        "rule": "falls",
        "thread": "hq20220105a",
        "n": 1,
        "state": "raised",
        "at_s": 1_641_379_500.0,
        "subject": "network",
        "false_alarms_per_year": 1.0,
        "change_id": 9,
        "document": {
            "title": title,
            "because": f"{title}.",
            "text": f"{title}.\nChance alone raises such an alert once a year.",
            "link": None,
            "about": "quake",
            "facts": {"id": "hq20220105a"},
        },
    }
    return Alert(**(known | more))


def made_settings(*ways: dict[str, Any], rules: Any = None, **more: Any) -> AlertsSettings:
    names = [one["name"] for one in ways]
    usual = [{"name": "falls", "about": "quake", "to": names}]
    return AlertsSettings.model_validate({"rule": rules or usual, "way": list(ways), **more})
