"""The sentence of each answer: the number never without its interval, its time and its source."""

from collections.abc import Sequence

from hashquake.core.claim import Verdict
from hashquake.core.coverage import Coverage
from hashquake.core.estimate import Estimate
from hashquake.core.incident import Drop
from hashquake.core.interval import Interval
from hashquake.core.outage import Outage
from hashquake.core.quake import Quake
from hashquake.core.times import DAY_S
from hashquake.forward.difficulty_forecast import DifficultyForecast
from hashquake.serve.format import (
    NBSP,
    chance,
    change_limits,
    eh_s_interval,
    negated,
    percent,
    probability,
)
from hashquake.serve.format_times import date, duration, utc, window_text
from hashquake.serve.record_age import age_text
from hashquake.serve.report.claim_rows import call_word, claimed_words
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording import rests_on_blocks

_CALLS = {
    "supported": "the {what} support{s} the claim",
    "contradicted": "the {what} contradict{s} the claim",
    "undecidable": "the {what} can neither support nor contradict the claim",
    "unresolved": "nothing measured can be compared with the claim",
}


def plain(text: str) -> str:
    """Return a sentence with ordinary spaces and minus signs, as programs expect them.

    Parameters
    ----------
    text : str
        For people.
    """
    return text.replace(NBSP, " ").replace("\N{MINUS SIGN}", "-")


def rate_quote(rates: Sequence[Estimate]) -> str:
    """Return the sentence on hash rates.

    Parameters
    ----------
    rates : sequence of Estimate
        Of one window; the first is quoted.
    """
    first = rates[0]
    return plain(
        f"From {utc(first.window.start_s)} to {utc(first.window.end_s)} the hash rate of "
        f"{subject_words(first.subject)} was {eh_s_interval(first.interval(0.9))} (median and 90 % "
        f"interval, from {first.n_blocks:,} blocks; hashquake)."
    )


def break_quote(drop: Drop | None, quakes: Sequence[Quake], outages: Sequence[Outage]) -> str:
    """Return the sentence on whether something broke in a window.

    Parameters
    ----------
    drop : Drop or None
        Against the two weeks before; None where that was not observed.
    quakes : sequence of Quake
        Falls of the catalog in the window.
    outages : sequence of Outage
        Of countries, in the window.
    """
    parts = []
    if drop is not None:
        interval = negated(drop.shown_share.interval(0.9))
        parts.append(
            f"In {window_text(drop.window)} the network's hash rate changed by "
            f"{percent(interval.median, signed=True)} {change_limits(interval)} against the two "
            f"weeks before (90 % interval); chance and drift alone do that in "
            f"{probability(drop.shown_p_value)} of such times"
        )
    parts.append(
        f"the catalog has {len(quakes)} fall{'s' if len(quakes) != 1 else ''} of hash rate"
        + (f" ({', '.join(one.id for one in quakes[:3])})" if quakes else "")
        + f" and {len(outages)} outage{'s' if len(outages) != 1 else ''} of countries then"
        + (f" ({', '.join(one.id for one in outages[:3])})" if outages else "")
    )
    text = "; ".join(parts)
    return plain(f"{text[0].upper()}{text[1:]} (hashquake).")


def known_quote(
    at_s: float, rate: Interval | None, quakes: Sequence[Quake], outages: Sequence[Outage]
) -> str:
    """Return the sentence on what was known at an instant.

    Parameters
    ----------
    at_s : float
        UTC Unix seconds.
    rate : Interval or None
        Hash rate of the network as it could be known then, hashes a second.
    quakes, outages : sequences of Quake and of Outage
        Opinions as they stood then, of what was not over or recent.
    """
    text = f"On {utc(at_s)} "
    text += (
        "the network's hash rate could be known to be "
        f"{eh_s_interval(rate)} (median and 90 % interval)"
        if rate is not None
        else "the network's hash rate could not be determined"
    )
    for name, found in (("quake", quakes), ("outage", outages)):
        stood = ", ".join(f"{one.id} ({subject_words(one.subject)}, {one.status})" for one in found)
        text += f"; {name}s known then: {stood or 'none'}"
    return plain(f"{text} (hashquake).")


def forecast_quote(made: DifficultyForecast) -> str:
    """Return the sentence on the next difficulty.

    Parameters
    ----------
    made : DifficultyForecast
        As stated.
    """
    ratio = made.next_difficulty_ratio.quantiles.interval(0.9)
    shown = Interval(
        median=ratio.median - 1.0, low=ratio.low - 1.0, high=ratio.high - 1.0, level=0.9
    )
    when = made.retarget_s.quantiles.interval(0.9)
    return plain(
        f"The next difficulty changes by {percent(shown.median, digits=1, signed=True)} "
        f"{change_limits(shown, digits=1)} about {utc(when.median)} (90 % interval "
        f"{date(when.low)} to {date(when.high)}), as stated on "
        f"{utc(made.next_difficulty_ratio.issued_s)} (hashquake)."
    )


def claim_quote(verdict: Verdict, because: str, *, earlier: Verdict | None = None) -> str:
    """Return the sentence on a claim.

    Parameters
    ----------
    verdict : Verdict
        As judged.
    because : str
        Its reason, in sentences.
    earlier : Verdict or None
        By what was known on the day of publication; stated where it differs.
    """
    by_blocks = rests_on_blocks(verdict.reason)
    finding = _CALLS[verdict.call].format(
        what="blocks" if by_blocks else "record", s="" if by_blocks else "s"
    )
    sure = ""
    if verdict.probability is not None and verdict.call in ("supported", "contradicted"):
        sure = f", whose probability is {chance(verdict.probability)}"
    then = ""
    if earlier is not None and earlier.call != verdict.call:
        then = f" By what was known on the day of publication it was {call_word(earlier).lower()}."
    return plain(f"By hashquake {finding} ({claimed_words(verdict.about)}){sure}. {because}{then}")


def coverage_quote(coverage: Coverage, end_s: float, age_s: float) -> str:
    """Return the sentence on what was observed.

    Parameters
    ----------
    coverage : Coverage
        Of the chain.
    end_s, age_s : float
        End of the record, UTC Unix seconds, and how long ago that is, seconds.
    """
    first = coverage.windows[0].start_s
    gaps_s = end_s - first - sum(one.duration_s for one in coverage.windows)
    holes = f"with gaps of {duration(gaps_s)} in all" if gaps_s >= 1.0 else "without a gap"
    text = f"The chain was observed from {date(first)} to {utc(end_s)}, {holes}"
    old = age_text(end_s, age_s).partition(";")[0]
    if old and age_s >= 2 * DAY_S:
        text += f"; {old}, and nothing later can be said"
    return plain(f"{text} (hashquake).")
