"""Addresses from text, and where they are: each against another implementation."""

import ipaddress
from pathlib import Path
from typing import Any

import maxminddb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter, TreeWriter
from netaddr import IPSet
from tests.sources.log_forge import NETWORKS, country_database

from hashquake.core.work_tally import HOSTING, PRIVATE, RESERVED, UNKNOWN, place_name
from hashquake.sources.logs._address_places import SPECIAL_NETWORKS, AddressPlaces
from hashquake.sources.logs._address_text import parse_addresses, text_buffers
from hashquake.sources.logs._geoip import load_places

ODD = (
    "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4:3333", "::", "1::", ":1", "1:",
    "1:::2", "::1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3.4",
    "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "fe80::1%eth0", "fe80::1%", "12345::", "g::",
    "64:ff9b::1.2.3.4", "2002:102:304::1", "1.2.3.4::", "::1.2.3.4:5", "1::2:3:4:5:6:7:8", "kz",
)  # fmt: skip


def parsed(texts: list[str | None]) -> list[tuple[int, int]]:
    kind, high, low = parse_addresses(*text_buffers(pl.Series(texts, dtype=pl.String)))
    return [(int(k), int(h) << 64 | int(n)) for k, h, n in zip(kind, high, low, strict=True)]


def by_the_library(text: str) -> tuple[int, int]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return 0, 0
    number = int(address)
    if address.version == 4:
        return 4, number
    if number >> 32 in (0xFFFF, 0x64FF9B << 64):
        return 4, number & 0xFFFFFFFF
    return (4, number >> 80 & 0xFFFFFFFF) if number >> 112 == 0x2002 else (6, number)


@pytest.mark.parametrize("text", ODD)
def test_odd_addresses_are_read_as_the_library_reads_them(text: str) -> None:
    assert parsed([text]) == [by_the_library(text)]


@settings(max_examples=300)
@given(
    st.ip_addresses(),
    st.booleans(),
    st.integers(0, 60),
    st.sampled_from(["", "", "", ":", ".", "0", "f", "%", "g"]),
)
def test_addresses_are_read_as_the_library_reads_them(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, long: bool, at: int, noise: str
) -> None:
    text = address.exploded if long else str(address)
    text = text[:at] + noise + text[at:]
    assert parsed([text]) == [by_the_library(text)]


def test_brackets_spaces_and_slices_of_columns_are_read() -> None:
    assert parsed(["[::1]", " 1.2.3.4 ", None]) == [(6, 1), (4, 0x01020304), (0, 0)]
    cells = pl.Series(["9.9.9.9", "0.0.0.1", "0.0.0.2"]).slice(1, 1).cast(pl.Categorical)
    kind, _, low = parse_addresses(*text_buffers(cells))
    assert (kind.tolist(), low.tolist()) == ([4], [1])


def located(places: AddressPlaces, texts: list[str]) -> list[int]:
    buffers = text_buffers(pl.Series(texts, dtype=pl.String))
    return [int(place) for place in places.locate(*parse_addresses(*buffers))]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return country_database(tmp_path_factory.mktemp("geoip") / "countries.mmdb")


def test_every_edge_of_every_network_is_placed_as_the_library_places_it(database: Path) -> None:
    places = load_places(database)
    with maxminddb.open_database(database) as reader:
        for network, _ in reader:
            first, last = int(network.network_address), int(network.broadcast_address)
            for number in (first - 1, first, (first + last) // 2, last, last + 1):
                address = type(network.network_address)(number)
                record: Any = reader.get(address)
                wanted = record["country"]["iso_code"] if isinstance(record, dict) else "unknown"
                assert place_name(located(places, [str(address)])[0]) == wanted


@pytest.mark.parametrize("size", [24, 28, 32])
@pytest.mark.parametrize("version", [4, 6])
def test_a_tree_of_any_record_size_is_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, version: int
) -> None:
    def resized(self: TreeWriter) -> None:
        self.record_size = size

    monkeypatch.setattr(TreeWriter, "_adjust_record_size", resized)
    writer = MMDBWriter(version, "Country", ipv4_compatible=version == 6)
    writer.insert_network(IPSet(["3.0.0.0/8", "7.7.7.7/32"]), {"country": "US"})
    writer.to_db_file(str(tmp_path / "sized.mmdb"))
    places = load_places(tmp_path / "sized.mmdb")
    found = located(places, ["3.1.2.3", "4.4.4.4", "7.7.7.7", "7.7.7.8"])
    assert [place_name(at) for at in found] == ["US", "unknown", "US", "unknown"]


def test_special_networks_agree_with_the_library() -> None:
    """What is private or reserved here is not global there, but for entries newer than it."""
    newer = {"192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10"}
    for texts in SPECIAL_NETWORKS.values():
        for text in set(texts) - newer:
            address = ipaddress.ip_network(text).network_address
            assert address.is_multicast or not address.is_global, text


def test_private_reserved_hosting_and_unknown_are_told_apart(database: Path) -> None:
    hosts = database.with_name("hosts.txt")
    hosts.write_text("network\n3.5.0.0/16  # a cloud\n3.5.128.0-3.5.200.255\n\n10.0.0.0/8\n")
    places = load_places(database, hosts)
    assert located(places, ["10.1.2.3", "fd00::1", "100.64.0.1"]) == [PRIVATE] * 3
    assert located(places, ["224.0.0.1", "2001:db8::1", "255.255.255.255"]) == [RESERVED] * 3
    assert located(places, ["9.9.9.9", "2a00::1"]) == [UNKNOWN] * 2
    inside, beyond = located(places, ["3.5.255.255", "3.6.0.0"])
    assert (inside, place_name(inside), place_name(beyond)) == (beyond + HOSTING, "US", "US")


def test_places_cover_both_spaces_without_a_seam(database: Path) -> None:
    places = load_places(database)
    for stretches in (places.v4, places.v6):
        numbers = [
            int(h) << 64 | int(n) for h, n in zip(stretches.high, stretches.low, strict=True)
        ]
        assert numbers[0] == 0
        assert numbers == sorted(set(numbers))
        assert not (np.diff(stretches.place) == 0).any()
    assert {place_name(int(at)) for at in places.v6.place} >= {
        code for code, texts in NETWORKS.items() if len(texts) > 1
    }
