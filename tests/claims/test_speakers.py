"""Who said a number: the name before the verb, and the one behind it where words are quoted."""

import pytest

from hashquake.claims.extract import extract_claims


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The network's hash rate fell 12%, said Larry Cermak of The Block.",
         "Larry Cermak of The Block"),
        ("Die Hashrate des Netzwerks fiel um 12 Prozent, sagte Larry Cermak.", "Larry Cermak"),
        ("Le hashrate du réseau a chuté de 12 %, a déclaré Larry Cermak.", "Larry Cermak"),
        ("El hashrate de la red cayó un 12 %, dijo Larry Cermak.", "Larry Cermak"),
        ("O hashrate da rede caiu 12%, disse Larry Cermak.", "Larry Cermak"),
        ("Хешрейт сети упал на 12%, сообщил Ларри Чермак.", "Ларри Чермак"),
        ("The network's hash rate, Reuters said, fell 12%.", "Reuters"),
        ("An estimated 15-18 percent of the world's bitcoin miners went offline.", ""),
        ("The hash rate of the network fell 12%, the agency said on Thursday.", ""),
    ],
)  # fmt: skip
def test_a_speaker_is_a_name_and_no_word_that_opens_a_sentence(text: str, speaker: str) -> None:
    claims = extract_claims(text, published_s=1_641_500_000.0).claims
    assert [one.speaker for one in claims] == [speaker]
