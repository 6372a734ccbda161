"""The mining map as a page or a picture of its own."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from hashquake.core.mining_map import PublishedShare
from hashquake.explain.mining_table import MapTable
from hashquake.serve import format as written
from hashquake.serve.drawing.picture import standalone
from hashquake.serve.format_times import date
from hashquake.serve.geography.chart import map_charts, map_sizes
from hashquake.serve.geography.numbers import (
    megawatts_interval,
    months,
    rate_text,
    share_text,
)
from hashquake.serve.geography.terminal import published_lines, with_names
from hashquake.serve.own_markup import own_markup


def map_svg(table: MapTable, names: Mapping[str, str]) -> str:
    """Return the wide drawing as an SVG file.

    Parameters
    ----------
    table : MapTable
        The map.
    names : mapping of str to str
        Names of countries by their codes.
    """
    return standalone(map_charts(table, names)[0], map_sizes(table)[0])


def map_html(table: MapTable, names: Mapping[str, str], published: Sequence[PublishedShare]) -> str:
    """Return one HTML file: the drawing, the table and what to know before using it.

    Parameters
    ----------
    table : MapTable
        The map.
    names : mapping of str to str
        Names of countries by their codes.
    published : sequence of PublishedShare
        Single shares that somebody published, for comparison.
    """
    return _template().render(
        charts=[own_markup(svg) for svg in map_charts(table, names)],
        table=table,
        names=names,
        published=published_lines(published, names),
        months=months(table.law.windows),
        date=date,
        percent=lambda share: written.percent(share, digits=1),
        rate=rate_text,
        megawatts=megawatts_interval,
        share=share_text,
        prose=written.prose,
        caveats=[with_names(caveat, table) for caveat in table.caveats],
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    path = resources.files("hashquake.serve.geography") / "map.html.j2"
    return environment.from_string(path.read_text(encoding="utf-8"))
