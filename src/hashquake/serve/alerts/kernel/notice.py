"""What a row of the changes feed says about a matter that rules may be about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hashquake.core.opinion import Change

_QUAKE_FACTS = (
    "id", "status", "subject", "kind", "onset", "detected_s", "end_s", "remaining_share",
    "lost_hps", "pools", "nothing_probability",
)  # fmt: skip
_OUTAGE_FACTS = ("id", "status", "country", "onset", "end_s", "depth_share", "seen_by")
_MEDIAN, _LOW, _HIGH = 3, 1, 5
"""Of the seven quantiles of a forecast: the median and the 90 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    """One matter as a change states it.

    Parameters
    ----------
    about : str
        What it is about; see `hashquake.serve.alerts.kernel.rule.About`.
    matter : str
        Its name, the same in every change about it.
    subject : str
        Such as ``network``.
    active : bool
        Whether it goes on.
    withdrawn : bool
        Whether it is no longer believed that it was.
    began_s, noticed_s : float
        When it began, and when it could first be known, UTC Unix seconds.
    size_share : float or None
        The fall, 0 to 1; None where it has no size.
    likelihoods : tuple of (str, float)
        Causes or classes with their probabilities.
    state : str
        Of an opinion, a source or a site.
    instruments : tuple of str
        Which instruments saw it, such as ``ioda:ioda_ping_slash24_up_count``.
    grade : str
        What makes an update worth sending: another text is another grade.
    false_alarms_per_year : float or None
        By chance; None where chance plays no part.
    facts : mapping
        What an alert states, as plain values.
    """

    about: str
    matter: str
    subject: str
    active: bool
    withdrawn: bool = False
    began_s: float
    noticed_s: float
    size_share: float | None = None
    likelihoods: tuple[tuple[str, float], ...] = ()
    state: str = ""
    instruments: tuple[str, ...] = ()
    grade: str = ""
    false_alarms_per_year: float | None = None
    facts: Mapping[str, Any]


def notices_of(change: Change) -> tuple[AlertNotice, ...]:
    """Return what a change says by itself; sources, series and blocks need those before them.

    Parameters
    ----------
    change : Change
        A row of the feed.
    """
    if change.kind == "quake":
        return (_quake(change),)
    if change.kind == "outage":
        return (_outage(change),)
    if change.kind == "tips":
        return (_tips(change),)
    if change.kind == "forecast" and change.document["quantity"] == "next_difficulty_ratio":
        return (_difficulty(change),)
    if change.kind == "site":
        return (_site(change),)
    return ()


def _quake(change: Change) -> AlertNotice:
    found = change.document
    likelihoods = _likelihoods(found["causes"])
    size = 1.0 - float(found["remaining_share"]["median"])
    reports = found["kind"] in ("reports", "disagreement")
    return AlertNotice(
        about="reports" if reports else "quake",
        matter=str(found["id"]),
        subject=change.subject,
        active=found["status"] != "rejected" and found["end_s"] is None,
        withdrawn=found["status"] == "rejected",
        began_s=float(found["onset"]["start_s"]),
        noticed_s=float(found["detected_s"]),
        size_share=size,
        likelihoods=likelihoods,
        state=str(found["status"]),
        grade=f"{found['status']} {_likeliest(likelihoods)} {round(20 * size)}",
        false_alarms_per_year=float(found["false_alarms_per_year"]),
        facts={
            **{name: found.get(name) for name in _QUAKE_FACTS},
            "causes": [_plain_cause(one) for one in found["causes"]],
        },
    )


def _outage(change: Change) -> AlertNotice:
    found = change.document
    likelihoods = _likelihoods(found["classes"])
    depth = found["depth_share"]
    size = None if depth is None else float(depth["median"])
    saw = [one for one in found["witnesses"] if one["saw"]]
    step = None if size is None else round(10 * size)
    return AlertNotice(
        about="outage",
        matter=str(found["id"]),
        subject=change.subject,
        active=found["status"] != "rejected" and found["end_s"] is None,
        withdrawn=found["status"] == "rejected",
        began_s=float(found["onset"]["start_s"]),
        noticed_s=float(found["onset"]["end_s"]),
        size_share=size,
        likelihoods=likelihoods,
        state=str(found["status"]),
        instruments=tuple(
            sorted(
                {f"{source}:{one['quantity']}" for one in saw for source in one["sources"] or [""]}
            )
        ),
        grade=f"{found['status']} {_likeliest(likelihoods)} {step}",
        facts={
            **{name: found.get(name) for name in _OUTAGE_FACTS},
            "classes": [_plain_cause(one) for one in found["classes"]],
        },
    )


def _tips(change: Change) -> AlertNotice:
    found = change.document
    names = sorted(str(one["source"]) for one in found["tips"])
    return AlertNotice(
        about="tips",
        matter="tips",
        subject=change.subject,
        active=found["state"] == "apart",
        began_s=change.at_s,
        noticed_s=change.at_s,
        state=str(found["state"]),
        grade=" ".join(names),
        facts={"height": found["height"], "hash": found["hash"], "tips": found["tips"]},
    )


def _difficulty(change: Change) -> AlertNotice:
    found = change.document
    median, low, high = (float(found["quantiles"][at]) for at in (_MEDIAN, _LOW, _HIGH))
    # The least change that the 90 % interval leaves, either way.
    certain = max(low - 1.0, 1.0 - high, 0.0)
    return AlertNotice(
        about="difficulty",
        matter="difficulty",
        subject=change.subject,
        active=True,
        began_s=float(found["issued_s"]),
        noticed_s=float(found["issued_s"]),
        size_share=certain,
        state=str(found["target"]),
        grade=f"{found['target']} {round(40 * (median - 1.0))}",
        facts={
            "target": found["target"],
            "issued_s": found["issued_s"],
            "next_difficulty_ratio": {"median": median, "low": low, "high": high, "level": 0.9},
        },
    )


def _site(change: Change) -> AlertNotice:
    found = change.document
    since_s = found.get("since_s")
    began_s = change.at_s if since_s is None else float(since_s)
    return AlertNotice(
        about="site",
        matter=change.subject,
        subject=change.subject,
        active=True,
        began_s=began_s,
        noticed_s=change.at_s,
        state=str(found["status"]),
        grade=str(found["status"]),
        facts=dict(found),
    )


def _plain_cause(cause: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cause.get(name) for name in ("name", "probability", "country")}


def _likelihoods(causes: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(one["name"]), float(one["probability"])) for one in causes)


def _likeliest(likelihoods: Iterable[tuple[str, float]]) -> str:
    return max(likelihoods, key=lambda one: one[1], default=("", 0.0))[0]
