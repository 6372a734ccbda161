"""A checked text in a terminal: its words with the numbers marked, and a verdict under each."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from hashquake.core.claim import Verdict
from hashquake.core.hostile_text import visible_text
from hashquake.judge.check import Check
from hashquake.serve.check.gist import gist
from hashquake.serve.check.words import calculation_because, group_because
from hashquake.serve.format import prose
from hashquake.serve.report.claim_rows import call_word, claimed_words
from hashquake.serve.wording import verdict_because

STYLES = {
    "supported": "bold green",
    "contradicted": "bold red",
    "undecidable": "bold yellow",
    "unresolved": "bold",
}
_WIDEST_TEXT = 20_000


def print_check(check: Check, console: Console) -> None:
    """Print a checked text for people.

    Parameters
    ----------
    check : Check
        From `Observatory.check`.
    console : Console
        Where to.
    """
    console.print(Text(gist(check), style="bold"))
    if check.text and not check.text.lstrip().startswith("<"):
        console.print()
        console.print(Padding(_marked(check), (0, 0, 0, 2)))
    for number, verdict in enumerate(check.verdicts, 1):
        console.print()
        _print_claim(number, verdict, console)
        earlier = check.at_publication[number - 1] if check.at_publication else None
        if earlier is not None and earlier.call != verdict.call:
            then = (
                f"On the day of publication it was {call_word(earlier).lower()}: "
                f"{prose(verdict_because(earlier.reason))}"
            )
            console.print(Padding(Text(then, style="dim"), (0, 0, 0, 4)))
    if check.groups or check.calculations:
        console.print()
    for group in check.groups:
        numbers = ", ".join(str(at + 1) for at in group.claims)
        console.print(Text(f"Claims {numbers}: {prose(group_because(group, check.verdicts))}"))
    for one in check.calculations:
        numbers = ", ".join(str(at + 1) for at in one.claims)
        console.print(Text(f"Arithmetic of {numbers}: {prose(calculation_because(one))}"))
    for question in check.questions:
        console.print(
            Text(
                f"To be asked: {visible_text(question.text, limit=300, sentences=True)}",
                style="bold",
            )
        )


def _marked(check: Check) -> Text:
    """Return the text with each claim's figure in the colour of its verdict, and its number."""
    shown = Text()
    at = 0
    numbered = [
        (verdict.about.figure_span, number, verdict)
        for number, verdict in enumerate(check.verdicts, 1)
        if verdict.about.figure_span is not None
    ]
    for span, number, verdict in sorted(numbered, key=lambda one: one[:2]):
        if span[0] < at or span[1] > _WIDEST_TEXT:
            continue
        shown.append(_safe(check.text[at : span[0]]))
        shown.append(_safe(check.text[span[0] : span[1]]), style=STYLES[verdict.call])
        shown.append(f"[{number}]", style="dim")
        at = span[1]
    shown.append(_safe(check.text[at:_WIDEST_TEXT]))
    return shown


def _safe(text: str) -> str:
    return "\n".join(
        visible_text(line, limit=_WIDEST_TEXT, sentences=True) for line in text.split("\n")
    )


def _print_claim(number: int, verdict: Verdict, console: Console) -> None:
    claim = verdict.about
    head = Text(f"{number:>3} ")
    head.append(call_word(verdict), style=STYLES[verdict.call])
    head.append(f"  {claimed_words(claim)}")
    if verdict.probability is not None:
        head.append(f"  (probability {verdict.probability:.2f})", style="dim")
    console.print(head)
    said = visible_text(claim.text, limit=300, sentences=True)
    speaker = (
        f" \u2014 {visible_text(claim.speaker, limit=80, sentences=True)}" if claim.speaker else ""
    )
    console.print(Padding(Text(f"\u201c{said}\u201d{speaker}", style="italic"), (0, 0, 0, 4)))
    console.print(Padding(Text(prose(verdict_because(verdict.reason))), (0, 0, 0, 4)))
