"""The ledger of checked claims in a terminal."""

from collections.abc import Sequence
from itertools import pairwise

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hashquake.core.hostile_text import visible_text
from hashquake.core.times import format_time
from hashquake.observatory.claim_ledger import CheckedClaim
from hashquake.serve.check.terminal import STYLES
from hashquake.serve.format import prose
from hashquake.serve.report.claim_rows import call_word, claimed_words
from hashquake.serve.wording import verdict_because

_WIDE = 100


def ledger_table(kept: Sequence[CheckedClaim], *, width: int) -> Table:
    """Return the claims as a table, each with its last verdict.

    Parameters
    ----------
    kept : sequence of CheckedClaim
        From `Observatory.claim_ledger`, oldest first.
    width : int
        Of the terminal, characters.
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("claim", style="bold", no_wrap=True)
    table.add_column("checked", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("what")
    if width >= _WIDE:
        table.add_column("words")
    for one in {each.name: each for each in kept}.values():
        verdict = one.verdict
        cells: list[str | Text] = [
            one.name,
            format_time(one.checked_s)[:10],
            Text(call_word(verdict), style=STYLES[verdict.call]),
            claimed_words(verdict.about),
        ]
        if width >= _WIDE:
            cells.append(visible_text(verdict.about.text, limit=60, sentences=True))
        table.add_row(*cells)
    return table


def print_claim(revisions: Sequence[CheckedClaim], console: Console) -> None:
    """Print a claim with every verdict on it.

    Parameters
    ----------
    revisions : sequence of CheckedClaim
        Of one claim, oldest first.
    console : Console
        Where to.
    """
    claim = revisions[-1].verdict.about
    console.print(Text(f"{revisions[-1].name}  {claimed_words(claim)}", style="bold"))
    speaker = (
        f" \u2014 {visible_text(claim.speaker, limit=80, sentences=True)}" if claim.speaker else ""
    )
    said = Text(
        f"\u201c{visible_text(claim.text, limit=400, sentences=True)}\u201d{speaker}",
        style="italic",
    )
    console.print(Padding(said, (0, 0, 0, 2)))
    for one in revisions:
        head = Text(f"{format_time(one.checked_s)[:16]}  ")
        head.append(call_word(one.verdict), style=STYLES[one.verdict.call])
        console.print(head)
        console.print(Padding(Text(prose(verdict_because(one.verdict.reason))), (0, 0, 0, 2)))
    if any(one.verdict.call != other.verdict.call for one, other in pairwise(revisions)):
        console.print(Text("The verdict has changed as more became known.", style="dim"))
