"""A source that left the settings is not counted any more, unless another process may watch it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.observatory.live.test_several_sources import branches, node_of, tips
from tests.observatory.live.test_watcher import CHAIN, House, fails

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import SourceError
from hashquake.core.opinion import Change
from hashquake.core.source_status import CHAIN as CHAIN_NAME
from hashquake.core.source_status import SourceStatus
from hashquake.serve.wording.changes import change_line


@dataclass
class Lock:
    alone: bool

    def renew(self) -> None:
        """Do nothing."""


def refuses(_options: Any, _context: SourceContext) -> Iterator[Batch]:
    return fails(SourceError("the key is refused", code="node-auth"))


def sources(house: House) -> list[str]:
    with house.open() as observatory:
        return [one.source for one in observatory.status().sources]


@pytest.mark.parametrize("alone", [True, False])
def test_a_source_that_left_the_settings_leaves_the_status(tmp_path: Path, *, alone: bool) -> None:
    house = House(
        tmp_path / "record.db",
        {"node": node_of(CHAIN), "ioda": refuses},
        lock=Lock(alone=alone),
    )
    house.watch(lambda one: bool(one.states("ioda")) and bool(one.states("node")))
    assert sources(house) == ["ioda", "node"]
    del house.reads["ioda"]
    ticks = iter(range(20))
    house.watch(lambda _one: next(ticks, None) is None)
    assert sources(house) == (["node"] if alone else ["ioda", "node"])
    lines = [change_line(one) for one in house.said]
    assert sum("is not watched any more" in line for line in lines) == alone
    # Once is enough; and one that comes back is asked for the first time.
    ticks = iter(range(20))
    house.watch(lambda _one: next(ticks, None) is None)
    assert len(house.states("ioda")) == 1 + alone
    house.reads["ioda"] = refuses
    house.watch(lambda one: one.states("ioda")[-1][0] == "refused")
    assert sources(house) == ["ioda", "node"]


def test_what_is_stated_of_the_chain_is_of_no_source(tmp_path: Path) -> None:
    house = House(tmp_path / "record.db", {"node": node_of(CHAIN)}, lock=Lock(alone=True))
    with house.open() as observatory, observatory.record.writing() as inside:
        status = SourceStatus(source=CHAIN_NAME, state="stuck", since_s=house.time_s)
        change = Change(kind="source", subject=f"source:{CHAIN_NAME}", document=status.document())
        inside.add_changes([change])
    house.watch(lambda one: bool(one.states("node")))
    assert CHAIN_NAME in sources(house)


@pytest.mark.parametrize("alone", [True, False])
def test_a_branch_that_only_a_removed_source_followed_is_forgotten(
    tmp_path: Path, *, alone: bool
) -> None:
    left, right = branches()
    house = House(
        tmp_path / "record.db",
        {"node": node_of(left), "node:second": node_of(right)},
        gives_blocks=lambda _name: True,
        lock=Lock(alone=alone),
    )
    house.watch(lambda one: bool(tips(one)))
    (said,) = tips(house)
    del house.reads[said["tips"][0]["source"]]
    ticks = iter(range(20))
    house.watch(lambda _one: next(ticks, None) is None)
    assert [one["state"] for one in tips(house)] == (["apart", "together"] if alone else ["apart"])
