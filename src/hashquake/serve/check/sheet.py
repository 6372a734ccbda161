"""A checked text as a fact sheet: one HTML file that needs nothing but itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from hashquake import __version__
from hashquake.core.claim import Verdict
from hashquake.core.hostile_text import visible_text
from hashquake.judge.check import Check
from hashquake.serve.check.gist import gist
from hashquake.serve.check.words import calculation_because, group_because
from hashquake.serve.format import prose
from hashquake.serve.format_times import date, window_text
from hashquake.serve.language import message, spoken, translate
from hashquake.serve.own_markup import own_markup
from hashquake.serve.report.claim_rows import call_word, claimed_words, measured_words
from hashquake.serve.spoken_templates import speak
from hashquake.serve.wording import verdict_because

_PARTS = (
    (message("What can be said"), lambda one: one.call == "supported"),
    (message("Corrections"), lambda one: one.call == "contradicted"),
    (message("What cannot be said"), lambda one: one.call in ("undecidable", "unresolved")),
)
_LONGEST_TEXT = 60_000
_LONGEST_REASON = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words of the text, those of a claim with its number and verdict.

    Parameters
    ----------
    text : str
        As published.
    number : int
        Of the claim, from 1; 0 for words between claims.
    call : str
        Of its verdict; empty between claims.
    """

    text: str
    number: int = 0
    call: str = ""


def render_sheet(checks: Sequence[Check], *, made_at: float | None) -> str:
    """Render one or more checked texts.

    Parameters
    ----------
    checks : sequence of Check
        From `Observatory.check`; their words are hostile and are escaped.
    made_at : float or None
        For the foot of the page, UTC Unix seconds; None leaves it out.
    """
    css = _text("hashquake.serve.report", "report.css") + _text(
        "hashquake.serve.check", "sheet.css"
    )
    return _template().render(
        css=own_markup(css),
        texts=[_shown(at, check) for at, check in enumerate(checks)],
        dated=_dated(checks[0]),
        made_at=None if made_at is None else date(made_at),
        language=spoken(),
        version=__version__,
    )


def _shown(at: int, check: Check) -> dict[str, Any]:
    rows = [_row(check, number) for number in range(len(check.verdicts))]
    notes = [
        *(
            translate(
                "Claims {numbers}: {because}",
                numbers=_numbers(one.claims),
                because=group_because(one, check.verdicts),
            )
            for one in check.groups
        ),
        *(
            translate(
                "Claims {numbers}: {because}",
                numbers=_numbers(one.claims),
                because=calculation_because(one),
            )
            for one in check.calculations
        ),
    ]
    return {
        "at": at,
        "gist": gist(check),
        "pieces": _pieces(check),
        "parts": [
            {
                "title": translate(title),
                "rows": [
                    row for row, one in zip(rows, check.verdicts, strict=True) if belongs(one)
                ],
            }
            for title, belongs in _PARTS
        ],
        "notes": [prose(one) for one in notes],
        "questions": [prose(one.text) for one in check.questions],
    }


def _row(check: Check, at: int) -> dict[str, Any]:
    verdict = check.verdicts[at]
    earlier = check.at_publication[at] if check.at_publication else None
    claim = verdict.about
    return {
        "number": at + 1,
        "call": verdict.call,
        "call_word": call_word(verdict),
        "claimed": claimed_words(claim),
        "measured": measured_words(verdict),
        "words": prose(claim.text),
        "speaker": prose(claim.speaker),
        "when": window_text(claim.window) if claim.window else "",
        "because": prose(verdict_because(verdict.reason), limit=_LONGEST_REASON),
        "then": _then(verdict, earlier),
    }


def _then(verdict: Verdict, earlier: Verdict | None) -> str:
    if earlier is None or (earlier.call, earlier.measured) == (verdict.call, verdict.measured):
        return ""
    because = prose(verdict_because(earlier.reason), limit=_LONGEST_REASON)
    return f"{call_word(earlier).lower()}. {because}"


def _numbers(claims: Sequence[int]) -> str:
    return ", ".join(str(at + 1) for at in claims)


def _pieces(check: Check) -> list[Piece]:
    """Return the text cut at its figures; nothing for HTML and for claims without a text."""
    if not check.text.strip() or check.text.lstrip().startswith("<"):
        return []
    pieces: list[Piece] = []
    at = len(check.text) - len(check.text.lstrip())
    numbered = [
        (verdict.about.figure_span, number, verdict)
        for number, verdict in enumerate(check.verdicts, 1)
        if verdict.about.figure_span is not None
    ]
    numbered.sort(key=lambda one: one[:2])
    for span, number, verdict in numbered:
        if span[0] < at or span[1] > _LONGEST_TEXT:
            continue
        pieces.append(Piece(text=_lines(check.text[at : span[0]])))
        words = _lines(check.text[span[0] : span[1]])
        pieces.append(Piece(text=words, number=number, call=verdict.call))
        at = span[1]
    pieces.append(Piece(text=_lines(check.text[at:_LONGEST_TEXT].rstrip())))
    return pieces


def _lines(text: str) -> str:
    return "\n".join(
        visible_text(line, limit=_LONGEST_TEXT, sentences=True) for line in text.split("\n")
    )


def _dated(check: Check) -> str:
    published = (
        translate("The day of publication is not known")
        if check.published_s is None
        else translate("Published {date}", date=date(check.published_s))
    )
    return translate(
        "{published}; judged by what was known on {date}.",
        published=published,
        date=date(check.known_s),
    )


def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(lambda name: _text("hashquake.serve.check", name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        lstrip_blocks=False,
    )
    speak(environment)
    return environment.get_template("sheet.html.j2")
