"""The fact sheet of a text, as a reader sees it in several languages."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from hashquake.observatory import open_observatory
from hashquake.serve.check.sheet import render_sheet
from hashquake.serve.language import language_named, speaking

PUBLISHED_S = datetime(2022, 1, 6, 20, tzinfo=UTC).timestamp()
TEXT = """
The network's hash rate fell 12% on January 5, said Larry Cermak of The Block. CNBC had the network
down 12.8% on January 5. An estimated 15-18 percent of the world's bitcoin miners went offline on
January 5. The hash rate had fallen from 205 to 177.33 EH/s, a drop of 13.4%.
"""


def sheet(code: str) -> str:
    with open_observatory("bundled") as observatory:
        check = observatory.check(TEXT, published=PUBLISHED_S)
    with speaking(language_named(code)):
        return render_sheet([check], made_at=PUBLISHED_S)


@pytest.fixture(scope="module")
def russian() -> str:
    return sheet("ru")


def words(page: str) -> str:
    body = re.sub(r"(?s)<style>.*?</style>", "", page)
    return unescape(re.sub(r"<[^>]+>", "", body))


def test_no_sentence_ends_in_two_stops(russian: str) -> None:
    assert "2022" in words(russian)
    assert ".." not in words(russian)


def test_a_range_below_zero_has_no_two_marks_in_a_row(russian: str) -> None:
    assert "\N{MINUS SIGN}18 … \N{MINUS SIGN}15" in words(russian).replace("\u00a0", " ")
    assert "\N{EN DASH}\N{MINUS SIGN}" not in words(russian)


def test_every_number_below_zero_has_the_sign_of_a_minus(russian: str) -> None:
    assert not re.search(r"(?<![\w-])-\d", words(russian))


def test_the_text_stands_without_blank_lines_around_it(russian: str) -> None:
    shown = re.search(r'(?s)<blockquote class="checked">(.*?)</blockquote>', russian)
    assert shown
    quoted = re.sub(r"<[^>]+>", "", shown[1])
    assert quoted == quoted.strip()
    assert quoted.startswith("The network")


def test_one_figure_is_written_once_and_not_as_a_range() -> None:
    found = words(sheet("en")).replace("\u00a0", " ")
    assert "A change of \N{MINUS SIGN}12.8 % lies outside it" in found
    assert "\N{MINUS SIGN}12.8 % to \N{MINUS SIGN}12.8 %" not in found
    assert "5 January 2022" in found
