"""Families are dated, doubtful overlays over pools that exist."""

import pytest

from hashquake.core.errors import FormatError
from hashquake.pools.family import bundled_families, read_family
from hashquake.pools.registry import bundled

JAN_2022_S = 1_640_995_200
MAY_2024_S = 1_714_521_600

MINIMAL = """
slug = "x"
name = "X"
certainty = "rumour"
since_note = ""
members = [{ pool = "a", assumed_from = 2022-07-01, sources = ["s"] }]
[sources]
s = "somebody"
"""


def test_every_member_is_a_pool_with_a_source() -> None:
    for family in bundled_families():
        assert family.certainty
        for member in family.members:
            assert bundled().pool(member.pool) is not None
            assert member.sources
            assert member.first_reported_s is not None or member.doubt


def test_the_family_did_not_exist_when_kazakhstan_went_dark() -> None:
    (family,) = bundled_families()
    assert family.pools_at(JAN_2022_S) == frozenset()


def test_what_was_reported_is_less_than_what_is_assumed() -> None:
    (family,) = bundled_families()
    reported = family.pools_at(MAY_2024_S, reported_only=True)
    assert reported < family.pools_at(MAY_2024_S)
    assert "poolin" in reported
    assert "luxor" not in reported


def test_a_family_is_not_the_name_of_its_members_blocks() -> None:
    (family,) = bundled_families()
    assert {"antpool", "poolin"} <= {member.pool for member in family.members}
    pool = bundled().pool("antpool")
    assert pool is not None
    assert pool.name != family.name


def test_a_small_family_reads() -> None:
    family = read_family("x.toml", MINIMAL.encode())
    assert family.members[0].sources == ("somebody",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('slug = "x"', 'slug = "y"'),
        ('name = "X"', ""),
        ('sources = ["s"]', 'sources = ["t"]'),
        ("2022-07-01", '"July"'),
        ("members", "= members"),
    ],
)
def test_a_broken_family_names_its_file(old: str, new: str) -> None:
    with pytest.raises(FormatError, match=r"family file x\.toml") as caught:
        read_family("x.toml", MINIMAL.replace(old, new, 1).encode())
    assert caught.value.code == "family-file"
