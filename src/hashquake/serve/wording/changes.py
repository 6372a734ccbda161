"""One line for people a change."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hashquake.core.hostile_text import visible_text
from hashquake.core.interval import Interval
from hashquake.core.opinion import Change
from hashquake.core.site import DARK
from hashquake.serve.format import NBSP, chance, eh_s_interval
from hashquake.serve.format_times import duration, short_time, utc
from hashquake.serve.language import number, translate, translate_plural
from hashquake.serve.source_names import pool_name, source_name
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording.source_states import state_words

_LONGEST = 300
_HASH_DIGITS = 24
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
    by = translate(", found by {pool}", pool=pool_name(pool)) if pool else ""
    return translate("block {height}{by}", height=number(f"{found['height']:,}"), by=by)


def _blocks(change: Change) -> str:
    found = change.document
    return translate_plural(
        "{n_blocks} block read, {first_height}",
        "{n_blocks} blocks read, {first_height} to {last_height}",
        found["n_blocks"],
        n_blocks=number(f"{found['n_blocks']:,}"),
        first_height=number(f"{found['first_height']:,}"),
        last_height=number(f"{found['last_height']:,}"),
    )


def _reorg(change: Change) -> str:
    found = change.document
    return translate_plural(
        "reorganisation at block {height}: {n_staled} block replaced",
        "reorganisation at block {height}: {n_staled} blocks replaced",
        found["n_staled"],
        height=number(f"{found['height']:,}"),
        n_staled=found["n_staled"],
    )


def _readings(change: Change) -> str:
    return translate_plural(
        "{n_readings} reading of {subject}",
        "{n_readings} readings of {subject}",
        change.document["n_readings"],
        n_readings=number(f"{change.document['n_readings']:,}"),
        subject=subject_words(change.subject),
    )


def _gap(change: Change) -> str:
    found = change.document
    if found["window"]["end_s"] is None:
        return translate(
            "{source} has sent nothing on {subject} since {time}",
            source=source_name(found["source"]),
            subject=subject_words(change.subject),
            time=utc(found["window"]["start_s"]),
        )
    silent_s = found["window"]["end_s"] - found["window"]["start_s"]
    return translate(
        "{source} sent nothing on {subject} for {duration}",
        source=source_name(found["source"]),
        subject=subject_words(change.subject),
        duration=duration(silent_s),
    )


def _claim(change: Change) -> str:
    return translate(
        "claim on {subject}: {text}",
        subject=subject_words(change.subject),
        text=change.document["text"],
    )


def _quake(change: Change) -> str:
    found = change.document
    ended = "" if found["end_s"] is None else translate(", over")
    if found.get("kind") == "disagreement":
        ended += translate(", pool reports and blocks disagree")
    elif found.get("kind") == "reports":
        ended += translate(", seen in pool reports alone")
    return translate(
        "quake {id} of {subject}: {status}{ended}",
        id=found["id"],
        subject=subject_words(change.subject),
        status=translate(found["status"]),
        ended=ended,
    )


def _outage(change: Change) -> str:
    found = change.document
    ended = "" if found["end_s"] is None else translate(", over")
    return translate(
        "outage {id}, {subject}: {status}{ended}",
        id=found["id"],
        subject=subject_words(change.subject),
        status=translate(found["status"]),
        ended=ended,
    )


def _source(change: Change) -> str:
    found = change.document
    because = f": {found['because']}" if found["because"] else ""
    words = state_words(found["source"], found["state"], found["because"])
    return f"{source_name(found['source'])} {words}{because}"


def _rate(change: Change) -> str:
    found = change.document["hashrate_hps"]
    interval = Interval(
        median=found["median"], low=found["low"], high=found["high"], level=found["level"]
    )
    return translate(
        "hash rate of {subject} {hashrate}",
        subject=subject_words(change.subject),
        hashrate=eh_s_interval(interval),
    )


def _tip(one: Document) -> str:
    block = translate("block {height}{by}", height=number(f"{one['height']:,}"), by="")
    return f"{source_name(one['source'])} {block} {one['hash'][:_HASH_DIGITS]}"


def _tips(change: Change) -> str:
    found = change.document
    if found["state"] == "together":
        return translate(
            "all sources follow one chain again, at block {height}",
            height=number(f"{found['height']:,}"),
        )
    return apart_words(found["tips"])


def apart_words(tips: Iterable[Document]) -> str:
    """Return which sources follow another chain than the record, with their newest blocks.

    Parameters
    ----------
    tips : iterable of mapping
        ``source``, ``height`` and ``hash`` of each.
    """
    others = ", ".join(_tip(one) for one in tips)
    return translate("sources follow different chains: {others}", others=others)


def _site(change: Change) -> str:
    found = change.document
    begun = translate(", last seen") if found["status"] == "unknown" else translate(" since")
    since = "" if found["since_s"] is None else f"{begun} {utc(found['since_s'])}"
    sure = found["dark_probability"]
    if sure is not None and found["status"] in DARK:
        since += translate(", {chance} sure", chance=chance(sure))
    return translate(
        "site {name}: {status}{since}",
        name=found["name"],
        status=translate(found["status"]),
        since=since,
    )


def _forecast(change: Change) -> str:
    usual = translate("next difficulty")
    return translate("forecast stored: {quantity}", quantity=change.document.get("quantity", usual))


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
        return translate("{duration} ago", duration=duration(age_s))
    return translate(
        "{duration} ago; the chance of so long a gap is {chance}",
        duration=duration(age_s),
        chance=chance(probability),
    )


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
