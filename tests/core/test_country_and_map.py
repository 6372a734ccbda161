"""Countries by their codes, maps that must sum to one, and draws from quantiles."""

import gettext
import re
from math import inf, nan

import numpy as np
import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.country import COUNTRIES, alpha3_of, name_key, parse_country
from hashquake.core.country_names import OTHER_SPELLINGS, TABLE
from hashquake.core.country_names_french import FRENCH
from hashquake.core.draws import draws_of_quantiles, quantiles_of_draws
from hashquake.core.errors import FormatError
from hashquake.core.interval import Quantiles
from hashquake.core.machine import Machine
from hashquake.core.mining_map import SUM_TOLERANCE, build_map
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

MONTH = Window(start_s=1_627_776_000, end_s=1_630_454_400)
WHOLE = {"US": 0.5, "KZ": 0.2, "ZZ": 0.3}


def _code(shares: dict[str, float], **given: object) -> str:
    asked = {"publisher": "x", "window": MONTH, "vintage_s": MONTH.end_s, **given}
    with pytest.raises(FormatError) as caught:
        build_map(shares, **asked)  # type: ignore[arg-type]  # faults are what is tested
    return caught.value.code


def test_codes_of_two_and_three_letters_are_one_country() -> None:
    assert len(COUNTRIES) == 250
    assert {parse_country(text) for text in ("KZ", "kaz", " Kz ")} == {"KZ"}
    assert all(parse_country(alpha3_of(code)) == code for code in COUNTRIES)


PUBLISHED = {
    "CN": ("Mainland China", "China", "CHINA", "China, People's Republic of"),
    "IR": ("Iran, Islamic Rep.", "Iran (Islamic Republic of)", "Iran, Islamic Republic of", "Iran"),
    "RU": ("Russian Federation", "Russia"),
    "KR": ("Korea, Rep.", "Republic of Korea", "Korea, Republic of", "South Korea"),
    "KP": ("Korea, Dem. People's Rep.", "Democratic People's Republic of Korea"),
    "CD": ("Congo, Dem. Rep.", "Democratic Republic of the Congo", "DRC"),
    "CG": ("Congo, Rep.", "Congo", "Republic of the Congo"),
    "VE": ("Venezuela, RB", "Venezuela (Bolivarian Republic of)", "venezuela"),
    "CI": ("C\u00f4te d\u2019Ivoire", "Cote d'Ivoire", "Ivory Coast"),
    "TR": ("T\u00fcrkiye", "Turkiye", "Turkey"),
    "US": ("United States", "United States of America", "U.S.", "USA", "the United States"),
    "GB": ("UK", "uk", "United Kingdom", "Great Britain"),
    "GR": ("EL", "Greece"),
    "LA": ("Lao PDR", "Lao People's Democratic Republic", "Laos"),
    "HK": ("Hong Kong SAR, China", "Hong Kong"),
    "XK": ("Kosovo", "XKX", "Kosovo (under UNSC res. 1244)"),
    "KZ": ("398", "KAZ", "Kazakhstan", "kazakhstan "),
}


FRENCH_AND_OLDER = {
    "US": ("États-Unis", "États-Unis d'Amérique (les)", "840.0"),
    "RU": ("Russie (la Fédération de)", "Fédération de Russie"),
    "NL": ("Pays-Bas (les)", "Holland"),
    "KR": ("Corée (la République de)", "Corée du Sud"),
    "CD": ("Congo (la République démocratique du)", "Congo (DRC)", "Zaire"),
    "CG": ("Congo (le)", "Congo - Brazzaville"),
    "GN": ("Guinée (la)", "Guinea"),
    "GQ": ("Guinée équatoriale (la)", "Equatorial Guinea"),
    "MM": ("Myanmar (Burma)", "Myanmar/Burma", "Birmanie"),
    "TR": ("Tuerkiye", "Turkey (Türkiye)", "Turquie (la)"),
    "SZ": ("Swaziland", "Eswatini (Swaziland)"),
    "TL": ("East Timor", "Timor-Leste (East Timor)"),
    "MO": ("Macau SAR China", "Macau, China"),
    "VA": ("Holy See (the)", "Saint-Siège (le)"),
    "IE": ("Republic of Ireland", "Irlande"),
    "DE": ("Germany, Republic of", "Allemagne (l')"),
    "LK": ("Ceylon",),
    "XK": ("XKK", "Kosovo, UNMIK"),
    "AF": ("4", "004"),
    "CI": ("C\u00f4te d\u2019Ivoire (la)", "Cote dIvoire"),
}


def test_french_and_older_names_are_known() -> None:
    for code, names in FRENCH_AND_OLDER.items():
        assert {parse_country(name) for name in names} == {code}


def test_every_french_name_of_iso_is_known_or_said_to_be_of_two() -> None:
    french = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"])
    for one in pycountry.countries:
        for name in {one.name, getattr(one, "official_name", one.name)}:
            assert parse_country(french.gettext(name)) == one.alpha_2


def test_no_two_countries_share_a_name() -> None:
    of: dict[tuple[str, ...], set[str]] = {}
    for line in (TABLE.strip() + OTHER_SPELLINGS.rstrip() + FRENCH.rstrip()).splitlines():
        code, names = line.split(" ", 1)
        for name in names.split(" | "):
            of.setdefault(name_key(re.sub(r"^[A-Z]{3} \d{3} ", "", name)), set()).add(code)
    assert [codes for codes in of.values() if len(codes) > 1] == []


def test_published_spellings_are_known() -> None:
    for code, names in PUBLISHED.items():
        assert {parse_country(name) for name in names} == {code}


def test_every_name_and_code_of_iso_is_known() -> None:
    for one in pycountry.countries:
        names = {one.name, getattr(one, "official_name", one.name), one.alpha_3, one.numeric}
        assert {parse_country(name) for name in names} == {one.alpha_2}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        *(("EU", "European Union"), ("T1", "Tor"), ("xx", "unknown"), ("A2", "satellite")),
        *(("SU", "Soviet"), ("AN", "Antilles"), ("Korea", "KR"), ("Virgin Islands", "VG")),
        *(("Corée", "KP"), ("European Union", "not a country"), ("Anonymous Proxy", "proxies")),
    ],
)
def test_special_codes_are_named_as_such(text: str, named: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_country(text)
    assert caught.value.code == "country-unknown"
    assert named in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["KX", "IRA", "UZE", "AZB", "QQ", "KA", "GRE", "Georgia (US)", "Guinea/Mali", "1", "/", "()"],
)
def test_no_code_is_guessed_from_one_that_is_spelt_alike(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_country(text)
    assert "did you mean" not in caught.value.hint


def test_a_misspelt_name_is_asked_about_and_not_taken() -> None:
    with pytest.raises(FormatError) as caught:
        parse_country("Kazahkstan")
    assert "did you mean Kazakhstan?" in caught.value.hint


def test_the_rest_of_the_world_is_no_country_unless_asked_for() -> None:
    assert parse_country("Other", rest=True) == "ZZ"
    for text in ("Other", "ZZ", "", "K\x1b[31m", "x" * 10_000_000):
        with pytest.raises(FormatError) as caught:
            parse_country(text)
        assert caught.value.code == "country-unknown"
        assert "\x1b" not in caught.value.message


def test_a_map_keeps_its_shares_and_says_how_much_it_names() -> None:
    made = build_map(WHOLE, publisher="x", window=MONTH, vintage_s=MONTH.end_s)
    assert dict(made.shares) == pytest.approx(WHOLE)
    assert made.named_share == pytest.approx(0.7)
    rounded = build_map(
        {"US": 0.5, "KZ": 0.498}, publisher="x", window=MONTH, vintage_s=MONTH.end_s
    )
    assert sum(rounded.shares.values()) == pytest.approx(1)


def test_a_partial_map_puts_the_rest_under_not_named() -> None:
    made = build_map({"US": 0.36}, publisher="x", window=MONTH, vintage_s=MONTH.end_s, partial=True)
    assert made.shares["ZZ"] == pytest.approx(0.64)


def test_maps_that_cannot_be_are_refused_each_with_its_code() -> None:
    assert _code({"US": 0.5, "KZ": 0.5 - 2 * SUM_TOLERANCE}) == "map-sum"
    assert _code({"US": 0.7, "KZ": 0.4}) == "map-sum"
    assert _code({"US": 0.7, "KZ": 0.4}, partial=True) == "map-sum"
    assert _code({"US": 1.2, "KZ": -0.2}) == "share-negative"
    assert _code({"US": nan, "KZ": 0.4}) == "share-malformed"
    assert _code({"US": inf}) == "share-malformed"
    assert _code({"XY": 1.0}) == "country-unknown"
    assert _code(WHOLE, vintage_s=MONTH.start_s - DAY_S) == "vintage-early"


def test_percent_is_recognised_in_the_hint() -> None:
    with pytest.raises(FormatError) as caught:
        build_map({"US": 60.0, "KZ": 40.0}, publisher="x", window=MONTH, vintage_s=MONTH.end_s)
    assert "percent" in caught.value.hint


@pytest.mark.parametrize("efficiency", [nan, 0.0, -30.0, inf])
def test_a_machine_without_efficiency_is_refused(efficiency: float) -> None:
    with pytest.raises(FormatError) as caught:
        Machine(maker="x", model="y", released_s=0.0, efficiency_j_per_th=efficiency)
    assert caught.value.code == "hardware-efficiency"


@given(
    middle=st.floats(1.0, 1e3),
    steps=st.lists(st.floats(0.0, 100.0), min_size=6, max_size=6),
    seed=st.integers(0, 1000),
)
def test_draws_of_quantiles_give_the_quantiles_back(
    middle: float, steps: list[float], seed: int
) -> None:
    values = middle + np.concatenate([[0.0], np.cumsum(steps)])
    a, b, c, d, e, f, g = values.tolist()
    rng = np.random.default_rng(seed)
    drawn = draws_of_quantiles(Quantiles(values=(a, b, c, d, e, f, g)), rng, 4000)
    again = np.array(quantiles_of_draws(drawn).values)
    # Where the law is flat a small error of probability is a large one of value.
    below = np.array([(drawn <= value + 1e-9).mean() for value in values])
    assert (below >= np.array([0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975]) - 0.001).all()
    assert again[0] <= values[3] + 1e-6
