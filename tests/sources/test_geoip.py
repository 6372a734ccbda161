"""Databases and lists of ranges that are damaged, foreign or hold nothing."""

from pathlib import Path
from typing import Any

import maxminddb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from tests.sources.log_forge import country_database

from hashquake.core.errors import HashquakeError
from hashquake.core.work_tally import place_name
from hashquake.sources.logs._geoip import country_ranges, hosting_ranges, load_places
from hashquake.sources.logs._mmdb_data import data_section, read_metadata
from hashquake.sources.logs._mmdb_tree import tree_leaves


def code_of(action: Any, *arguments: Any) -> str:
    with pytest.raises(HashquakeError) as caught:
        action(*arguments)
    assert caught.value.hint or caught.value.code == "file-missing"
    return caught.value.code


def test_a_database_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = country_database(tmp_path / "whole.mmdb").read_bytes()
    for size in (0, 10, len(whole) // 3, len(whole) - 200, len(whole) - 20, len(whole) - 1):
        (tmp_path / "cut.mmdb").write_bytes(whole[:size])
        assert code_of(load_places, tmp_path / "cut.mmdb") == "geoip-malformed"


def test_a_database_with_a_hole_is_refused(tmp_path: Path) -> None:
    """The end survives, so that the library opens it; the tree does not lead anywhere."""
    whole = country_database(tmp_path / "whole.mmdb").read_bytes()
    (tmp_path / "hole.mmdb").write_bytes(whole[len(whole) // 2 :])
    assert code_of(load_places, tmp_path / "hole.mmdb") == "geoip-malformed"
    (tmp_path / "noise.mmdb").write_bytes(b"\xff" * (len(whole) // 2) + whole[len(whole) // 2 :])
    assert code_of(load_places, tmp_path / "noise.mmdb") == "geoip-malformed"
    (tmp_path / "zeros.mmdb").write_bytes(bytes(len(whole) // 2) + whole[len(whole) // 2 :])
    assert code_of(load_places, tmp_path / "zeros.mmdb") == "geoip-malformed"


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "page.mmdb").write_text("<html>404</html>")
    assert code_of(load_places, tmp_path / "page.mmdb") == "geoip-malformed"
    assert code_of(load_places, tmp_path / "none.mmdb") == "file-missing"
    assert code_of(load_places, tmp_path) == "file-missing"


def test_a_database_of_something_else_says_what_it_holds(tmp_path: Path) -> None:
    path = country_database(
        tmp_path / "asn.mmdb", autonomous_system_number=9198, autonomous_system_organization="x"
    )
    with pytest.raises(HashquakeError, match="autonomous_system_number") as caught:
        country_ranges(path)
    assert caught.value.code == "geoip-no-countries"


@pytest.mark.parametrize(
    "record",
    [{"country": "kz"}, {"country_code": "KZ"}, {"country": {"iso_code": "KZ", "names": {}}}],
)
def test_the_shapes_in_use_are_read(tmp_path: Path, record: dict[str, Any]) -> None:
    path = country_database(tmp_path / "any.mmdb", {"KZ": ("2.72.0.0/13",)}, **record)
    assert country_ranges(path).last[1].tolist() == [(2 << 24) + (80 << 16) - 1]


@pytest.mark.parametrize(
    "record",
    [{"registered_country": {"iso_code": "KZ"}}, {"country": "EU"}, {"country": {"iso_code": 7}}],
)
def test_what_is_no_country_is_none(tmp_path: Path, record: dict[str, Any]) -> None:
    path = country_database(tmp_path / "none.mmdb", {"KZ": ("2.72.0.0/13",)}, **record)
    assert code_of(country_ranges, path) == "geoip-no-countries"


def test_anonymous_addresses_are_read_from_a_database(tmp_path: Path) -> None:
    path = tmp_path / "anonymous.mmdb"
    writer = MMDBWriter(4, "GeoIP2-Anonymous-IP")
    writer.insert_network(IPSet(["3.5.0.0/16"]), {"is_hosting_provider": True})
    writer.insert_network(IPSet(["3.6.0.0/16"]), {"is_tor_exit_node": False})
    writer.insert_network(IPSet(["3.7.0.0/16"]), {"traits": {"is_anonymous": True}})
    writer.to_db_file(str(path))
    assert hosting_ranges(path).first[1].tolist() == [0x03050000, 0x03070000]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("network\n1.2.3.0/33\n", "range-malformed"),
        ("1.2.3.9-1.2.3.1\n", "range-malformed"),
        ("1.2.3.4\nsome words\n", "range-malformed"),
        ("network,owner\n", "hosting-none"),
        ("", "hosting-none"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "hosts.csv").write_text(text)
    assert code_of(hosting_ranges, tmp_path / "hosts.csv") == code


def test_a_list_may_be_a_table_with_ranges_that_overlap(tmp_path: Path) -> None:
    (tmp_path / "hosts.csv").write_text(
        'network,owner\n"3.5.0.0/16",a\n3.5.7.9/24,b\n2600::/32,c\n1.1.1.1,d\n'
    )
    assert len(hosting_ranges(tmp_path / "hosts.csv").value) == 4


def database_of(path: Path, data: bytes) -> Path:
    """Write a database whose one record is at the start of its data."""
    metadata = (
        b"\xe3Jnode_count\xc1\x01Krecord_size\xa1\x18Jip_version\xa1\x04"  # a map of three numbers
    )
    tree = (17).to_bytes(3, "big") * 2
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + metadata)
    return path


def test_values_that_point_at_each_other_cost_no_more_than_the_file(tmp_path: Path) -> None:
    """Each of thirty maps holds the next one twice: a tree of 2^30 values, in 280 bytes."""
    data = b""
    for level in range(30):
        after = (9 * (level + 1)).to_bytes(2, "big")
        pointer = bytes([0x20 | after[0]]) + after[1:]
        data += b"\xe2\x41a" + pointer + b"\x41b" + pointer
        assert len(data) == 9 * (level + 1)
    path = database_of(tmp_path / "bomb.mmdb", data + b"\xe1\x47country\x42KZ")
    assert code_of(load_places, path) == "geoip-no-countries"
    path = database_of(tmp_path / "one.mmdb", b"\xe1\x47country\x42KZ")
    assert place_name(int(country_ranges(path).value[0])) == "KZ"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x20\x00", id="a pointer at itself"),
        pytest.param(b"\xe1\x41a\x20\x00", id="a map in itself"),
        pytest.param(b"\x20\x02\x20\x00", id="two pointers at each other"),
        pytest.param(b"\xff\xff\xff\xff", id="a map of 16 million"),
        pytest.param(b"\x1f\x04\xff\xff\xff", id="a list of 16 million"),
        pytest.param(b"\x5f\xff\xff\xff", id="a text of 16 MB"),
        pytest.param(b"\xe1\xa1\x05\x42KZ", id="a number as a key"),
        pytest.param(b"\x42\xff\xfe", id="a text that is not UTF-8"),
        pytest.param(b"\x3f\xff\xff\xff\xff", id="a pointer out of the file"),
        pytest.param(b"\x00\xff", id="a type there is not"),
    ],
)
def test_data_that_cannot_be_is_refused(tmp_path: Path, data: bytes) -> None:
    assert code_of(load_places, database_of(tmp_path / "odd.mmdb", data)) == "geoip-malformed"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_database_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(country_database(folder / "whole.mmdb").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    (folder / "hurt.mmdb").write_bytes(whole)
    try:
        load_places(folder / "hurt.mmdb")
    except HashquakeError:
        return


VALUES: dict[str, Any] = {
    "country": {"iso_code": "KZ", "names": {"en": "Kazakhstan", "kk": "\u049a" * 300}},
    "list": ["a", 7, {"b": True, "c": False}],
    "numbers": [0, 255, 65_535, 1 << 31, (1 << 63) + 1, 1 << 127, 0.5, -1.5e300],
}


def test_records_are_those_that_the_library_reads(tmp_path: Path) -> None:
    path = tmp_path / "many.mmdb"
    writer = MMDBWriter(6, "Test", ipv4_compatible=True)
    for number in range(40):
        content = VALUES | {"number": number, "text": "x" * (7 * number), "shared": VALUES["list"]}
        writer.insert_network(IPSet([f"2.{number}.0.0/16"]), content)
    writer.to_db_file(str(path))
    metadata = read_metadata(path)
    data = data_section(path, metadata)
    found = [
        data.value(pointer - metadata.node_count - 16)
        for pointer in sorted(set(tree_leaves(path, metadata).pointer.tolist()))
    ]
    with maxminddb.open_database(path) as library:
        assert metadata.node_count == library.metadata().node_count
        wanted = [library.get(f"2.{number}.0.1") for number in range(40)]
    assert sorted(found, key=lambda one: one["number"]) == wanted
