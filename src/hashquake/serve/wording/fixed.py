"""Sentences that lower rooms say always the same way: here they are known to the catalogs.

Rooms below `serve` write caveats in English. Those without a number in them are translated by
their text; one that is not listed here, or has numbers, stays English.
"""

from hashquake.serve.language import message, translate

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
)
"""Caveats and reasons, each a whole sentence."""
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


def fixed(sentence: str) -> str:
    """Return a sentence of a lower room in the language spoken here, where a catalog has it.

    Parameters
    ----------
    sentence : str
        In English.
    """
    return translate(sentence)
