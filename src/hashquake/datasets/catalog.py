"""The bundled catalog: what feeding the bundled blocks and readings to a record concludes.

Three files: opinions of quakes, one a line; opinions of outages and where they were searched for;
the state of the catalog's pipeline after the last block, so that a record that holds a copy goes
on from there. ``scripts/build_pages.py --catalog`` makes them, and a test forms them again.
"""

import json
import lzma
import zlib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from hashquake.core.opinion import OUTAGE_SCOPE, Opinion, Searched, Snapshot, quake_scope
from hashquake.core.record import Record
from hashquake.core.window import Window

FALSE_ALARMS_PER_YEAR = 1.0
"""Of the bundled catalog of quakes."""
QUAKES, OUTAGES, STATE = "catalog.json", "outages.json", "catalog_state.xz"
_KIND = "catalog"
_FOLDER = resources.files("hashquake.datasets")


@lru_cache(maxsize=1)
def bundled_quakes() -> tuple[Opinion, ...]:
    """Return every bundled opinion of a quake, in the order in which they were formed."""
    return tuple(
        Opinion(
            kind="quake",
            scope=quake_scope(one["false_alarms_per_year"]),
            name=one["id"],
            revision=one["revision"],
            document=one,
        )
        for one in json.loads((_FOLDER / QUAKES).read_text(encoding="utf-8"))
    )


@lru_cache(maxsize=1)
def bundled_outages() -> tuple[tuple[Opinion, ...], tuple[Searched, ...]]:
    """Return the bundled opinions of outages, and where they were searched for."""
    kept = json.loads((_FOLDER / OUTAGES).read_text(encoding="utf-8"))
    opinions = tuple(
        Opinion(
            kind="outage",
            scope=OUTAGE_SCOPE,
            name=one["id"],
            revision=one["revision"],
            document=one,
        )
        for one in kept["outages"]
    )
    searched = tuple(
        Searched(
            kind="outage",
            scope=OUTAGE_SCOPE,
            subject=one["subject"],
            window=Window(start_s=one["start_s"], end_s=one["end_s"]),
            detectors=one["detectors"],
        )
        for one in kept["searched"]
    )
    return opinions, searched


def bundled_snapshot(kind: str, scope: str) -> Snapshot | None:
    """Return the state of the catalog's pipeline after the last bundled block.

    Parameters
    ----------
    kind, scope : str
        Which kernel, for which catalog.

    Returns
    -------
    Snapshot or None
        None for any other kernel or catalog.
    """
    if (kind, scope) != (_KIND, quake_scope(FALSE_ALARMS_PER_YEAR)):
        return None
    head, _, state = lzma.decompress((_FOLDER / STATE).read_bytes()).partition(b"\n")
    about = json.loads(head)
    return Snapshot(
        kind=kind,
        scope=scope,
        version=about["version"],
        height=about["height"],
        state=zlib.compress(state, level=1),
    )


def pack_catalog(record: Record, folder: Path = Path(__file__).parent) -> None:
    """Write what a record concluded as the bundled catalog.

    Parameters
    ----------
    record : Record
        That was fed with what is bundled, and nothing else.
    folder : Path
        Where to.
    """
    scope = quake_scope(FALSE_ALARMS_PER_YEAR)
    quakes = [_line(one.document) for one in record.opinions("quake", scope=scope)]
    (folder / QUAKES).write_text(_list(quakes), encoding="utf-8")
    outages = [_line(one.document) for one in record.opinions("outage")]
    searched = [
        _line(
            {
                "subject": one.subject,
                "start_s": one.window.start_s,
                "end_s": one.window.end_s,
                "detectors": one.detectors,
            }
        )
        for one in record.searched("outage")
    ]
    text = f'{{"outages":{_list(outages)},"searched":{_list(searched)}}}\n'
    (folder / OUTAGES).write_text(text, encoding="utf-8")
    snapshot = record.snapshot(_KIND, scope)
    if snapshot is not None:
        head = _line({"version": snapshot.version, "height": snapshot.height}).encode()
        state = lzma.compress(head + b"\n" + zlib.decompress(snapshot.state), preset=9)
        (folder / STATE).write_bytes(state)


def _line(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _list(lines: list[str]) -> str:
    return "[\n" + ",\n".join(lines) + "\n]\n"
