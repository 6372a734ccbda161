"""One line for people a change."""

from collections.abc import Callable, Mapping
from typing import Any

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.core.opinion import Change
from hashquake.core.site import DARK
from hashquake.serve.format import NBSP, chance, eh_s_interval
from hashquake.serve.format_times import duration, short_time, utc
from hashquake.serve.source_names import pool_name, source_name
from hashquake.serve.subject_names import subject_words

_LONGEST = 300
_HASH_DIGITS = 24
STATES = {
    "starting": "is asked for the first time",
    "ok": "answers",
    "late": "is late",
    "stuck": "is stuck",
    "down": "does not answer",
    "refused": "refuses the request",
}
"""What a source does, after its name."""

Document = Mapping[str, Any]


def change_line(change: Change) -> str:
    """Return what changed as one plain line, the time first.

    Parameters
    ----------
    change : Change
        Of any kind; a kind that is not known here is named as it is.
    """
    return visible_text(
        f"{utc(change.at_s)}: {change_words(change)}".replace(NBSP, " "), limit=_LONGEST
    )


def short_change_line(change: Change) -> str:
    """Return what changed as one plain line for a narrow screen, the time without its year first.

    Parameters
    ----------
    change : Change
        Of any kind; a kind that is not known here is named as it is.
    """
    return visible_text(
        f"{short_time(change.at_s)}  {change_words(change)}".replace(NBSP, " "), limit=_LONGEST
    )


def change_words(change: Change) -> str:
    """Return what changed as one plain line without its time.

    Parameters
    ----------
    change : Change
        Of any kind; a kind that is not known here is named as it is.
    """
    worded = _WORDED.get(change.kind, _other)
    return visible_text(worded(change).replace(NBSP, " "), limit=_LONGEST)


def _block(change: Change) -> str:
    found = change.document
    pool = found.get("pool")
    by = f", found by {pool_name(pool)}" if pool else ""
    return f"block {found['height']:,}{by}"


def _blocks(change: Change) -> str:
    found = change.document
    return (
        f"{found['n_blocks']:,} blocks read, {found['first_height']:,} to {found['last_height']:,}"
    )


def _reorg(change: Change) -> str:
    found = change.document
    return f"reorganisation at block {found['height']:,}: {found['n_staled']} blocks replaced"


def _readings(change: Change) -> str:
    return f"{change.document['n_readings']:,} readings of {subject_words(change.subject)}"


def _gap(change: Change) -> str:
    found = change.document
    if found["window"]["end_s"] is None:
        return (
            f"{source_name(found['source'])} has sent nothing on {subject_words(change.subject)} "
            f"since {utc(found['window']['start_s'])}"
        )
    silent_s = found["window"]["end_s"] - found["window"]["start_s"]
    return (
        f"{source_name(found['source'])} sent nothing on {subject_words(change.subject)} for "
        f"{duration(silent_s)}"
    )


def _claim(change: Change) -> str:
    return f"claim on {subject_words(change.subject)}: {change.document['text']}"


def _quake(change: Change) -> str:
    found = change.document
    ended = "" if found["end_s"] is None else ", over"
    if found.get("kind") == "disagreement":
        ended += ", pool reports and blocks disagree"
    elif found.get("kind") == "reports":
        ended += ", seen in pool reports alone"
    return f"quake {found['id']} of {subject_words(change.subject)}: {found['status']}{ended}"


def _outage(change: Change) -> str:
    found = change.document
    ended = "" if found["end_s"] is None else ", over"
    return f"outage {found['id']}, {subject_words(change.subject)}: {found['status']}{ended}"


def _source(change: Change) -> str:
    found = change.document
    because = f": {found['because']}" if found["because"] else ""
    return f"{source_name(found['source'])} {STATES[found['state']]}{because}"


def _rate(change: Change) -> str:
    found = change.document["hashrate_hps"]
    interval = Interval(
        median=found["median"], low=found["low"], high=found["high"], level=found["level"]
    )
    return f"hash rate of {subject_words(change.subject)} {eh_s_interval(interval)}"


def _tips(change: Change) -> str:
    found = change.document
    if found["state"] == "together":
        return f"all sources follow one chain again, at block {found['height']:,}"
    others = ", ".join(
        f"{source_name(one['source'])} block {one['height']:,} {one['hash'][:_HASH_DIGITS]}"
        for one in found["tips"]
    )
    return f"sources follow different chains: {others}"


def _site(change: Change) -> str:
    found = change.document
    begun = ", last seen" if found["status"] == "unknown" else " since"
    since = "" if found["since_s"] is None else f"{begun} {utc(found['since_s'])}"
    sure = found["dark_probability"]
    if sure is not None and found["status"] in DARK:
        since += f", {chance(sure)} sure"
    return f"site {found['name']}: {found['status']}{since}"


def _forecast(change: Change) -> str:
    return f"forecast stored: {change.document.get('quantity', 'next difficulty')}"


def _other(change: Change) -> str:
    return change.kind


def silence_words(age_s: float, probability: float | None) -> str:
    """Return how long no block came, with the chance of such a silence.

    Parameters
    ----------
    age_s : float
        Seconds since the last block.
    probability : float or None
        The chance that a gap between blocks lasts longer; None when it cannot be stated.
    """
    if probability is None:
        return f"{duration(age_s)} ago"
    return f"{duration(age_s)} ago; the chance of so long a gap is {chance(probability)}"


_WORDED: Mapping[str, Callable[[Change], str]] = {
    "block": _block,
    "blocks": _blocks,
    "reorg": _reorg,
    "readings": _readings,
    "gap": _gap,
    "claim": _claim,
    "quake": _quake,
    "outage": _outage,
    "source": _source,
    "forecast": _forecast,
    "rate": _rate,
    "tips": _tips,
    "site": _site,
}
