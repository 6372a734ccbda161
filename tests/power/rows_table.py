"""Write what the slow tests measured into the page on calibration.

Usage: python -m tests.power.rows_table (the last step of `make test-slow`).
"""

import json
from pathlib import Path
from typing import Any

from tests.power.all_rows import ROWS
from tests.power.row import Row

from hashquake.detect import shiryaev_roberts
from hashquake.detect.thresholds import threshold_for

ROOT = Path(__file__).parents[2]
FRESH = ROOT / "out" / "calibration"
"""Where the tests leave what they measured, a file a row."""
ROWS_JSON = ROOT / "docs" / "theory" / "calibration_rows.json"
PAGE = ROOT / "docs" / "theory" / "calibration.md"
_BEGIN, _END = "<!-- rows -->\n", "<!-- end of rows -->\n"
_AS_MEASURED = ("advertised", "low", "high", "value", "error", "n", "made_by")


def fields_of(row: Row) -> dict[str, Any]:
    """Return what the table shows of a row compared with what was measured."""
    names = ("key", "section", "situation", "unit", "advertised", "before", "low", "high", "missed")
    return {name: getattr(row, name) for name in names}


def made_by() -> str:
    """Name the detector that is measured, with its thresholds at 12, 1 and 0.1 a year."""
    card = shiryaev_roberts.CARD
    levels = (threshold_for(card, false_alarms_per_year=rate) for rate in (12.0, 1.0, 0.1))
    shown = ", ".join(f"{level:.2f}" for level in levels)
    return f"{card.name}/{card.version} at ln S {shown}"


def read_rows() -> list[dict[str, Any]]:
    """Read the rows as they were last measured; ``value`` is None where that was never done."""
    rows: list[dict[str, Any]] = json.loads(ROWS_JSON.read_text(encoding="utf-8"))
    return rows


def is_met(row: dict[str, Any]) -> bool:
    """Tell whether a measured figure lies within its bound."""
    return bool(row["low"] <= row["value"] <= row["high"])


def page_with(text: str, rows: list[dict[str, Any]]) -> str:
    """Return the page's text with the table made again."""
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    return before + _BEGIN + _tables(rows) + _END + after


def _tables(rows: list[dict[str, Any]]) -> str:
    lines = [_summary(rows)]
    for section in dict.fromkeys(row["section"] for row in rows):
        lines += [
            "",
            f"### {section}",
            "",
            "| situation | advertised | fixed drift | now | should be | |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(row) for row in rows if row["section"] == section]
    return "\n".join([*lines, ""]) + "\n"


def _summary(rows: list[dict[str, Any]]) -> str:
    measured = [row for row in rows if row["value"] is not None]
    met = sum(is_met(row) for row in measured)
    text = f"{met} of {len(measured)} figures lie within their bounds"
    makers = sorted({row["made_by"] for row in measured})
    by = f", measured with {'; '.join(makers)}" if makers else ""
    left = len(rows) - len(measured)
    return f"{text}{by}." + (f" {left} were not measured yet." if left else "")


def _line(row: dict[str, Any]) -> str:
    unit = row["unit"]
    now, outcome = "", "not measured yet"
    if row["value"] is not None:
        now = f"{_number(row['value'])} ± {row['error']:.2g} ({row['n']:,})"
        outcome = "met" if is_met(row) else f"**missed**: {row['missed']}"
    cells = (
        row["situation"],
        "" if row["advertised"] is None else f"{_number(row['advertised'])} {unit}",
        "" if row["before"] is None else _number(row["before"]),
        now,
        _bound(row),
        outcome,
    )
    return "| " + " | ".join(cells) + " |"


def _bound(row: dict[str, Any]) -> str:
    low, high = _number(row["low"]), _number(row["high"])
    if row["low"] == row["high"]:
        return low
    if row["low"] == 0.0:
        return f"at most {high}"
    if row["unit"] == "%" and row["high"] == 100.0:
        return f"at least {low}"
    return f"{low} to {high}"


def _number(value: float) -> str:
    """Return a figure with three digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main() -> None:
    """Take over what was measured, and write the table."""
    former = read_rows() if ROWS_JSON.exists() else []
    kept = {row["key"]: row for row in former if row["value"] is not None}
    for path in sorted(FRESH.glob("*.json")):
        fresh = json.loads(path.read_text(encoding="utf-8"))
        kept[fresh["key"]] = fresh
    rows = []
    for row in ROWS:
        empty = dict.fromkeys(("value", "error", "n", "made_by"))
        # What is advertised may have changed since: a figure stands next to what was said then.
        own = {name: kept[row.key][name] for name in _AS_MEASURED} if row.key in kept else {}
        rows.append(fields_of(row) | empty | own)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    ROWS_JSON.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")


if __name__ == "__main__":
    main()
