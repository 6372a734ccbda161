"""A registry lists its conflicts, takes directories on top, and refuses what does not fit."""

from pathlib import Path

import pytest

from hashquake.core.errors import FormatError
from hashquake.pools.entry import Address, Pool, Tag
from hashquake.pools.identify import identify
from hashquake.pools.registry import Registry, RegistryConflict, bundled


def pool(slug: str, *entries: Tag | Address) -> Pool:
    return Pool(
        slug=slug,
        name=slug.upper(),
        tags=tuple(entry for entry in entries if isinstance(entry, Tag)),
        addresses=tuple(entry for entry in entries if isinstance(entry, Address)),
    )


def test_pools_are_sorted_whatever_the_order() -> None:
    registry = Registry(pools=(pool("b"), pool("a")))
    assert [item.slug for item in registry.pools] == ["a", "b"]
    assert registry == Registry(pools=(pool("a"), pool("b")))


def test_names_for_people() -> None:
    registry = Registry(pools=(pool("a"),))
    assert registry.name("a") == "A"
    assert registry.name("unknown") == "unknown"
    assert registry.pool("b") is None


def test_two_claims_of_one_text_are_listed() -> None:
    registry = Registry(
        pools=(
            pool("a", Tag(text="/x/"), Address(text="1Same", yields_to="b")),
            pool("b", Tag(text="/x/"), Address(text="1Same")),
        )
    )
    assert registry.conflicts == (
        RegistryConflict(kind="address", text="1Same", pools=("a", "b"), resolved_to="b"),
        RegistryConflict(kind="tag", text="/x/", pools=("a", "b"), resolved_to=None),
    )


@pytest.mark.parametrize(("any_case", "conflicts"), [(False, 0), (True, 1)])
def test_tags_that_differ_in_case_compete_only_if_one_ignores_case(
    any_case: bool, conflicts: int
) -> None:
    registry = Registry(
        pools=(pool("a", Tag(text="/X/", any_case=any_case)), pool("b", Tag(text="/x/")))
    )
    assert len(registry.conflicts) == conflicts


def test_one_pool_may_spell_a_tag_in_two_ways() -> None:
    both = (Tag(text="/X/", any_case=True), Tag(text="/x/"))
    assert Registry(pools=(pool("a", *both),)).conflicts == ()


def test_a_slug_stands_once() -> None:
    with pytest.raises(FormatError) as caught:
        Registry(pools=(pool("a"), pool("a")))
    assert caught.value.code == "pool-slug-twice"


@pytest.mark.parametrize("to", ["nobody", "a", "unknown"])
def test_an_entry_yields_to_another_pool_that_exists(to: str) -> None:
    with pytest.raises(FormatError) as caught:
        Registry(pools=(pool("a", Tag(text="/x/", yields_to=to)),))
    assert caught.value.code == "pool-yields-to"


def test_a_directory_adds_and_replaces_and_leaves_the_old_registry_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('slug = "mine"\nname = "Mine"\ntags = [{ text = "/m/" }]')
    (tmp_path / "antpool.toml").write_text('slug = "antpool"\nname = "Ours"')
    (tmp_path / "README.md").write_text("not a pool")
    registry = bundled().with_directory(tmp_path)
    assert registry.name("mine") == "Mine"
    assert registry.name("antpool") == "Ours"
    assert registry.replaced == ("antpool",)
    assert len(registry.pools) == len(bundled().pools) + 1
    assert bundled().name("antpool") == "AntPool"

    def found(script: bytes, which: Registry) -> str:
        return identify(coinbase=script, payouts=(), header_s=0, registry=which).pool

    assert found(b"/m/", registry) == "mine"
    assert found(b"/m/", bundled()) == "unknown"
    assert found(b"/AntPool/", registry) == "unknown"


def test_what_a_directory_contests_is_listed(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'slug = "mine"\nname = "Mine"\ntags = [{ text = "/SLUSH/" }]', encoding="utf-8"
    )
    new = {*bundled().with_directory(tmp_path).conflicts} - {*bundled().conflicts}
    assert [(item.pools, item.resolved_to) for item in new] == [(("braiinspool", "mine"), None)]


def test_a_bad_file_spoils_the_whole_directory(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text('slug = "good"\nname = "Good"')
    (tmp_path / "zbad.toml").write_text('slug = "zbad"')
    with pytest.raises(FormatError, match=r"zbad\.toml"):
        bundled().with_directory(tmp_path)


def test_a_missing_directory_is_an_error_not_an_empty_registry(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        bundled().with_directory(tmp_path / "absent")
    assert caught.value.code == "pool-directory"


def test_the_bundled_registry_is_read_once() -> None:
    assert bundled() is bundled()
