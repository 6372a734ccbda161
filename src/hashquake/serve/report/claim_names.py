"""What a claim is about, in words: whose, and which quantity."""

from hashquake.core.claim import Claim
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.serve.language import message, translate
from hashquake.serve.subject_names import subject_words

_QUANTITY_WORDS = {
    "hashrate_change_share": message("change of hash rate"),
    "hashrate_share": message("share of the hash rate"),
    "hashrate_hps": message("hash rate"),
    "connectivity_share": message("connectivity"),
    "connectivity_change_share": message("change of connectivity"),
    "price_usd": message("price of bitcoin"),
    "price_change_share": message("change of price"),
    "power_mw": message("power drawn"),
    "generation_share": message("share of electricity"),
    "count": message("number"),
    "money_usd": message("money"),
    "difficulty_change_share": message("change of difficulty"),
    "rank": message("rank"),
}
_MEASURE_WORDS = {
    "blocks": message("blocks found"),
    "machines": message("machines"),
    "sites": message("sites"),
    "revenue_per_day": message("revenue a day"),
    "revenue": message("revenue"),
    "hashprice": message("what 1 PH/s earns a day"),
}
_RECORD_WORDS = {
    "": message("highest hash rate"),
    "hashrate_lowest": message("lowest hash rate"),
    "hashrate_highest_since": message("highest hash rate"),
    "difficulty_highest": message("highest difficulty"),
    "difficulty_highest_since": message("highest difficulty"),
    "difficulty_lowest": message("lowest difficulty"),
    "price_highest": message("highest price"),
    "price_highest_since": message("highest price"),
    "price_lowest": message("lowest price"),
}
_STEP_WORDS = {
    "hashrate_hps": message("change of hash rate"),
    "price_usd": message("change of price"),
}
_SUBJECTS = {
    "network": message("the network"),
    "pools": message("several pools"),
    "asset:btc": message("bitcoin"),
    "unknown": message("not said of whom"),
}


def subject_of(claim: Claim) -> str:
    """Write whom a claim is about.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    named = _SUBJECTS.get(claim.subject)
    return subject_words(claim.subject) if named is None else translate(named)


def is_record(claim: Claim) -> bool:
    """Return whether something is said to be the highest or the lowest there was.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    first = claim.quantity == "rank" and claim.low == claim.high == 1.0
    return first and claim.subject in (NETWORK, BITCOIN)


def quantity_words(claim: Claim) -> str:
    """Write which quantity a claim is about.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    if is_record(claim):
        usual = "price_highest" if claim.subject == BITCOIN else ""
        return translate(_RECORD_WORDS.get(claim.measure or usual, _QUANTITY_WORDS["rank"]))
    if claim.relation == "change" and claim.quantity in _STEP_WORDS:
        return translate(_STEP_WORDS[claim.quantity])
    return translate(_MEASURE_WORDS.get(claim.measure, _QUANTITY_WORDS[claim.quantity]))
