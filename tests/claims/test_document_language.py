"""The language of a whole text, found without the identifier where that is plain."""

import subprocess
import sys

import pytest
from tests.claims.passage_scores import passages

from hashquake.claims.extract import extract_claims
from hashquake.claims.passages import language_of

LANGUAGES = ("en", "de", "fr", "es", "pt", "ru")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_is_in_its_language(language: str) -> None:
    rows = [
        row["text"] for folder in ("tuned", "sixth", "ninth") for row in passages(folder, language)
    ]
    articles = [" ".join(rows[at : at + 3]) for at in range(0, len(rows), 3)]
    assert {language_of(one) for one in articles} == {language}


def test_an_article_is_read_without_the_model_of_the_identifier() -> None:
    text = " ".join(row["text"] for row in passages("sixth", "en"))
    probe = (
        "import sys; from hashquake.claims.extract import extract_claims; "
        "found = extract_claims(sys.stdin.read()); "
        "print(len(found.claims) > 5, found.language, 'py3langid' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], input=text, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "en", "False"]


def test_a_paragraph_of_several_languages_is_read_in_each() -> None:
    text = (
        "The network's hash rate fell 12% on January 5. "
        "Die Hashrate des Netzwerks fiel am 5. Januar um 13 Prozent. "
        "Хешрейт сети упал 5 января на 14%. "
        "O hashrate da rede caiu 16% em 5 de janeiro."
    )
    claims = extract_claims(text, published_s=1_641_500_000.0).claims
    assert [one.low for one in claims] == [-0.12, -0.13, -0.14, -0.16]
    assert [one.language for one in claims] == ["en", "de", "ru", "pt"]
    assert {one.window.start_s for one in claims if one.window} == {1_641_340_800.0}
