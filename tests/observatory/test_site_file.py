"""The file of sites is read strictly, and what was probably meant is said."""

from pathlib import Path

import pytest

from hashquake.core.errors import HashquakeError
from hashquake.observatory.site_file import read_sites

WHOLE = """
[[site]]
id = "ekibastuz"
name = "Ekibastuz 1"
country = "Kazakhstan"
region = "KZ-PAV"
asns = [9198, 21299]
pools = ["antpool"]
megawatts = 24
ths = 750_000
tariff_usd_per_kwh = 0.045

[[site]]
id = "north"
country = "KZ"
grid = "RU"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sites.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    one, two = read_sites(written(tmp_path, WHOLE))
    assert one.country == "KZ"
    assert one.hashrate_hps == 750_000e12
    assert one.power_mw == 24.0
    assert one.networks == ("asn:9198", "asn:21299")
    assert one.places == ("region:KZ-PAV", "country:KZ")
    assert one.grid_subject == "region:KZ-PAV"
    assert (two.name, two.grid_subject) == ("north", "country:RU")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[site]]\nid = "a"\ncountry = "KZ"\nmegawats = 3', "did you mean megawatts?"),
        ('[[sites]]\nid = "a"', "did you mean [[site]]?"),
        ("[[site]]\nid = 'a'", "country is missing"),
        ("[[site]]\nid = 'A B'\ncountry = 'KZ'", "site A B"),
        ("[[site]]\nid = 'a'\ncountry = 'Kazkhstan'", "site a"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\nregion = 'RU-OMS'", "is not in KZ"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\nths = -1", "ths must be greater than 0, got -1"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\nths = nan", "ths must be"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\nths = '5'", "ths"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\nasns = [0]", "asn:0"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\npools = ['Ant Pool']", "pool:Ant Pool"),
        ("[[site]]\nid = 'a'\ncountry = 'KZ'\ntoken_hash = 'secret'", "token_hash must be sha256"),
        ("[[site]]\nid='a'\ncountry='KZ'\n[[site]]\nid='a'\ncountry='KZ'", "given twice"),
        ("site = 3", "describes no site"),
        ("", "describes no site"),
        ("site = [1]", "site 1 must be a table"),
        ("[[site", "cannot be used"),
        ("a = " + "[" * 3000, "cannot be used"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read_sites(written(tmp_path, text))
    assert caught.value.code == "sites-malformed"
    assert said in caught.value.message


def test_a_token_hash_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    text = "[[site]]\nid = 'a'\ncountry = 'KZ'\ntoken_hash = 'hunter2'"
    with pytest.raises(HashquakeError) as caught:
        read_sites(written(tmp_path, text))
    assert "hunter2" not in caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HashquakeError) as caught:
        read_sites(tmp_path / "none.toml")
    assert caught.value.code == "cannot-read"
