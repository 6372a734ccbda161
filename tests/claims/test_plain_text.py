"""Marks that nobody sees, split letters and ligatures change nothing of what a text claims."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.claims.extract import extract_claims
from hashquake.claims.plain_text import plain_text

PUBLISHED_S = 1_641_427_200.0
TEXTS = {
    "en": "The network's hash rate fell by 12 percent on Wednesday; Kazakhstan held 18 percent.",
    "de": "Die Hashrate des Netzwerks fiel am Mittwoch um zwölf Prozent. Kasachstan hält 18 %.",
    "fr": "La puissance de calcul du réseau a chuté de 12\u202f% mercredi, près d'un cinquième.",
    "es": "La tasa de hash de la red cayó un 12 % el miércoles. Kazajistán tenía el 18 %.",
    "pt": "A taxa de hash da rede caiu 12 % na quarta-feira. O Cazaquistão tinha 18 %.",
    "ru": "Хешрейт сети упал на 12 процентов в среду. На Казахстан приходилось 18 %.",
}
UNSEEN = ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u200e"]


def claims_of(text: str, language: str) -> list[object]:
    """Return what is claimed, without where it stands."""
    return [
        (one.subject, one.quantity, one.low, one.high, one.relation, one.window, one.text)
        for one in extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    ]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("mark", UNSEEN)
def test_marks_that_nobody_sees_change_no_claim(language: str, mark: str) -> None:
    text = TEXTS[language]
    assert claims_of(text, language)
    assert claims_of(mark.join(text), language) == claims_of(text, language)


@pytest.mark.parametrize("language", TEXTS)
def test_accents_apart_from_their_letters_change_no_claim(language: str) -> None:
    text = TEXTS[language]
    assert claims_of(unicodedata.normalize("NFD", text), language) == claims_of(text, language)


def test_a_ligature_is_read_as_its_letters() -> None:
    assert plain_text("\ufb01el um ein Fünftel").text == "fiel um ein Fünftel"
    assert claims_of("Die Hashrate \ufb01el um 12 %.", "de") == claims_of(
        "Die Hashrate fiel um 12 %.", "de"
    )


@given(st.lists(st.integers(0, len(TEXTS["fr"])), max_size=20), st.sampled_from(UNSEEN))
def test_places_lead_back_to_the_text_as_given(places: list[int], mark: str) -> None:
    text = unicodedata.normalize("NFD", TEXTS["fr"])
    for at in places:
        text = text[:at] + mark + text[at:]
    plain = plain_text(text)
    for claim in extract_claims(text, published_s=PUBLISHED_S, language="fr").claims:
        assert claim.figure_span is not None
        first, last = claim.figure_span
        given_words = plain_text(text[first:last]).text
        assert given_words in ("12\u202f%", "d'un cinquième")
        assert given_words in plain.text
        assert claim.text == plain_text(text[slice(*claim.span or ())]).text


def test_a_plain_text_is_read_as_it_is() -> None:
    assert plain_text(TEXTS["en"]).text is TEXTS["en"]
    assert plain_text("").given_span((0, 0)) == (0, 0)
