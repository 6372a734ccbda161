"""More kinds of misreading, each in six languages: sources, comparisons, other matters."""

import pytest
from tests.claims.test_kinds_of_faults import PUBLISHED_S, claims, each, values

from hashquake.claims.extract import extract_claims
from hashquake.core.times import parse_time

POOLS = "pools"


@each(
    "A quarter of the Bitcoin network went offline, said Luxor. The network ran at 415 EH/s.",
    "Ein Viertel des Bitcoin-Netzwerks ging offline, sagte Luxor. Das Netzwerk lief mit 415 EH/s.",
    "Un quart du réseau Bitcoin s'est éteint, estime Luxor. Le réseau tournait à 415 EH/s.",
    "Una cuarta parte de la red Bitcoin se apagó, calcula Luxor. La red operaba a 415 EH/s.",
    "Um quarto da rede Bitcoin saiu do ar, calcula a Luxor. A rede operava a 415 EH/s.",
    "Четверть сети биткоина отключилась, подсчитали в Luxor. Сеть работала на 415 EH/s.",
)
def test_a_pool_that_only_says_it_is_not_whose_it_is(language: str, text: str) -> None:
    assert values(text, language) == [
        ("network", "hashrate_change_share", -0.25),
        ("network", "hashrate_hps", 415e18),
    ]


@each(
    "Foundry and AntPool together had 54 % of the hash rate, up from 45 % a year ago.",
    "Foundry und AntPool hatten zusammen 54 % der Hashrate, gegenüber 45 % vor einem Jahr.",
    "Foundry et AntPool avaient ensemble 54 % du hashrate, contre 45 % il y a un an.",
    "Foundry y AntPool tenían juntos el 54 % del hashrate, frente al 45 % hace un año.",
    "Foundry e AntPool tinham juntos 54% do hashrate, contra 45% há um ano.",
    "Foundry и AntPool вместе имели 54 % хешрейта против 45 % год назад.",
)
def test_an_earlier_share_is_of_the_same(language: str, text: str) -> None:
    assert values(text, language) == [
        (POOLS, "hashrate_share", 0.54),
        (POOLS, "hashrate_share", 0.45),
    ]


@each(
    "Miners in Texas switched off. Demand for electricity reached 78 GW.",
    "Miner in Texas schalteten ab. Die Nachfrage nach Strom erreichte 78 GW.",
    "Les mineurs du Texas ont coupé. La demande d'électricité a atteint 78 GW.",
    "Los mineros de Texas se apagaron. La demanda de electricidad llegó a 78 GW.",
    "Os mineradores do Texas desligaram. A demanda por eletricidade chegou a 78 GW.",
    "Майнеры Техаса отключились. Спрос на электричество достиг 78 ГВт.",
)
def test_the_demand_of_a_grid_is_not_what_mining_takes(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Ethiopia has 2.5 % of the hash rate. Only half of Ethiopians have light.",
    "Äthiopien hat 2,5 % der Hashrate. Nur die Hälfte der Äthiopier hat Licht.",
    "L'Éthiopie a 2,5 % du hashrate. La moitié des Éthiopiens n'a pas de lumière.",
    "Etiopía tiene el 2,5 % del hashrate. Solo la mitad de los etíopes tiene luz.",
    "A Etiópia tem 2,5% do hashrate. Só metade dos etíopes tem luz em casa.",
    "На Эфиопию приходится 2,5 % хешрейта. Свет есть у половины эфиопов.",
)
def test_a_part_of_something_else_is_no_share_of_hash_rate(language: str, text: str) -> None:
    assert values(text, language) == [("country:ET", "hashrate_share", 0.025)]


@each(
    "Hash rate fell by 30 %. On Sunday the price dropped 15 % to 51,500 dollars.",
    "Die Hashrate fiel um 30 %. Am Sonntag fiel der Kurs um 15 % auf 51.500 Dollar.",
    "Le hashrate a chuté de 30 %. Dimanche le cours a perdu 15 %, à 51 500 dollars.",
    "El hashrate cayó un 30 %. El domingo el precio bajó un 15 %, hasta los 51.500 dólares.",
    "O hashrate caiu 30%. No domingo o preço caiu 15%, para 51.500 dólares.",
    "Хешрейт упал на 30 %. В воскресенье курс упал на 15 %, до 51 500 долларов.",
)
def test_the_price_in_a_text_on_mining_is_bitcoins(language: str, text: str) -> None:
    assert values(text, language) == [
        ("network", "hashrate_change_share", -0.3),
        ("asset:btc", "price_change_share", -0.15),
        ("asset:btc", "price_usd", 51500.0),
    ]


@each(
    "Chinese media: 90 % of the country's mining capacity has been shut down.",
    "China: 90 % der Mining-Kapazität des Landes sind abgeschaltet.",
    "Chine : 90 % de la capacité de minage du pays est à l'arrêt.",
    "China: el 90 % de la capacidad minera del país está apagada.",
    "China: 90% da capacidade de mineração do país foi desligada.",
    "Китай: отключено 90 % майнинговых мощностей страны.",
)
def test_what_a_country_switched_off_is_a_change_of_its_own(language: str, text: str) -> None:
    assert values(text, language) == [("country:CN", "hashrate_change_share", -0.9)]


@each(
    "In 2014 the pool GHash.IO had 51 % of the hash rate.",
    "Im Jahr 2014 hatte der Pool GHash.IO 51 % der Hashrate.",
    "En 2014 le pool GHash.IO détenait 51 % du hashrate.",
    "En 2014 el pool GHash.IO tenía el 51 % del hashrate.",
    "Em 2014 o pool GHash.IO tinha 51% do hashrate.",
    "В 2014 году пул GHash.IO имел 51 % хешрейта.",
)
def test_a_full_stop_within_a_name_ends_no_sentence(language: str, text: str) -> None:
    (claim,) = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert (claim.subject, claim.low) == ("pool:ghashio", 0.51)
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2014-01-01")


@each(
    "From Thursday to Sunday hash rate fell from 172 to 125 EH/s.",
    "Von Donnerstag bis Sonntag fiel die Hashrate von 172 auf 125 EH/s.",
    "De jeudi à dimanche le hashrate est passé de 172 à 125 EH/s.",
    "De jueves a domingo el hashrate pasó de 172 a 125 EH/s.",
    "De quinta a domingo o hashrate caiu de 172 para 125 EH/s.",
    "С четверга по воскресенье хешрейт упал со 172 до 125 EH/s.",
)
def test_each_end_of_a_change_has_its_day(language: str, text: str) -> None:
    first, last = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert first.window is not None
    assert last.window is not None
    assert first.window.start_s == parse_time("2022-01-20")
    assert last.window.start_s == parse_time("2022-01-23")


def test_a_number_and_its_scale_are_one() -> None:
    assert values("Bitcoin's price slid to 54 thousand dollars.", "en") == [
        ("asset:btc", "price_usd", 54000.0)
    ]


@pytest.mark.parametrize("text", ["Bitcoin pierde un 22 % y se cambia por 16.800 dólares."])
def test_what_is_paid_for_a_coin_is_a_price(text: str) -> None:
    assert values(text, "es")[-1] == ("asset:btc", "price_usd", 16800.0)


@each(
    "Hash rate fell from 180 EH/s to 86.",
    "Die Hashrate fiel von 180 EH/s auf 86.",
    "Le hashrate est tombé de 180 EH/s à 86.",
    "El hashrate pasó de 180 EH/s a 86.",
    "O hashrate passou de 180 EH/s para 86.",
    "Хешрейт упал со 180 EH/s до 86.",
)
def test_a_rate_that_ends_a_clause_needs_no_second_unit(language: str, text: str) -> None:
    assert values(text, language) == [
        ("network", "hashrate_hps", 180e18),
        ("network", "hashrate_hps", 86e18),
    ]


@each(
    "BTC.com says the network lost a tenth of its hash rate; others speak of 12 to 14 %.",
    "Laut BTC.com verlor das Netzwerk ein Zehntel der Hashrate; andere kommen auf 12 bis 14 %.",
    "Selon BTC.com, le réseau a perdu un dixième du hashrate ; d'autres évoquent 12 à 14 %.",
    "Según BTC.com la red perdió una décima parte del hashrate; otros hablan de 12 a 14 %.",
    "Segundo a BTC.com a rede perdeu um décimo do hashrate; outros falam em 12 a 14%.",
    "По данным BTC.com, сеть потеряла десятую часть хешрейта; другие называют 12–14 %.",
)
def test_what_others_say_is_of_the_same_fall(language: str, text: str) -> None:
    assert [one[:2] for one in claims(text, language)] == [("network", "hashrate_change_share")] * 2
    assert claims(text, language)[1][2:] == (-0.14, -0.12)


@each(
    "Bitcoin's price has almost tripled.",
    "Der Bitcoin-Kurs hat sich fast verdreifacht.",
    "Le cours du bitcoin a presque triplé.",
    "El precio del bitcoin casi se ha triplicado.",
    "O preço do bitcoin quase triplicou.",
    "Цена биткоина выросла почти втрое.",
)
def test_a_price_is_multiplied(language: str, text: str) -> None:
    assert values(text, language) == [("asset:btc", "price_change_share", 2.0)]


@each(
    "Tonight the reward of the miners will be halved.",
    "Heute Nacht wird die Blockbelohnung der Miner halbiert.",
    "Cette nuit la récompense des mineurs sera divisée par deux.",
    "Esta noche la recompensa de los mineros se reducirá a la mitad.",
    "Nesta noite a recompensa dos mineradores será cortada pela metade.",
    "Этой ночью награда майнеров уменьшится вдвое.",
)
def test_a_halving_of_rewards_is_no_fall_of_hash_rate(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Fees made up 75 % of miners' income.",
    "Gebühren machten 75 % der Einnahmen der Miner aus.",
    "Les frais ont représenté 75 % des revenus des mineurs.",
    "Las comisiones supusieron el 75 % de los ingresos de los mineros.",
    "As taxas representaram 75% da receita dos mineradores.",
    "Комиссии составили 75 % доходов майнеров.",
)
def test_a_part_of_income_is_no_share_of_hash_rate(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Foundry found 31 % and AntPool 19 % of the blocks. Together they find half of them.",
    "Foundry fand 31 % und AntPool 19 % der Blöcke. Zusammen finden sie die Hälfte.",
    "Foundry trouve 31 % et AntPool 19 % des blocs. À eux deux, ils en trouvent la moitié.",
    "Foundry se lleva el 31 % y AntPool el 19 % de los bloques. Juntos suman la mitad.",
    "A Foundry fica com 31% e o AntPool com 19% dos blocos. Juntos somam a metade.",
    "Foundry забирает 31 % блоков, AntPool — 19 %. Вместе они находят половину.",
)
def test_what_pools_have_together_is_of_all_of_them(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:foundryusa", "hashrate_share", 0.31),
        ("pool:antpool", "hashrate_share", 0.19),
        (POOLS, "hashrate_share", 0.5),
    ]
