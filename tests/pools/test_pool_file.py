"""A pool file is read whole or refused with its name, the key and a code."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.errors import FormatError
from hashquake.pools.entry import Address, Pool, Tag
from hashquake.pools.pool_file import read_pool

FULL = """
slug = "mypool"
name = "My Pool"
link = "https://example.org"
note = "A note."
valid_from = 2020-01-01
dates_source = "A press release."
tags = [
  { text = "/mypool/", any_case = true, lists = ["mine"] },
  { text = "鱼", valid_from = 2021-01-01, valid_to = 2022-01-01, yields_to = "other" },
]
addresses = [{ text = "1BitcoinEaterAddressDontSendf59kuE" }]
[listed_as]
mine = ["My Pool"]
theirs = ["MYPOOL"]
"""
JAN_2020_S, JAN_2021_S, JAN_2022_S = 1_577_836_800, 1_609_459_200, 1_640_995_200


def read(text: str) -> Pool:
    return read_pool("mypool.toml", text.encode())


def test_a_full_file() -> None:
    assert read(FULL) == Pool(
        slug="mypool",
        name="My Pool",
        link="https://example.org",
        note="A note.",
        dates_source="A press release.",
        tags=(
            Tag(text="/mypool/", any_case=True, lists=("mine",), valid_from_s=JAN_2020_S),
            Tag(
                text="鱼",
                lists=("mine", "theirs"),
                valid_from_s=JAN_2021_S,
                valid_to_s=JAN_2022_S,
                yields_to="other",
            ),
        ),
        addresses=(
            Address(
                text="1BitcoinEaterAddressDontSendf59kuE",
                lists=("mine", "theirs"),
                valid_from_s=JAN_2020_S,
            ),
        ),
        listed_as=(("mine", ("My Pool",)), ("theirs", ("MYPOOL",))),
    )


def test_a_name_is_enough() -> None:
    assert read('slug = "mypool"\nname = "x"') == Pool(slug="mypool", name="x")


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('slug = "mypool"', "", "pool-file-key", "slug"),
        ('slug = "mypool"', 'slug = "another"', "pool-file-slug", "another"),
        ('name = "My Pool"', 'name = ""', "pool-file-value", "name"),
        ('name = "My Pool"', "name = 7", "pool-file-value", "name"),
        ("link =", "lnk =", "pool-file-key", "lnk"),
        ("any_case = true", "anycase = true", "pool-file-key", "anycase"),
        ("any_case = true", 'any_case = "yes"', "pool-file-value", "any_case"),
        ('"/mypool/"', '""', "pool-file-value", "1 to 100 bytes"),
        ('"/mypool/"', f'"{"鱼" * 34}"', "pool-file-value", "1 to 100 bytes"),
        ('"/mypool/"', '"鱼"', "pool-file-twice", "鱼"),
        ('["mine"]', '"mine"', "pool-file-value", "lists"),
        ("2022-01-01", "2021-01-01", "pool-file-dates", "before"),
        ("2022-01-01", "2022-01-01T00:00:00Z", "pool-file-dates", "a day"),
        ("2022-01-01", '"2022"', "pool-file-dates", "a day"),
        ('"1BitcoinEaterAddressDontSendf59kuE"', '"1 BTC"', "pool-file-value", "not an address"),
        ('{ text = "1Bit', '{ any_case = true, text = "1Bit', "pool-file-key", "any_case"),
        ("addresses = [{", "addresses = {", "pool-file-toml", "TOML"),
        ('mine = ["My Pool"]', 'mine = "My Pool"', "pool-file-value", "listed_as.mine"),
    ],
)
def test_a_broken_file_is_refused(old: str, new: str, code: str, says: str) -> None:
    assert old in FULL
    with pytest.raises(FormatError, match=r"pool file mypool\.toml") as caught:
        read(FULL.replace(old, new, 1))
    assert caught.value.code == code
    assert says in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("slug", ["unknown", "My Pool", "", "pool.toml", "../evil", "é"])
def test_a_slug_is_letters_and_digits_and_never_unknown(slug: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_pool(f"{slug}.toml", f'slug = "{slug}"\nname = "x"'.encode())
    assert caught.value.code == "pool-file-slug"


@given(content=st.binary(max_size=200))
def test_any_bytes_give_a_pool_or_a_format_error(content: bytes) -> None:
    with pytest.raises(FormatError):
        read_pool("mypool.toml", content)


@pytest.mark.parametrize(
    "content",
    [
        b"a = " + b"[" * 20_000,
        b"a = " + b"9" * 5_000,
        b"slug = 'a'\nname = 'A'\nmines_write = true",
        b"slug = 'a'\nname = 'A'\nminers_write = 1",
        b"slug = 'a'\nname = 'A'\ntags = [{ text = 'a', software = 'yes' }]",
        b"\xff\xfe",
    ],
    ids=range(6),
)
def test_hostile_files_end_in_one_error(content: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        read_pool("a.toml", content)
    assert caught.value.code.startswith("pool-file")
    assert len(caught.value.message) < 300


@given(st.binary(max_size=300))
def test_any_bytes_are_a_pool_or_one_error(content: bytes) -> None:
    with contextlib.suppress(FormatError):
        assert read_pool("a.toml", content).slug == "a"
