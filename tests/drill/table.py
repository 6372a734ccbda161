"""What the drill asked for and what was seen: a row for each, and the table of them."""

import json
import traceback
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.table import Table

_COLUMNS = ("scene", "asked", "seen", "bound", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing asked for.

    Parameters
    ----------
    scene, asked, seen, bound : str
        For people.
    good : bool
        Whether what was seen is within the bound.
    """

    scene: str
    asked: str
    seen: str
    bound: str
    good: bool

    @property
    def verdict(self) -> str:
        """In a word."""
        return "met" if self.good else "MISSED"


@dataclass(slots=True)
class Findings:
    """The rows of one scene, as they come.

    Used by `with`, it takes an error that ends the scene as a row of its own: what was found before
    it stays, and the other scenes are played.
    """

    scene: str
    rows: list[Row] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin the scene."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        """Note an error; an interrupt goes on its way."""
        if not isinstance(error, Exception):
            return False
        traceback.print_exception(error)
        self.add("the scene to its end", f"{type(error).__name__}: {error}"[:200], "", good=False)
        return True

    def add(self, asked: str, seen: str, bound: str, *, good: bool) -> None:
        """Note what was seen."""
        row = Row(scene=self.scene, asked=asked, seen=seen, bound=bound, good=good)
        self.rows.append(row)

    def within(self, asked: str, minutes: float | None, most_minutes: float) -> None:
        """Note how many simulated minutes something took; None is that it never came."""
        self.add(
            asked,
            "never" if minutes is None else f"{minutes:.0f} min",
            f"at most {most_minutes:.0f} min",
            good=minutes is not None and minutes <= most_minutes,
        )


def show(rows: Iterable[Row], console: Console) -> None:
    """Print the table."""
    table = Table(*_COLUMNS, title="The drill")
    for row in rows:
        table.add_row(*(str(getattr(row, name)) for name in _COLUMNS))
    console.print(table)


def keep(rows: Iterable[Row], folder: Path) -> None:
    """Write the table for people and for programs."""
    rows = tuple(rows)
    lines = [" | ".join(_COLUMNS), " | ".join("---" for _ in _COLUMNS)]
    lines += [" | ".join(str(getattr(row, name)) for name in _COLUMNS) for row in rows]
    (folder / "table.md").write_text("".join(f"| {line} |\n" for line in lines), encoding="utf-8")
    found = [asdict(row) | {"verdict": row.verdict} for row in rows]
    (folder / "table.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
