"""``hashquake backtest outages``: the measured table, or trials made while you wait."""

from typing import TYPE_CHECKING

from hashquake.core.contracts import Progress
from hashquake.core.errors import UsageError
from hashquake.serve.cli.output import console, print_json
from hashquake.serve.cli.progress import ProgressLine

if TYPE_CHECKING:
    from hashquake.judge.outage_backtest import OutageScores


def backtest_outages(*, country_years: int | None, seed: int | None, as_json: bool) -> None:
    """Print the scores of outage detection.

    Parameters
    ----------
    country_years, seed : int or None
        Trials to run now, and their seed; both None prints what is bundled.
    as_json : bool
        One JSON document.

    Raises
    ------
    UsageError
        ``country-years`` when none are asked for, or the seed is negative.
    """
    scores = _scores(country_years, seed)
    from hashquake.serve.outages.scores import score_rows

    if as_json:
        print_json(score_rows(scores))
        return
    _print(scores)


def _scores(country_years: int | None, seed: int | None) -> "OutageScores":
    from hashquake.judge.outage_table import measured_scores

    if country_years is None and seed is None:
        return measured_scores()
    n = 10 if country_years is None else country_years
    chosen = measured_scores().seed if seed is None else seed
    if n < 1 or chosen < 0:
        raise UsageError(
            f"{n} country-years with the seed {chosen} cannot be simulated",
            code="country-years",
            hint="ask for one or more, and for a seed of 0 or more",
        )
    import numpy as np

    from hashquake.judge.outage_backtest import score
    from hashquake.judge.outage_trials import run_country_year
    from hashquake.observatory.cards import installed_detectors

    detectors = installed_detectors()
    trials = []
    with ProgressLine() as line:
        for index in range(n):
            trials.append(run_country_year(chosen, index, detectors))
            line.show(Progress(done=index + 1, total=n, unit="country-years"))
    return score(trials, seed=chosen, rng=np.random.default_rng(chosen))


def _print(scores: "OutageScores") -> None:
    from rich.table import Table

    from hashquake.core.outage import OUTAGE_CLASSES
    from hashquake.serve.outages import scores as text

    def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
        made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for at, heading in enumerate(headings):
            # Words may wrap; of numbers nothing is ever cut.
            made.add_column(heading, justify="right" if at else "left", overflow="fold")
        for row in rows:
            made.add_row(*row)
        return made

    out = console()
    out.print(f"{text.title(scores)}\n")
    out.print(table(("", "measured", "counted", "asked"), list(text.score_cells(scores))))
    out.print(f"\n{text.onset_width(scores)}")
    out.print("\nWhat it was, and which class was the most probable:\n")
    names = tuple(text.plain(name) for name in OUTAGE_CLASSES)
    out.print(table(("", *names, "right"), text.confusion_cells(scores.classes)))
    out.print("\nHow probable the most probable class was, and how often it was right:\n")
    out.print(table(("predicted", "observed", "of"), list(text.reliability_cells(scores.classes))))
