"""The page that holds scenarios of past events against what happened."""

from collections.abc import Sequence
from typing import Any

from hashquake.core.columns import BlockColumns
from hashquake.plugins import list_plugins, load_plugin
from hashquake.serve.format import percent
from hashquake.serve.pages.markdown import bullets, page, table
from hashquake.serve.shapes import interval_shape

SEED = 20_220_105
PATHS = 20_000
_ROOM = "forward.scenarios"


def scenario_rows(blocks: BlockColumns) -> tuple[list[dict[str, Any]], str]:
    """Run every scenario that retells an event and compare what it predicted with what came.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of a record that covers the events.

    Returns
    -------
    list of dict, and str
        Rows for a table or JSON, and what they are.
    """
    from hashquake.judge.scenario_backtest import backtest_scenarios

    retold = [info.name for info in list_plugins(_ROOM) if info.card["event"]]
    scenarios = [load_plugin(_ROOM, name).build() for name in retold]
    rows = [
        {
            "scenario": outcome.scenario,
            "quantity": outcome.quantity,
            "happened": outcome.happened,
            "foretold": interval_shape(outcome.foretold),
            "quiet": interval_shape(outcome.quiet),
            "inside": outcome.inside,
            "rank": outcome.rank,
            "seed": SEED,
        }
        for outcome in backtest_scenarios(blocks, scenarios, paths=PATHS, seed=SEED)
    ]
    inside = sum(bool(row["inside"]) for row in rows)
    return rows, (
        f"Scenarios of past events, {PATHS:,} futures each, seed {SEED}: "
        f"{inside} of {len(rows)} numbers inside the 90 % intervals."
    )


def scenario_page(rows: Sequence[dict[str, Any]], title: str) -> str:
    """Write the page of the scenarios' back-test.

    Parameters
    ----------
    rows : sequence of dict
        One an outcome of a scenario: what was foretold, and what came.
    title : str
        What was run, as a sentence.
    """
    cards = [info.card for info in list_plugins(_ROOM)]
    listed = bullets(f"`{card['name'].replace('_', '-')}`: {card['title']}" for card in cards)
    headings = ("scenario", "what", "happened", "foretold [90 %]", "had nothing happened", "inside")
    return page(
        "# How scenarios of past events did",
        title,
        "Each is run from the start of its epoch with the shares that were published then, and "
        "with the drift, the growth and the doubt about the level that the record shows in other "
        "years. "
        "A scenario is an assumption, not a forecast: it is right to miss where its assumption was "
        "wrong, and the table says where.",
        table(headings, [_row(row) for row in rows]),
        "The scenarios were written after the events. Their shares are those published at the "
        "time, but their forms and the doubt in them are a choice of hindsight, so that a number "
        "inside proves nothing; one outside is a lesson.",
        "What the misses teach. The ban of 2021 was not linear: in the eight days before it "
        "blocks already came 14 % slower than the difficulty asked, and hash rate fell fastest in "
        "the last ten days of June. The map's share "
        "of Kazakhstan with most of its machines cut off foretells fewer blocks than came: what "
        "the blocks say of January 2022 is a smaller loss, which the "
        "[event's page](events/kazakhstan-2022.md) sizes without any map.",
        "## Bundled scenarios",
        listed,
        "[Ask a what-if](how-to/ask_what_if.md) runs them, "
        "[write a scenario](how-to/write_a_scenario.md) makes your own, and "
        "[the theory](theory/scenarios.md) says what they cannot see. Made by "
        "`hashquake backtest scenarios`.",
        "`python scripts/build_pages.py` makes this page again.",
    )


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    ratio = row["quantity"].startswith("retarget")
    what = row["quantity"].replace("retarget_", "difficulty, retarget ")
    return (
        row["scenario"],
        what,
        _number(row["happened"], ratio=ratio),
        _interval(row["foretold"], ratio=ratio),
        _interval(row["quiet"], ratio=ratio),
        "yes" if row["inside"] else "**no**",
    )


def _interval(shape: dict[str, float], *, ratio: bool) -> str:
    low, middle, high = (_number(shape[key], ratio=ratio) for key in ("low", "median", "high"))
    return f"{middle} [{low}, {high}]"


def _number(value: float, *, ratio: bool) -> str:
    return percent(value - 1, digits=1, signed=True) if ratio else f"{value:,.0f}"
