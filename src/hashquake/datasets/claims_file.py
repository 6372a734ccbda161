"""Claims written down by hand: TOML, one ``[[claims]]`` table each, as in the files of events."""

from collections.abc import Mapping
from typing import Any

from hashquake.core.claim import Claim
from hashquake.core.subject import NETWORK, parse_subject
from hashquake.datasets.toml_fields import (
    address_of,
    fail,
    refuse_lacking,
    refuse_strangers,
    text_of,
    time_s_of,
    window_table_of,
)
from hashquake.datasets.toml_rows import toml_rows

QUANTITIES = (
    "hashrate_change_share",
    "hashrate_share",
    "hashrate_hps",
    "connectivity_share",
    "connectivity_change_share",
    "price_usd",
    "price_change_share",
    "power_mw",
    "generation_share",
    "count",
    "money_usd",
    "difficulty_change_share",
    "rank",
)
"""What a claim may be about; the command line's contract."""

_LOOSE_SUBJECTS = (NETWORK, "pools", "unknown")
_RECORDS = tuple(
    f"{matter}_{extreme}"
    for matter in ("hashrate", "difficulty", "price")
    for extreme in ("highest", "highest_since", "lowest")
)
_MEASURES = (
    "", "blocks", "machines", "sites", "revenue_per_day", "revenue", "hashprice", *_RECORDS,
)  # fmt: skip
_RELATIONS = ("level", "change", "below", "above")
_CLAIM_KEYS = {
    "text", "speaker", "url", "language", "published", "subject", "quantity", "low", "high",
    "relation", "window", "measure",
}  # fmt: skip


_NEEDED_KEYS = ("text", "subject", "quantity", "low", "high", "relation")


def read_claims(text: str, *, name: str) -> tuple[Claim, ...]:
    """Read a file of claims.

    Parameters
    ----------
    text : str
        TOML with ``[[claims]]``.
    name : str
        Of the file, for errors.

    Raises
    ------
    FormatError
        ``claims-malformed``, saying what is wrong.
    """
    return toml_rows(text, "claims", claim_of_row, name=name)


def claim_of_row(row: Mapping[str, Any]) -> Claim:
    """Return the claim of one table of a file.

    Parameters
    ----------
    row : mapping
        As TOML has it; times with an offset, shares from 0 to 1, falls negative.

    Raises
    ------
    HashquakeError
        Saying what is wrong in it.
    ValueError
        For a key that is missing or unknown, naming those found and those expected.
    """
    refuse_strangers(row, _CLAIM_KEYS, "a claim")
    refuse_lacking(row, _NEEDED_KEYS, "a claim")
    subject, quantity, relation = row["subject"], row["quantity"], row["relation"]
    if subject not in _LOOSE_SUBJECTS:
        parse_subject(subject)
    if quantity not in QUANTITIES:
        fail(f"a claim is about {quantity!r}, which is not one of {', '.join(QUANTITIES)}")
    if relation not in _RELATIONS:
        fail(f"a claim's relation is {relation!r}, which is not one of {', '.join(_RELATIONS)}")
    measure = row.get("measure", "")
    if measure not in _MEASURES:
        fail(f"a claim's measure is {measure!r}, which is not one of {', '.join(_MEASURES[1:])}")
    low, high = float(row["low"]), float(row["high"])
    if not low <= high:
        fail(f"low must not be above high, got {low:g} and {high:g}")
    if quantity.endswith("_share") and not -1 <= low <= high <= 10:
        fail(f"{quantity} cannot be {low} to {high}: shares are 0 to 1, a fall is negative")
    return Claim(
        text=text_of(row, "text"),
        subject=subject,
        quantity=quantity,
        low=low,
        high=high,
        relation=relation,
        window=window_table_of(row["window"], "a claim's window") if "window" in row else None,
        speaker=text_of(row, "speaker") if "speaker" in row else "",
        url=address_of(row["url"]) if "url" in row else "",
        language=row.get("language", "en"),
        published_s=time_s_of(row["published"]) if "published" in row else None,
        measure="" if measure == "hashrate_highest" else measure,
    )
