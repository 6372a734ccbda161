"""What long sentences and forums write: figures in order, times as labels, units in Cyrillic."""

import pytest
from tests.claims.test_figures_that_go_on import check, claims_in

YESTERDAY = "2024-07-11..2024-07-12"
BEFORE = "2024-07-10..2024-07-11"
JUNE = "2024-06-01..2024-07-01"


@pytest.mark.parametrize(
    "text",
    [
        "In June Kazakhstan and Russia had 18.1 and 11.2 % of the hash rate respectively.",
        "Im Juni folgten Kasachstan und Russland mit 18,1 beziehungsweise 11,2 % der Hashrate.",
        "En juin, le Kazakhstan et la Russie avaient respectivement 18,1 et 11,2 % du hashrate.",
        "En junio Kazajistán y Rusia tenían respectivamente el 18,1 y el 11,2 % del hashrate.",
        "Em junho o Cazaquistão e a Rússia tinham respectivamente 18,1 e 11,2% do hashrate.",
        "В июне на Казахстан и Россию приходилось соответственно 18,1 и 11,2% хешрейта.",
    ],
)
def test_figures_go_with_names_in_their_order(text: str) -> None:
    check(
        text, [f"country:KZ hashrate_share 0.181 {JUNE}", f"country:RU hashrate_share 0.112 {JUNE}"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday 163 blocks, on Wednesday 131. So much for the miners.",
        "Gestern 163 Blöcke, vorgestern 131. So läuft das Netz mit 600 EH/s.",
        "Hier 163 blocs, avant-hier 131. Les mineurs se plaignent.",
        "Ayer salieron 163 bloques y anteayer 131. La red de Bitcoin sigue.",
        "Ontem foram 163 blocos e anteontem 131. Os mineradores reclamam.",
        "Вчера нашли 163 блока, позавчера 131. Майнеры ворчат.",
    ],
)
def test_a_time_labels_a_number_of_a_list(text: str) -> None:

    got = [(one.subject, one.low) for one in claims_in(text) if one.quantity == "count"]
    assert got == [("network", 163), ("network", 131)]


@pytest.mark.parametrize(
    "text",
    [
        "163 blocks of flats were built yesterday, said the mayor.",
        "Gestern wurden 163 Blöcke Granit verladen, sagte der Händler.",
        "Hier, 163 blocs de béton ont été posés, a dit le maire.",
        "Ayer se colocaron 163 bloques de hormigón, dijo el alcalde.",
        "Ontem foram instalados 163 blocos de concreto, disse o prefeito.",
        "Вчера уложили 163 блока бетона, сказал мэр.",
    ],
)
def test_blocks_of_a_text_of_other_matters_are_none(text: str) -> None:
    check(text, [])


def test_the_unit_of_a_rate_in_cyrillic_is_no_since() -> None:
    check(
        "Хешрейт биткоина упал до 175 Эх/с во вторник.",
        ["network hashrate_hps 175e18 2024-07-09..2024-07-10"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "The network reached 790 EH/s, the highest level in its history.",
        "Das Netzwerk erreichte mit 790 EH/s den höchsten Stand seiner Geschichte.",
        "Le hashrate a atteint 790 EH/s, son plus haut niveau de tous les temps.",
        "El hashrate alcanzó 790 EH/s, el nivel más alto de su historia.",
        "O hashrate atingiu 790 EH/s, o nível mais alto da história.",
        "Хешрейт достиг 790 EH/s, самого высокого уровня в истории.",
    ],
)
def test_a_record_behind_its_level_is_a_claim_of_its_own(text: str) -> None:
    check(text, ["network hashrate_hps 790e18 -", "network rank 1 -"])


@pytest.mark.parametrize(
    "text",
    [
        "Seven in ten of the blocks were found by AntPool in June.",
        "Sieben von zehn Blöcken fand im Juni AntPool.",
        "AntPool a trouvé en juin sept sur dix des blocs.",
        "AntPool encontró en junio siete de cada diez bloques.",
        "A AntPool achou em junho sete em cada dez blocos.",
        "AntPool нашёл в июне семь из десяти блоков.",
    ],
)
def test_so_many_of_so_many_are_a_share(text: str) -> None:
    check(text, [f"pool:antpool hashrate_share 0.7 {JUNE}"])
