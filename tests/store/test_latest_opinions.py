"""The last opinion of each quake and outage, without reading all that was thought before."""

from pathlib import Path

import pytest

from hashquake.catalog.ledger import latest
from hashquake.core.opinion import Opinion, OpinionKind
from hashquake.datasets.bundled import BundledRecord
from hashquake.store.open_record import open_record


def opinion(name: str, revision: int, *, scope: str = "one", kind: OpinionKind) -> Opinion:
    document = {"onset": {"start_s": float(len(name)), "end_s": 9e9}, "revision": revision}
    return Opinion(kind=kind, scope=scope, name=name, revision=revision, document=document)


STORED = [
    opinion("a", 1, kind="outage"),
    opinion("b", 1, kind="outage"),
    opinion("a", 1, kind="quake"),
    opinion("a", 2, kind="outage"),
    opinion("a", 1, scope="two", kind="outage"),
    opinion("a", 3, kind="outage"),
    opinion("c", 1, kind="outage"),
    opinion("b", 2, kind="outage"),
    opinion("a", 2, kind="quake"),
]
"""In the order in which they were formed."""


@pytest.mark.parametrize("scope", [None, "one", "two", "three"])
@pytest.mark.parametrize("name", [None, "a", "b"])
@pytest.mark.parametrize("kind", ["outage", "quake"])
def test_the_last_of_each_is_read_in_order(
    kind: OpinionKind, name: str | None, scope: str | None, tmp_path: Path
) -> None:
    with open_record(tmp_path / "own.db", create=True) as record:
        record.add_opinions(STORED)
        every = record.opinions(kind, scope=scope, name=name)
        last = record.opinions(kind, scope=scope, name=name, latest_only=True)
    numbered = {(one.scope, one.name): at for at, one in enumerate(every)}
    assert last == tuple(every[at] for at in sorted(numbered.values()))


@pytest.mark.parametrize("kind", ["outage", "quake"])
def test_the_bundled_record_gives_the_last_of_each(kind: OpinionKind) -> None:
    record = BundledRecord()
    last = record.opinions(kind, latest_only=True)
    assert latest(last) == latest(record.opinions(kind))
    assert len({(one.scope, one.name) for one in last}) == len(last)
    if kind == "quake":
        assert len(last) < len(record.opinions(kind))
