"""Sentences of lower rooms and of bundled files: here they are known to the catalogs.

Rooms below `serve` write caveats in English, and so do the files of bundled events, readings and
news. A sentence is found by its text, one with numbers or names in it by the text around them. One
that the catalogs do not have, as those of a user's own file, stays as it is.
"""

import re
from functools import lru_cache

from hashquake.serve.language import ENGLISH, message, spoken, translate

FIXED = (
    message("The sources give no end of the event; the window's end is an assumption."),
    message(
        "Intervals allow for luck and for the drift of hash rate outside events, but not for its "
        "growth: over weeks, growth hides a fall."
    ),
    message(
        "Times are the miners' clocks, usually within 20 s but at times far off. Single intervals "
        "between blocks carry that error; counts over hours do not."
    ),
    message(
        "A change of a pool's hash rate does not show where its machines are, and machines that "
        "change pool look like a fall of one pool and a rise of another."
    ),
    message(
        "Where a pool's machines stand is estimated with the map as a prior. One event shows only "
        "the product of a pool's share in the place and the part of the place that stopped."
    ),
    message(
        "Megawatts assume the network's mix of machines, since that of the place is not known, and "
        "are a mean over the whole window."
    ),
    message(
        "A price that moves during an event need not move because of it: the list of other news is "
        "not complete."
    ),
    message("No fall beyond luck and drift is shown, so no power is shown to have stopped."),
    message("Hash rate rose over the window, so no power is shown to have stopped."),
    message("The event has no country, so it does not show where the pools' machines stand."),
    message(
        "No hourly prices of these days are known. The study rests on the price of each "
        "midnight, so it is coarser than the event: no hour can be distinguished from another."
    ),
    message("The record holds no prices of these days; bundled hours of Bitstamp are used."),
)
"""Caveats and reasons, each a whole sentence."""
OF_RULES = (
    message("The rule was removed from the settings, or its state could not be read."),
    message("Not followed any more: {title}"),
)
"""Of alerts on matters of a rule that is gone; the language of the rule is known, not spoken."""
QUANTITIES = (
    message("batches"),
    message("bgp state"),
    message("connectivity share"),
    message("connectivity state"),
    message("probing share"),
    message("probing state"),
    message("traffic state"),
    message("telescope"),
    message("open usd"),
    message("high usd"),
    message("low usd"),
    message("close usd"),
    message("emissions"),
    message("registered"),
    message("not registered"),
    message("of capacity"),
    message("of generation"),
    message("share of the network"),
)
"""What readings and figures are of, as pages show their codes."""


PATTERNS = (
    message("{who}, quoting {whom}"),
    message("no registered power of {country} is bundled for {day}"),
    message(
        "The map of {publisher} locates {share} of the hash rate; where the rest is, is not known."
    ),
    message("The nearest map leaves {countries} out; an earlier one's share stands in."),
    message(
        "The nearest published shares are {months} months away from {date}; shares change much in "
        "that time."
    ),
    message(
        "Shares of {countries} are inflated by redirected addresses (VPN): below the published "
        "share, all values down to zero are equally likely."
    ),
    message("{countries}: published as zero, as hidden miners would be."),
    message(
        "The last bundled price of bitcoin is {days} days older; it is carried forward, and the "
        "interval allows for how far it may have moved since."
    ),
    message(
        "Blocks come by chance. A fall of {share} over this window, or of {first_day} over the "
        "first 24 hours, would be found in 4 of 5 cases; smaller ones can neither be confirmed nor "
        "excluded."
    ),
)
"""Caveats with numbers or names in them."""
_LONGEST = 1000
"""Characters of a sentence that is compared with patterns; texts of files may be longer."""


def fixed(sentence: str) -> str:
    """Return a sentence of a lower room in the language spoken here, where a catalog has it.

    Parameters
    ----------
    sentence : str
        In English.
    """
    if spoken() == ENGLISH:
        return sentence
    if (whole := translate(sentence)) != sentence or len(sentence) > _LONGEST:
        return whole
    for pattern, found in _patterns():
        if values := found.fullmatch(sentence):
            return translate(pattern, **values.groupdict())
    return sentence


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (one, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(one))))
        for one in PATTERNS
    )
