"""Databases and lists of ranges that are damaged, foreign or hold nothing."""

import builtins
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from tests.sources.log_forge import country_database

from hashquake.core.errors import HashquakeError
from hashquake.sources.logs._geoip import country_ranges, hosting_ranges, load_places


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


def test_the_extra_is_named_when_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = country_database(tmp_path / "countries.mmdb")
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "maxminddb":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert code_of(load_places, path) == "plugin-extra"
