"""A ranking that goes on in the next sentence: "F2Pool came next with 10.6 %"."""

from dataclasses import replace

from hashquake.claims.sentence import SentenceRead
from hashquake.claims.units import number_of
from hashquake.core.claim import Claim


def ranked_on(sentence: SentenceRead, claim: Claim, before: Claim) -> Claim:
    """Return a claim with the time of the one before it, where it is the next of one ranking.

    Parameters
    ----------
    sentence : SentenceRead
        That of the claim.
    claim : Claim
        Of a pool or a country.
    before : Claim
        The last one of a sentence before it in the same paragraph.
    """
    kind, parted, _ = claim.subject.partition(":")
    same = claim.quantity == "rank" or (claim.quantity, claim.relation) == (
        before.quantity,
        before.relation,
    )
    alike = same and kind == before.subject.partition(":")[0]
    own = claim.window is not None or claim.question or sentence.times
    overview = before.subject == "pools" and claim.quantity == before.quantity == "hashrate_share"
    if overview and kind == "pool" and not (claim.window or claim.question or sentence.times):
        # Four pools found three quarters of all blocks in 2023, and Foundry had 29 %.
        return replace(claim, window=before.window, question=before.question)
    if not parted or not alike or own or claim.subject == before.subject:
        return claim
    lower = any(number_of(cue) > 1 for cue in sentence.of("ranks"))
    if not lower and not sentence.of("roles:next_ranked"):
        return claim
    return replace(claim, window=before.window, question=before.question)
