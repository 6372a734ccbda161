"""The unit of a number: percent, hashes per second, watts, dollars, things counted."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from hashquake.claims.numbers import Number
from hashquake.claims.tokens import Cue

Kind = Literal["percent", "points", "hps", "watt", "usd", "count", "rank", "multiple"]
CuesAt = dict[int, list[Cue]]
_PERCENT = re.compile(r"\s*[%\u066a\uff05\ufe6a]")
_HPS = re.compile(
    r"[\s\u00a0\u202f-]*([kmgtpez])(?:h(?:ash(?:es)?)?(?:/s(?:ec|ek)?\b|ps\b|/с\b)|h\b(?=\s*/\s*s))"
    r"|[\s\u00a0\u202f-]*([kmgtpezк мгтпэз])(?:[хx]|хеш\w*|h)\s*/\s*[сcs]\b",
    re.IGNORECASE,
)
_PREFIX = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18, "z": 1e21,
           "к": 1e3, "м": 1e6, "г": 1e9, "т": 1e12, "п": 1e15, "э": 1e18, "з": 1e21}  # fmt: skip
_WATT = re.compile(
    r"[\s\u00a0\u202f-]*([kMGTкМГТ])(?:Wt?|Вт)\b(?![\s\u00a0]*(?:[hHчЧ]\b|[\u00b7\u22c5*/]))"
)
HOURS = re.compile(r"[\s-]*(?:hour|stunde|heure|hora|час)|[\s\u00b7]*(?:h|ч)\b", re.IGNORECASE)
_SCALE = re.compile(
    r"[\s\u00a0\u202f]?(k|K|m|M|bn|b|B|mn|mln|mio|Mio|Mrd|mrd|тыс|млн|млрд)(?![^\W_])"
    r"(?:(?<=тыс)\.|(?<=млн)\.|(?<=млрд)\.|(?<=[Mm]io)\.|(?<=[Mm]rd)\.)?"
)
_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9, "mrd": 1e9,
           "тыс": 1e3, "млн": 1e6, "млрд": 1e9}  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u202f]*")
_DOLLAR_BEFORE = re.compile(r"(?:US\s?|USD\s?)?\$\s?$|\bUSD\s$|\bUS\$\s?$", re.IGNORECASE)
_OTHER_MONEY = re.compile(r"(?:[\u20ac\xa3\xa5\u20bd\u20b8]|R\$|A\$|C\$|EUR)\s?$")
_DOLLAR_AFTER = re.compile(
    r"[\s\u00a0\u202f]*(?:US[\s-]?)?(?:\$|USD\b|Dollar[^\W\d_]*)", re.IGNORECASE
)
_WORD_GAP = re.compile(r"[\s\u00a0\u202f]*[-\u2010\u2011]?(?:\w{1,3}[\s\u00a0\u202f]+)?")
_DESCRIBED = re.compile(r"[\s\u00a0\u202f]+[^\W\d_]{4,}[\s\u00a0\u202f]+")
"""A word between a number and what is counted: "21 illegal farms"."""
_ENDING = re.compile(r"[-\u2010\u2011]\w{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number or a range of numbers with its unit.

    Parameters
    ----------
    kind : str
        What the unit measures.
    low, high : float
        In the base unit: percent as a share, hash rates in hashes per second, power in megawatts.
    start, end : int
        Characters, with unit and currency sign.
    scaled : bool
        Whether a word such as *billion* belongs to it.
    pair : int
        0; 1 and 2 for the two ends of a change "from ... to ...".
    unit_size : float
        What the number as written was multiplied by.
    """

    kind: Kind
    low: float
    high: float
    start: int
    end: int
    scaled: bool = False
    pair: int = 0
    unit_size: float = 1.0


def exact(value: float) -> float:
    """Return a product of decimals as it is written: 11.6 / 100 is 0.116, not 0.11599999999999999.

    Parameters
    ----------
    value : float
        Any number.
    """
    return float(f"{value:.12g}")


def number_of(cue: Cue) -> float:
    """Return the number that the lexicon gives a phrase.

    Parameters
    ----------
    cue : Cue
        Of a table of numbers.
    """
    return float(str(cue.value))


def start_with_sign(text: str, number: Number) -> int:
    """Return where a number begins, its dollar sign included.

    Parameters
    ----------
    text : str
        The sentence.
    number : Number
        In it.
    """
    dollar = _DOLLAR_BEFORE.search(text[max(0, number.start - 6) : number.start])
    return number.start - len(dollar[0]) if dollar else number.start


def with_unit(text: str, number: Number, at: CuesAt) -> Quantity | None:
    """Return a number with its unit; None where it has none that claims are made in.

    Parameters
    ----------
    text : str
        The sentence.
    number : Number
        In it.
    at : dict of int to list of Cue
        Units and scales of the lexicon, by where they begin.
    """
    if _OTHER_MONEY.search(text[max(0, number.start - 5) : number.start]):
        return None
    end, factor = scaled_end(text, number, at)
    scaled = end > number.end
    value = exact(number.value * factor)
    bare = Quantity(
        kind="usd",
        low=value,
        high=value,
        start=start_with_sign(text, number),
        end=end,
        scaled=scaled,
    )
    if bare.start < number.start:
        after = _DOLLAR_AFTER.match(text, end)
        return replace(bare, end=after.end() if after else end)
    return _by_sign(text, bare) or _by_name(text, bare, at)


def scaled_end(text: str, number: Number, at: CuesAt) -> tuple[int, float]:
    """Return where the scales behind a number end ("1.2 thousand million"), and their product.

    Parameters
    ----------
    text : str
        The sentence.
    number : Number
        In it.
    at : dict of int to list of Cue
        Units and scales of the lexicon, by where they begin.
    """
    end, factor = number.end, 1.0
    while (scale := _scale_at(text, end, at)) is not None:
        end, factor = scale[0], factor * scale[1]
    return end, factor


def _by_sign(text: str, bare: Quantity) -> Quantity | None:
    """Return a quantity whose unit is written as a symbol."""
    if match := _DOLLAR_AFTER.match(text, bare.end):
        return replace(bare, end=match.end())
    if match := _PERCENT.match(text, bare.end):
        ending = _ENDING.match(text, match.end())
        return _sized("percent", bare, 0.01, ending.end() if ending else match.end())
    if match := _HPS.match(text, bare.end):
        prefix = _PREFIX.get((match[1] or match[2]).lower().strip())
        return None if prefix is None else _sized("hps", bare, prefix, match.end())
    if match := _WATT.match(text, bare.end):
        return _sized("watt", bare, _PREFIX[match[1].lower()] / 1e6, match.end())
    return None


def _by_name(text: str, bare: Quantity, at: CuesAt) -> Quantity | None:
    """Return a quantity whose unit is a word, with at most one short word between."""
    gap = _WORD_GAP.match(text, bare.end)
    near = range(bare.end, (gap.end() if gap else bare.end) + 1)
    described = _DESCRIBED.match(text, bare.end)
    for start in (*near, *((described.end(),) if described else ())):
        for cue in sorted(at.get(start, ()), key=lambda one: one.start - one.end):
            found = _of_cue(text, bare, cue, at)
            if found is not None and (start in near or found.kind == "count"):
                return found
    return None


def _of_cue(text: str, bare: Quantity, cue: Cue, at: CuesAt) -> Quantity | None:
    near = cue.start - bare.end <= 2
    found: Quantity | None = None
    match cue.kind:
        case "units:percent" if near:
            found = _sized("percent", bare, 0.01, cue.end)
        case "units:points" if near:
            found = _sized("points", bare, 0.01, cue.end)
        case "units:hash":
            spaces = _SPACES.match(text, cue.end)
            after = at.get(spaces.end() if spaces else cue.end, ())
            ends = [one.end for one in after if one.kind == "units:per_second"]
            found = _sized("hps", bare, number_of(cue), max([cue.end, *ends]))
        case "units:watt" if not HOURS.match(text, cue.end):
            found = _sized("watt", bare, number_of(cue) / 1e6, cue.end)
        case "units:usd":
            found = replace(bare, end=cue.end)
        case "units:count":
            found = replace(bare, kind="count", end=cue.end)
    return found


def _scale_at(text: str, end: int, at: CuesAt) -> tuple[int, float] | None:
    """Return the end and the size of a word such as *million* behind a number."""
    match = _SCALE.match(text, end)
    if match and not (_HPS.match(text, end) or _WATT.match(text, end)):
        metres = match[1] == "m" and text[end : end + 1].isspace()
        if not metres:
            return match.end(), _SCALES[match[1].lower()]
    spaces = _SPACES.match(text, end)
    for cue in at.get(spaces.end() if spaces else end, ()):
        if cue.kind == "scales" and cue.end - cue.start > 2:
            return cue.end, number_of(cue)
    return None


def _sized(kind: Kind, bare: Quantity, size: float, end: int) -> Quantity:
    # Divided, not multiplied by a hundredth: 12.8 / 100 is exact where 12.8 * 0.01 may not be.
    value = bare.low / 100 if size == 0.01 else bare.low * size
    return replace(bare, kind=kind, low=exact(value), high=exact(value), end=end, unit_size=size)
