"""The extractor on passages in six languages, with the claims that a reader finds in them.

``tuned`` is what it was made on. ``blind`` and ``later`` were written before the extractor was
first run on them. That first run found 60 to 85 of 100 claims of ``blind`` by language with a
precision of 0.67 to 0.94, and 80 to 100 of ``later`` with 0.80 to 1.00 (92 of 100 over all
languages). ``third`` is harder, in the wording of tweets, tabloids and regulators: its first run
found 85 of 100 with a precision of 0.87 and 85 of 100 windows. ``fourth``, of other wording
again, was written after that had been mended: 86 of 100, 0.90 and 86. ``fifth`` is small and came
last: 93 of 100, 0.95 and 95. ``sixth`` to ``tenth`` are articles of several sentences, each in a
style of its own; their first runs found 74, 83, 78, 57 and 77 of 100, with a precision of 0.81,
0.87, 0.88, 0.59 and 0.88. ``eleventh``
(eight kinds of writer), ``twelfth`` (long dispatches) and ``thirteenth`` (as spoken, figures in
words) were written by somebody who had not seen the rules: 93, 97 and 87 of 100, with 0.89, 0.95
and 0.95. ``fourteenth`` (tabloids and regulators, with extremes since some time) was written right
after the rules for these, by the same hand: 90 of 100, all right. The misses of all have since
taught it what it does now.
"""

import pytest
from tests.claims.passage_scores import measure, passages

LANGUAGES = ("en", "de", "fr", "es", "pt", "ru")


@pytest.mark.parametrize(
    "folder",
    [
        "tuned",
        "blind",
        "later",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_found_with_their_windows(folder: str, language: str) -> None:
    score = measure(folder, language)
    assert score.precision >= 0.95, score.extra
    assert score.recall >= 0.90, score.missed
    assert score.window_share >= 0.80, score.wrong_windows


def test_there_are_passages_enough_and_a_tenth_are_traps() -> None:
    rows = [row for language in LANGUAGES for row in passages("tuned", language)]
    assert len(rows) >= 90
    assert sum(not row["claims"] for row in rows) >= len(rows) / 10
