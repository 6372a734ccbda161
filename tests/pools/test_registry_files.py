"""The files of the registry: complete, sorted, settled, and joined to the bundled record."""

import re
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
from tests.core.address_oracle import script_of_address

from hashquake.datasets.bundled import bundled_blocks
from hashquake.pools.pool_file import read_pool
from hashquake.pools.registry import bundled

FILES = sorted((files("hashquake.pools") / "data").iterdir(), key=lambda entry: entry.name)


def test_only_pool_files_lie_here() -> None:
    assert all(entry.name.endswith(".toml") for entry in FILES)
    assert len(FILES) == len(bundled().pools)


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry.name)
def test_file(entry: Traversable) -> None:
    content = entry.read_bytes()
    pool = read_pool(entry.name, content)
    assert entry.name == f"{pool.slug}.toml"
    for rows in (pool.tags, pool.addresses):
        texts = [row.text for row in rows]
        assert texts == sorted(texts)
        assert all(row.lists for row in rows)
    assert pool.tags or pool.addresses or pool.note
    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert re.match("https?://", pool.link) or not pool.link
    dated = [row for row in (*pool.tags, *pool.addresses) if row.valid_from_s or row.valid_to_s]
    assert pool.dates_source or not dated
    assert list(tomllib.loads(content.decode()))[:2] == ["slug", "name"]


def test_the_size_is_what_the_sources_page_says() -> None:
    pools = bundled().pools
    listed = [pool for pool in pools if pool.listed_as]
    assert (len(pools), len(listed)) == (176, 173)
    assert len({tag.text for pool in pools for tag in pool.tags}) == 214
    assert len({address.text for pool in pools for address in pool.addresses}) == 243


def test_every_claim_of_two_pools_is_settled() -> None:
    assert len(bundled().conflicts) == 6
    assert all(conflict.resolved_to for conflict in bundled().conflicts)


def test_nine_addresses_have_two_names() -> None:
    names: dict[str, dict[str, set[str]]] = {}
    for pool in bundled().pools:
        for address in pool.addresses:
            for who, listed in pool.listed_as:
                if who in address.lists:
                    spelt = {re.sub("[^a-z0-9]", "", name.lower()) for name in listed}
                    names.setdefault(address.text, {}).setdefault(who, set()).update(spelt)
    differing = [
        text for text, by_list in names.items() if len(by_list) == 2 and _disjoint(by_list)
    ]
    assert len(differing) == 9


def _disjoint(by_list: dict[str, set[str]]) -> bool:
    one, other = by_list.values()
    return one.isdisjoint(other)


@pytest.mark.parametrize(
    "address", [item.text for pool in bundled().pools for item in pool.addresses]
)
def test_address_has_a_good_checksum(address: str) -> None:
    assert script_of_address(address)


def test_every_pool_of_the_bundled_record_has_a_file() -> None:
    known = {pool.slug for pool in bundled().pools}
    assert {*bundled_blocks().pool_names} - known == {"unknown"}
