"""Markdown, as far as the pages need it."""

from collections.abc import Iterable, Sequence


def page(*parts: str) -> str:
    """Join the parts of a page, leaving out empty ones.

    Parameters
    ----------
    parts : str
        Headings, paragraphs, tables and lists.
    """
    return "\n\n".join(part for part in parts if part) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out as a table.

    Parameters
    ----------
    headings : sequence of str
        One a column.
    rows : iterable of sequence of str
        As many cells as there are headings.
    """
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """Lay items out as a list.

    Parameters
    ----------
    items : iterable of str
        One line each.
    """
    return "\n".join(f"* {item}" for item in items)
