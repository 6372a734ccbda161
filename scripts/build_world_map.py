"""Make the outlines of countries that the page draws, from Natural Earth's.

Natural Earth is in the public domain; the npm package `world-atlas` 2.0.2 holds it as TopoJSON.

    npm install --ignore-scripts world-atlas@2.0.2
    python scripts/build_world_map.py node_modules/world-atlas/countries-110m.json
"""

import json
import sys
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from hashquake.core.country import parse_country
from hashquake.core.errors import FormatError

OUT = Path(__file__).parents[1] / "src" / "hashquake" / "serve" / "page" / "world.json"
WIDTH = 1000.0
HIGHEST_DEG, LOWEST_DEG = 84.0, -57.0
# Names of Natural Earth that are cut short, and places that its map shows apart.
NAMES = {
    "Bosnia and Herz.": "BA",
    "Central African Rep.": "CF",
    "Dem. Rep. Congo": "CD",
    "Dominican Rep.": "DO",
    "Eq. Guinea": "GQ",
    "Falkland Is.": "FK",
    "Fr. S. Antarctic Lands": "TF",
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "S. Sudan": "SS",
    "Solomon Is.": "SB",
    "Somaliland": "SO",
    "W. Sahara": "EH",
    "eSwatini": "SZ",
}
LEFT_OUT = ("Antarctica",)
Point = tuple[float, float]


def main(path: Path) -> None:
    """Write the outlines.

    Parameters
    ----------
    path : Path
        Of ``countries-110m.json``.
    """
    atlas = json.loads(path.read_text(encoding="utf-8"))
    arcs = [unpacked(arc, atlas["transform"]) for arc in atlas["arcs"]]
    outlines: dict[str, str] = {}
    for one in atlas["objects"]["countries"]["geometries"]:
        name = one["properties"]["name"]
        if name in LEFT_OUT:
            continue
        country = NAMES.get(name) or letters(name)
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        drawn = "".join(ring_path(ring, arcs) for polygon in polygons for ring in polygon)
        outlines[country] = outlines.get(country, "") + drawn
    height = projected((0.0, LOWEST_DEG))[1]
    made = {"width": WIDTH, "height": round(height), "countries": dict(sorted(outlines.items()))}
    OUT.write_text(json.dumps(made, indent=0) + "\n", encoding="utf-8")


def letters(name: str) -> str:
    """Return the two letters of a country.

    Parameters
    ----------
    name : str
        As Natural Earth has it.
    """
    try:
        return parse_country(name)
    except FormatError:
        raise SystemExit(f"add {name} to NAMES") from None


def unpacked(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """Return an arc of a TopoJSON file in degrees.

    Parameters
    ----------
    arc : list of [int, int]
        Steps from point to point.
    transform : dict
        ``scale`` and ``translate`` of the file.
    """
    (scale_x, scale_y), (at_x, at_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + at_x, y * scale_y + at_y))
    return points


def ring_path(ring: list[int], arcs: list[list[Point]]) -> str:
    """Return a ring as a path of SVG.

    Parameters
    ----------
    ring : list of int
        Numbers of arcs; a negative one is walked backwards.
    arcs : list of list of points
        In degrees.
    """
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[bool(points) :]
    shown = [projected(point) for point in unwrapped(points)]
    texts = list(dict.fromkeys(f"{x:.1f} {y:.1f}" for x, y in shown))
    return f"M{'L'.join(texts)}Z" if len(texts) > 2 else ""


def unwrapped(points: list[Point]) -> list[Point]:
    """Let a ring that crosses the 180th meridian go on beyond it.

    Parameters
    ----------
    points : list of points
        In degrees.
    """
    east = [x % 360.0 for x, _ in points]
    crosses = any(abs(a[0] - b[0]) > 180.0 for a, b in pairwise(points))
    return [(x, y) for x, (_, y) in zip(east, points, strict=True)] if crosses else points


def projected(point: Point) -> Point:
    """Place a point on the map: Winkel's first projection, in which areas are nearly right.

    Parameters
    ----------
    point : tuple of (float, float)
        Longitude and latitude, degrees.
    """
    longitude, latitude = point
    latitude = min(max(latitude, LOWEST_DEG), HIGHEST_DEG)
    wide = (1.0 + cos(radians(latitude))) / 2.0
    scale = WIDTH / 360.0
    x = WIDTH / 2 + longitude * wide * scale
    y = (HIGHEST_DEG - latitude) * scale
    return x, y


if __name__ == "__main__":
    main(Path(sys.argv[1]))
