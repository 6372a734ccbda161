"""Kinds of wording that once were read as something else, one test a kind."""

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.claims.markup import read_markup
from hashquake.core.claim import Claim
from hashquake.core.times import parse_time


def read(text: str) -> list[Claim]:
    return list(extract_claims(text, published_s=1641513600.0).claims)


def said(text: str) -> list[tuple[str, str, float]]:
    return [(one.subject, one.quantity, one.low) for one in read(text)]


def test_a_country_that_acts_is_whose_hash_rate_is_stated() -> None:
    text = "Die Hashrate des Bitcoin-Netzes fiel um 12 %. Kasachstan kam zuletzt auf 25 EH/s."
    assert said(text)[1] == ("country:KZ", "hashrate_hps", 25e18)


def test_machines_are_where_they_went_to() -> None:
    text = "Miners moved some 90,000 machines from China to Kazakhstan."
    assert said(text) == [("country:KZ", "count", 90_000.0)]


def test_both_ends_of_a_change_between_two_days_have_a_day_each() -> None:
    text = "Between Tuesday and Thursday the network's hash rate dropped from 205 to 177 EH/s."
    first, last = (one.window for one in read(text))
    assert first is not None
    assert last is not None
    assert (first.duration_s, last.duration_s) == (86400, 86400)
    assert last.start_s - first.start_s == 2 * 86400


def test_the_fleet_of_a_company_is_not_the_networks_hash_rate() -> None:
    assert said("Marathon's fleet reached 19.1 EH/s in September.") == []


def test_a_pool_that_estimates_is_a_source() -> None:
    text = "Global hash rate fell 15 percent. Rival tracker Luxor put the loss nearer 12 percent."
    assert [one[0] for one in said(text)] == ["network", "network"]


def test_pools_together_share_one_figure() -> None:
    text = "Foundry mined 29% of the blocks and AntPool a quarter; together they exceed half of it."
    assert said(text)[-1][0] == "pools"


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("Difficulty is expected to fall 5% on Sunday.", 1641686400.0),
        ("Difficulty fell 5% on Sunday.", 1641081600.0),
    ],
)
def test_an_announced_weekday_is_the_next_one(text: str, low: float) -> None:
    [claim] = read(text)
    assert claim.window is not None
    assert claim.window.start_s == low


def test_a_number_of_something_else_is_no_part_of_a_list() -> None:
    assert said("The miner lost 12 kg and 40% of his sight.") == []


def test_short_lines_of_several_languages_are_each_read_in_their_own() -> None:
    text = (
        "The hash rate fell 12% on Wednesday.\n\n"
        "Die Hashrate von AntPool fiel am Mittwoch um elf Prozent.\n\n"
        "Хешрейт упал на 13% в среду.\n\nEl hashrate de la red cayó un 14 % el miércoles.\n"
    )
    found = extract_claims(text, published_s=1641513600.0).claims
    assert [(one.language, one.low) for one in found] == [
        ("en", -0.12),
        ("de", -0.11),
        ("ru", -0.13),
        ("es", -0.14),
    ]


def test_reading_a_broken_page_writes_nothing_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    page = "<html>" + "<div>" * 3000 + "Hash rate fell 12% on Wednesday." + "</div>" * 3000
    assert read_markup(page).text.strip() == "Hash rate fell 12% on Wednesday."
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "subject", "rank"),
    [
        ("Foundry USA blieb der größte Pool.", "pool:foundryusa", 1.0),
        ("AntPool is the second largest mining pool.", "pool:antpool", 2.0),
        ("Foundry остается крупнейшим пулом.", "pool:foundryusa", 1.0),
    ],
)
def test_a_pools_rank_needs_no_other_word_of_mining(text: str, subject: str, rank: float) -> None:
    [claim] = extract_claims(text, published_s=1641513600.0).claims
    assert (claim.subject, claim.quantity, claim.low) == (subject, "rank", rank)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's hash rate hit a record high.",
        "Die Hashrate von Bitcoin erreichte ein Allzeithoch.",
        "Le hashrate du bitcoin a atteint un niveau record.",
        "El hashrate de bitcoin marcó un máximo histórico.",
        "O hashrate do bitcoin bateu recorde histórico.",
        "Хешрейт биткоина обновил исторический максимум.",
    ],
)
def test_a_record_without_a_number_is_a_claim(text: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.subject, claim.quantity, claim.low, claim.measure) == ("network", "rank", 1.0, "")


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's hash rate fell to its lowest level since September.",
        "Die Hashrate ist so niedrig wie seit September nicht mehr.",
        "Le hashrate est au plus bas depuis septembre.",
        "El hashrate está en su nivel más bajo desde septiembre.",
        "O hashrate está no menor nível desde setembro.",
        "Хешрейт упал до минимума с сентября.",
    ],
)
def test_a_low_since_a_month_is_dated_from_its_end(text: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.subject, claim.quantity) == ("network", "rank")
    assert claim.measure == "hashrate_lowest"
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2021-10-01")


@pytest.mark.parametrize(
    ("text", "subject", "measure"),
    [
        ("Mining difficulty reached an all-time high.", "network", "difficulty_highest"),
        ("Die Mining-Schwierigkeit erreichte ein Allzeithoch.", "network", "difficulty_highest"),
        ("La difficulté de minage a atteint un niveau record.", "network", "difficulty_highest"),
        ("La dificultad de minado marcó un máximo histórico.", "network", "difficulty_highest"),
        ("A dificuldade de mineração bateu recorde histórico.", "network", "difficulty_highest"),
        ("Сложность майнинга обновила исторический максимум.", "network", "difficulty_highest"),
        ("Bitcoin's price hit an all-time high.", "asset:btc", "price_highest"),
        ("Der Bitcoin-Kurs erreichte ein Allzeithoch.", "asset:btc", "price_highest"),
        ("Le cours du bitcoin a atteint un niveau record.", "asset:btc", "price_highest"),
        ("El precio del bitcoin marcó un máximo histórico.", "asset:btc", "price_highest"),
        ("O preço do bitcoin bateu recorde histórico.", "asset:btc", "price_highest"),
        ("Цена биткоина обновила исторический максимум.", "asset:btc", "price_highest"),
    ],
)
def test_records_of_difficulty_and_price(text: str, subject: str, measure: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.subject, claim.quantity, claim.measure) == (subject, "rank", measure)


@pytest.mark.parametrize(
    "text",
    ["Tesla's stock hit an all-time high.", "Ethereum's hash rate hit an all-time high."],
)
def test_records_of_others_are_no_claims(text: str) -> None:
    assert claims_of(text) == ()


def claims_of(text: str) -> tuple[Claim, ...]:
    return extract_claims(text, published_s=float(parse_time("2022-01-06T14:00"))).claims
