"""The terminal: lines that wrap between words, never inside a number, and keep their indent."""

import re
import sys
from collections.abc import Iterable
from typing import IO, Any, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from hashquake.serve.cli.encodable import encodable_text

_NBSP = "\N{NO-BREAK SPACE}"
# rich takes a no-break space for a space and breaks the line there; a sign that is not one of the
# spaces stands for it until the line is written.
_KEPT = "\ue000"
_LEAD = re.compile(r" *(?:- |[^ ]+(?: [^ ]+)* {2,})?")
"""An indent, a bullet, or a name and the gap before its value."""
_LEAST_WIDTH = 30


class Terminal(Console):
    """A console whose lines break at spaces alone, and go on below where their text begins."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file=cast("IO[str]", _Written(sys.stdout)), **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text in which no-break spaces hold words together.

        Parameters
        ----------
        text : str
            Text with Rich's markup.
        options : object
            Those of ``rich.console.Console.render_str``.
        """
        parts = text.split(_NBSP)
        if not self.encoding.startswith("utf"):
            # Before the layout: a sign may become several, which would shift the columns behind.
            parts = [encodable_text(part, self.encoding) for part in parts]
        return super().render_str(_KEPT.join(parts), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render something; a text that was not made from a string keeps its numbers whole, too.

        Parameters
        ----------
        renderable : object
            What to render.
        options : rich.console.ConsoleOptions or None
            Those of ``rich.console.Console.render``.
        """
        if isinstance(renderable, Text) and _NBSP in renderable.plain:
            renderable = renderable.copy()
            renderable.plain = renderable.plain.replace(_NBSP, _KEPT)
        return super().render(renderable, options)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; a single line of text hangs by its indent, its bullet or its name.

        Parameters
        ----------
        objects : object
            What to print.
        options : object
            Those of ``rich.console.Console.print``.
        """
        if len(objects) == 1 and isinstance(objects[0], str) and not options.get("soft_wrap"):
            text = self.render_str(objects[0], markup=options.pop("markup", None))
            objects = (self._hanging(text),)
        super().print(*objects, **options)

    def _hanging(self, text: Text) -> Text:
        lead = _LEAD.match(text.plain)
        indent = 0 if lead is None else lead.end()
        if "\n" in text.plain or not 0 < indent <= self.width - _LEAST_WIDTH:
            return text
        lines = text[indent:].wrap(self, self.width - indent)
        begun = [text[:indent], *(Text(" " * indent) for _ in lines[1:])]
        return Text("\n").join(
            Text.assemble(before, line) for before, line in zip(begun, lines, strict=False)
        )


class _Written:
    """Writes no-break spaces where signs stand for them."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write to the file behind."""
        written: int = self._file.write(text.replace(_KEPT, _NBSP))
        return written

    def __getattr__(self, name: str) -> Any:
        """Leave all else to the file behind."""
        return getattr(self._file, name)
