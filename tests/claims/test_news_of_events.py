"""What news of outages writes: records said behind, days as ends, members of what is counted."""

import pytest
from tests.claims.test_figures_that_go_on import check, claims_in


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's price fell to $43,000. That is the lowest since November.",
        "Der Bitcoin-Kurs ist auf 43.000 Dollar gefallen. Das ist der tiefste Stand seit November.",
        "Le prix du bitcoin est tombé à 43 000 $. C'est le plus bas depuis novembre.",
        "El precio del bitcoin cayó a 43.000 dólares. Es el nivel más bajo desde noviembre.",
        "O preço do bitcoin caiu para US$ 43.000. É o menor nível desde novembro.",
        "Цена биткоина упала до 43 000 долларов. Это минимум с ноября.",
    ],
)
def test_a_record_of_it_is_of_what_was_spoken_of(text: str) -> None:
    check(text, ["asset:btc price_usd 43000 -", "asset:btc rank 1 2023-12-01..2024-07-12T12:00"])


@pytest.mark.parametrize(
    "text",
    [
        "AntPool fell to 90 EH/s. That is the lowest since November.",
        "AntPool fiel auf 90 EH/s. Das ist der tiefste Stand seit November.",
        "AntPool est tombé à 90 EH/s. C'est le plus bas depuis novembre.",
        "AntPool cayó a 90 EH/s. Es el nivel más bajo desde noviembre.",
        "A AntPool caiu para 90 EH/s. É o menor nível desde novembro.",
        "AntPool упал до 90 EH/s. Это минимум с ноября.",
    ],
)
def test_a_record_of_a_pool_is_not_the_network_s(text: str) -> None:
    check(text, ["pool:antpool hashrate_hps 90e18 -"])


@pytest.mark.parametrize(
    "text",
    [
        "From Friday to Sunday the network's hash rate fell 30 %.",
        "Die Hashrate fiel von Freitag bis Sonntag um 30 %.",
        "Le hashrate du réseau a chuté de vendredi à dimanche de 30 %.",
        "El hashrate de la red retrocedió del viernes al domingo un 30 %.",
        "O hashrate da rede recuou de sexta-feira a domingo 30%.",
        "Хешрейт сети с пятницы по воскресенье упал на 30 %.",
    ],
)
def test_the_last_day_of_a_stretch_leads_to_no_level(text: str) -> None:
    (claim,) = claims_in(text)
    assert (claim.subject, claim.quantity, claim.low) == ("network", "hashrate_change_share", -0.3)


@pytest.mark.parametrize(
    "text",
    [
        "Ethiopia sold 600 megawatts to 25 mining firms, most of them Chinese.",
        "Äthiopien verkaufte 600 Megawatt an 25 Mining-Firmen, die meisten davon chinesische.",
        "L'Éthiopie a vendu 600 mégawatts à 25 fermes de minage, la plupart chinoises.",
        "Etiopía vendió 600 megavatios a 25 granjas de minería, la mayoría de ellas chinas.",
        "A Etiópia vendeu 600 megawatts a 25 fazendas de mineração, a maioria delas chinesas.",
        "Эфиопия продала 600 мегаватт 25 майнинговым фермам, большинство из них китайские.",
    ],
)
def test_what_members_are_owns_no_figure(text: str) -> None:
    (power, *_) = claims_in(text)
    assert (power.subject, power.quantity, power.low) == ("country:ET", "power_mw", 600)


@pytest.mark.parametrize(
    "text",
    [
        "Pools in June by the numbers. Foundry USA found 30 % of the blocks, AntPool 18 %.",
        "Der Juni in Zahlen. Foundry USA fand 30 % der Blöcke, AntPool 18 %.",
        "Le mois de juin en chiffres. Foundry USA a trouvé 30 % des blocs, AntPool 18 %.",
        "Junio en cifras. Foundry USA encontró el 30 % de los bloques, AntPool el 18 %.",
        "Junho em números. A Foundry USA achou 30% dos blocos, a AntPool 18%.",
        "Статистика пулов в июне. Foundry USA нашёл 30% блоков, AntPool 18%.",
    ],
)
def test_a_heading_dates_what_was_counted_below_it(text: str) -> None:
    june = "2024-06-01..2024-07-01"
    check(
        text,
        [f"pool:foundryusa hashrate_share 0.3 {june}", f"pool:antpool hashrate_share 0.18 {june}"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "June was warm. The hash rate of the network is 600 EH/s.",
        "Der Juni war warm. Die Hashrate des Netzwerks liegt bei 600 EH/s.",
        "Juin fut chaud. Le hashrate du réseau est de 600 EH/s.",
        "Junio fue cálido. El hashrate de la red es de 600 EH/s.",
        "Junho foi quente. O hashrate da rede é de 600 EH/s.",
        "Июнь был тёплым. Хешрейт сети составляет 600 EH/s.",
    ],
)
def test_a_heading_dates_no_level_of_an_instant(text: str) -> None:
    check(text, ["network hashrate_hps 600e18 -"])


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin miners worked on. The machines drew some 17 gigawatts, the study said.",
        "Die Bitcoin-Miner arbeiteten weiter. Die Maschinen zogen 17 Gigawatt, so die Studie.",
        "Les mineurs de bitcoin continuaient. Les machines tiraient 17 gigawatts.",
        "Los mineros de bitcoin siguieron. Las máquinas consumían 17 gigavatios.",
        "Os mineradores de bitcoin seguiram. As máquinas consumiam 17 gigawatts.",
        "Майнеры биткоина продолжали. Машины потребляли 17 гигаватт.",
    ],
)
def test_so_much_power_is_that_of_all_miners(text: str) -> None:
    check(text, ["network power_mw 17000 -"])


@pytest.mark.parametrize(
    "text",
    [
        "In June 2023 the hash rate was 400 EH/s. Two years later it was spoken of 5 % more.",
        "Im Juni 2023 lag die Hashrate bei 400 EH/s. Zwei Jahre später waren es 5 % mehr.",
        "En juin 2023, le hashrate était de 400 EH/s. Deux ans plus tard, 5 % de plus.",
        "En junio de 2023 el hashrate era de 400 EH/s. Dos años después, un 5 % más.",
        "Em junho de 2023 o hashrate era de 400 EH/s. Dois anos depois, 5% a mais.",
        "В июне 2023 года хешрейт составлял 400 EH/s. Два года спустя он был на 5 % больше.",
    ],
)
def test_no_time_is_counted_into_the_time_to_come(text: str) -> None:
    windows = [one.window for one in claims_in(text)[1:]]
    assert all(one is None or one.end_s <= 1_720_785_600 for one in windows)
