"""The rules, each in a case that breaks when the rule is dropped."""

import doctest
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.pools.entry import Address, Pool, Tag
from hashquake.pools.identify import (
    MOST_OWN_PAYOUTS,
    NOTHING_FOUND,
    Identification,
    identify,
    identify_all,
)
from hashquake.pools.registry import Registry, bundled

ANT_ADDRESS = "1AntPoo1AntPoo1AntPoo1AntPoo1Ant"
VIA_ADDRESS = "1ViaBTCViaBTCViaBTCViaBTCViaBTCV"
PROXY_ADDRESS = "1ProxyProxyProxyProxyProxyProxyP"
DAY_S = 86_400

REGISTRY = Registry(
    pools=(
        Pool(
            slug="antpool",
            name="AntPool",
            tags=(Tag(text="AntPool"), Tag(text="Mined by AntPool")),
            addresses=(Address(text=ANT_ADDRESS),),
        ),
        Pool(slug="eight", name="Eight Treasures", tags=(Tag(text="/八宝池 8baochi.com/"),)),
        Pool(slug="fish", name="Fish", tags=(Tag(text="🐟"), Tag(text="七彩神仙鱼"))),
        Pool(
            slug="old",
            name="Old",
            tags=(Tag(text="/Old/ViaBTC/", valid_from_s=DAY_S, valid_to_s=2 * DAY_S),),
        ),
        Pool(
            slug="proxy",
            name="Proxy",
            tags=(Tag(text="Contested", yields_to="fish"),),
            addresses=(Address(text=PROXY_ADDRESS, yields_to="fish"),),
        ),
        Pool(slug="sec", name="Sec", tags=(Tag(text="SecPool", any_case=True),)),
        Pool(slug="tatmas", name="TATMAS", tags=(Tag(text="/ViaBTC/TATMAS Pool/"),)),
        Pool(
            slug="viabtc",
            name="ViaBTC",
            tags=(Tag(text="/ViaBTC/"),),
            addresses=(Address(text=VIA_ADDRESS),),
        ),
    )
)


def named(script: bytes, *payouts: str, header_s: int = 0) -> Identification:
    return identify(coinbase=script, payouts=payouts, header_s=header_s, registry=REGISTRY)


def test_nothing_known_is_unknown() -> None:
    assert named(b"\x03\x00\x01\x02/nobody/", "1NobodyNobodyNobodyNobody") == NOTHING_FOUND
    assert NOTHING_FOUND.pool == "unknown"
    assert NOTHING_FOUND.rule == "none"


@pytest.mark.parametrize("script", [b"", b"\x00" * 100, b"\xff" * 100, b"\xf0\x9f\x90", b"/Via"])
def test_hostile_bytes_are_unknown(script: bytes) -> None:
    assert named(script) == NOTHING_FOUND


def test_chinese_and_emoji_tags_are_found_by_their_bytes() -> None:
    assert named(b"\x03\xff" + "/八宝池 8baochi.com/".encode() + b"\x00").pool == "eight"
    assert named(b"\x80\xf0\x9f\x90\x9f\x0f").pool == "fish"


def test_the_longest_tag_wins_wherever_it_stands() -> None:
    found = named(b"/ViaBTC/ and Mined by AntPool")
    assert found.pool == "antpool"
    assert found.rule == "tag"
    assert found.conflicts == ("viabtc",)
    assert named(b"Mined by AntPool and /ViaBTC/").pool == "antpool"


def test_length_is_in_bytes() -> None:
    # 5 characters in 15 bytes against 8 characters in 8 bytes.
    found = named("/ViaBTC/ 七彩神仙鱼".encode())
    assert (found.pool, found.conflicts) == ("fish", ("viabtc",))


def test_a_tag_inside_a_longer_one_is_part_of_it_and_no_conflict() -> None:
    found = named(b"....../ViaBTC/TATMAS Pool/")
    assert found.pool == "tatmas"
    assert found.conflicts == ()
    assert [(item.pool, item.position, item.inside) for item in found.tags] == [
        ("tatmas", 6, False),
        ("viabtc", 6, True),
    ]


def test_the_same_tag_elsewhere_is_a_conflict_again() -> None:
    found = named(b"/ViaBTC/TATMAS Pool/ /ViaBTC/")
    assert found.pool == "tatmas"
    assert found.conflicts == ("viabtc",)


def test_an_address_decides_before_a_tag_and_the_conflict_is_kept() -> None:
    found = named(b"/ViaBTC/", "1SomebodyElseSomebodyElse", ANT_ADDRESS)
    assert (found.pool, found.rule) == ("antpool", "address")
    assert found.conflicts == ("viabtc",)
    assert [(item.pool, item.position) for item in found.addresses] == [("antpool", 1)]
    assert [(item.pool, item.counts) for item in found.tags] == [("viabtc", True)]


def test_agreeing_evidence_is_kept_and_is_no_conflict() -> None:
    found = named(b"/ViaBTC/", VIA_ADDRESS)
    assert (found.pool, found.rule, found.conflicts) == ("viabtc", "address", ())
    assert len(found.tags) == len(found.addresses) == 1


def test_of_two_addresses_the_first_output_decides() -> None:
    assert named(b"", ANT_ADDRESS, VIA_ADDRESS).pool == "antpool"
    found = named(b"", VIA_ADDRESS, ANT_ADDRESS)
    assert (found.pool, found.conflicts) == ("viabtc", ("antpool",))


def test_a_coinbase_that_pays_its_miners_is_named_by_its_tag() -> None:
    miners = [f"1Miner{index:028d}" for index in range(MOST_OWN_PAYOUTS)]
    found = named(b"/ViaBTC/", *miners, ANT_ADDRESS)
    assert (found.pool, found.rule, found.conflicts) == ("viabtc", "tag", ("antpool",))
    # One payout fewer and the coinbase may be the pool's own; without a tag the address stands.
    assert named(b"/ViaBTC/", *miners[1:], ANT_ADDRESS).pool == "antpool"
    assert named(b"", *miners, ANT_ADDRESS).pool == "antpool"


@pytest.mark.parametrize(
    ("header_s", "pool"),
    [(DAY_S - 1, "viabtc"), (DAY_S, "old"), (2 * DAY_S - 1, "old"), (2 * DAY_S, "viabtc")],
)
def test_an_entry_counts_inside_its_dates_only(header_s: int, pool: str) -> None:
    found = named(b"/Old/ViaBTC/", header_s=header_s)
    assert found.pool == pool
    assert found.conflicts == ()
    assert {(item.pool, item.in_date) for item in found.tags} == {
        ("old", pool == "old"),
        ("viabtc", True),
    }


def test_an_entry_that_yields_is_evidence_and_never_decides() -> None:
    found = named(b"Contested")
    assert (found.pool, found.rule, found.conflicts) == ("unknown", "none", ())
    assert [(item.pool, item.yields_to) for item in found.tags] == [("proxy", "fish")]
    paid = named(b"", PROXY_ADDRESS)
    assert (paid.pool, paid.rule, paid.conflicts) == ("unknown", "none", ())
    assert [(item.pool, item.yields_to) for item in paid.addresses] == [("proxy", "fish")]
    assert named(b"/ViaBTC/", PROXY_ADDRESS).conflicts == ()


def test_another_case_is_marked_and_loses_against_equal_exact_bytes() -> None:
    found = named(b"Mined by Secpool")
    assert (found.pool, found.tags[0].exact) == ("sec", False)
    assert named(b"secpool AntPool").pool == "antpool"  # both have seven bytes
    assert named(b"SecPool AntPool").pool == "sec"  # both exact: the first


def test_an_open_claim_of_two_pools_is_flagged_on_the_block() -> None:
    both = (
        Pool(slug="a", name="A", tags=(Tag(text="same"),)),
        Pool(slug="b", name="B", tags=(Tag(text="same"),)),
    )
    found = identify(coinbase=b"same", payouts=(), header_s=0, registry=Registry(pools=both))
    assert (found.pool, found.conflicts) == ("a", ("b",))


pieces = st.sampled_from(
    [
        b"/ViaBTC/",
        b"/ViaBTC/TATMAS Pool/",
        b"Mined by AntPool",
        b"secpool",
        b"\xf0\x9f\x90\x9f",
        b"Contested",
        b"\xe5",
    ]
)
coinbases = st.lists(st.one_of(pieces, st.binary(max_size=6)), max_size=6).map(b"".join)
payout_lists = st.lists(
    st.sampled_from([ANT_ADDRESS, VIA_ADDRESS, PROXY_ADDRESS, "1Nobody"]), max_size=8
)


@given(script=coinbases, payouts=payout_lists, header_s=st.integers(0, 3 * DAY_S))
def test_the_pool_and_the_conflicts_are_what_the_counting_evidence_names(
    script: bytes, payouts: list[str], header_s: int
) -> None:
    found = named(script, *payouts, header_s=header_s)
    tags = {item.pool for item in found.tags if item.counts}
    addresses = {item.pool for item in found.addresses if item.counts}
    assert {found.pool, *found.conflicts} - {"unknown"} == tags | addresses
    assert found.pool not in found.conflicts
    assert {"none": {"unknown"}, "tag": tags, "address": addresses}[found.rule] >= {found.pool}


@given(blocks=st.lists(st.tuples(coinbases, payout_lists, st.integers(0, 3 * DAY_S)), max_size=5))
def test_many_at_once_are_the_same_as_one_by_one(
    blocks: list[tuple[bytes, list[str], int]],
) -> None:
    together = identify_all(
        coinbases=[script for script, _, _ in blocks],
        payouts=[payouts for _, payouts, _ in blocks],
        headers_s=[header_s for _, _, header_s in blocks],
        registry=REGISTRY,
    )
    assert together == [named(script, *paid, header_s=at_s) for script, paid, at_s in blocks]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        identify_all(coinbases=[b""], payouts=[], headers_s=[0], registry=REGISTRY)


@given(script=st.binary(max_size=100))
def test_any_bytes_get_a_pool_of_the_registry_or_unknown(script: bytes) -> None:
    found = identify(coinbase=script, payouts=(), header_s=1_700_000_000, registry=bundled())
    assert found.pool == "unknown" or bundled().pool(found.pool) is not None


def test_the_example_in_the_documentation_holds() -> None:
    outcome = doctest.testmod(sys.modules[identify.__module__])
    assert (outcome.failed, outcome.attempted) == (0, 3)


def test_a_miners_text_does_not_outvote_the_pools_own_tag() -> None:
    writes = Tag(text="/Via/", miners_write=True)
    registry = Registry(
        pools=(
            Pool(slug="via", name="Via", tags=(writes,)),
            Pool(slug="ocean", name="Ocean", tags=(Tag(text="OCEAN", miners_write=True),)),
            Pool(slug="long", name="Long", tags=(Tag(text="A very long name of a pool"),)),
        )
    )

    def pool(script: bytes) -> tuple[str, tuple[str, ...]]:
        found = identify(coinbase=script, payouts=[], header_s=0, registry=registry)
        return found.pool, found.conflicts

    assert pool(b"/Via/Mined by A very long name of a pool/") == ("via", ("long",))
    assert pool(b"A very long name of a pool /Via/") == ("via", ("long",))
    assert pool(b"OCEAN\x0f/Via/") == ("ocean", ("via",))  # both write: the first is the pool's own
    assert pool(b"/Via/OCEAN") == ("via", ("ocean",))
    assert pool(b"A very long name of a pool") == ("long", ())


def test_the_name_of_a_program_is_evidence_and_no_pool() -> None:
    registry = Registry(
        pools=(
            Pool(slug="program", name="Program", tags=(Tag(text="program", software=True),)),
            Pool(slug="kano", name="Kano", tags=(Tag(text="Kano"),)),
        )
    )
    alone = identify(coinbase=b"program", payouts=[], header_s=0, registry=registry)
    assert (alone.pool, alone.rule, alone.conflicts) == ("unknown", "none", ())
    assert [(tag.pool, tag.text, tag.software) for tag in alone.tags] == [
        ("program", "program", True)
    ]
    both = identify(coinbase=b"program /Kano/", payouts=[], header_s=0, registry=registry)
    assert (both.pool, both.conflicts) == ("kano", ())


@pytest.mark.parametrize(
    ("script", "pool"),
    [
        ("/ViaBTC/Mined by foundry usa pool/", "viabtc"),
        ("/ViaBTC/Mined by Foundry USA Pool #dropgold/", "viabtc"),
        ("/ViaBTC/TATMAS Pool/Mined by Foundry USA Pool/", "tatmaspool"),
        ("OCEAN.XYZ\x0fMined by Foundry USA Pool #dropgold", "oceanxyz"),
        ("Foundry USA Pool OCEAN.XYZ", "oceanxyz"),
        ("🐟\x07Mined by /ConnectBTC - Home for Miners/", "f2pool"),
        ("/F2Pool/Foundry USA Pool/", "f2pool"),
        ("Mined by AntPool Foundry USA Pool", "antpool"),
        ("/AntPool/SBICrypto.com Pool/", "antpool"),
        ("EMC: Mined by BTC Guild", "eclipsemc"),
        ("\x06ckpool\x10/Kano/", "kanopool"),
        ("\x06ckpool\x10/solo.ckpool.org/", "solock"),
        ("\x06ckpool", "unknown"),
        ("Public Pool on Umbrel", "unknown"),
        ("Public-Pool", "publicpool"),
        ("/mined by a Solo FutureBit Apollo/", "unknown"),
        ("/Foundry USA Pool #dropgold/", "foundryusa"),
    ],
)
def test_invented_texts_on_the_bundled_registry(script: str, pool: str) -> None:
    found = identify(coinbase=script.encode(), payouts=[], header_s=0, registry=bundled())
    assert found.pool == pool
    assert found.tags


WRITERS = {
    "viabtc": "/ViaBTC/",
    "oceanxyz": "OCEAN.XYZ",
    "f2pool": "/F2Pool/",
    "antpool": "Mined by AntPool",
    "spiderpool": "SpiderPool/3390/",
    "secpool": "Mined by Secpool",
    "luxor": "/Powered by Luxor Tech/",
    "braiinspool": "/slush/",
}
"""Pools in whose coinbases miners may write, and the pool's own text."""
SHAPES = (
    "{own}Mined by {foreign}/",
    "{own} 🐟🐟 {foreign}",
    "{own}{foreign}{foreign}",
    "{own}/x/{foreign}/",
)


@pytest.mark.parametrize("slug", WRITERS)
def test_no_text_of_a_miner_outvotes_the_own_tag_of_a_pool_that_lets_miners_write(
    slug: str,
) -> None:
    wrong = []
    for pool in bundled().pools:
        for tag in pool.tags:
            if (
                tag.miners_write
                or tag.software
                or WRITERS[slug].strip("/").lower() in tag.text.lower()
            ):
                continue
            texts = [shape.format(own=WRITERS[slug], foreign=tag.text) for shape in SHAPES]
            texts += [tag.text + WRITERS[slug], f"/Mined by {tag.text}/{WRITERS[slug]}"]
            texts += [text.upper() for text in texts if tag.any_case and slug != "f2pool"]
            for text in texts:
                found = identify(
                    coinbase=b"\x03\xa0\xf3\x0a" + text.encode(),
                    payouts=[],
                    header_s=1_700_000_000,
                    registry=bundled(),
                )
                if found.pool != slug:
                    wrong.append((text, found.pool))
    assert wrong == []


def test_what_follows_mined_by_decides_only_where_nothing_else_does() -> None:
    def pool(text: str) -> str:
        return identify(
            coinbase=text.encode(), payouts=[], header_s=1_700_000_000, registry=bundled()
        ).pool

    named_twice = "/SBICrypto.com Pool/Mined by foundry usa pool of all pools/"
    assert pool(named_twice) == "sbicrypto"
    assert pool("/MINED BY Foundry USA Pool #dropgold/SBI Crypto/") == "sbicrypto"
    assert pool("Mined by SecPool") == "secpool"
    assert pool("mined by Foundry USA Pool") == "foundryusa"
