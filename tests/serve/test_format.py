from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.interval import Interval
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.serve.format import (
    MINUS,
    NBSP,
    change,
    claimed,
    count_word,
    eh_s,
    percent,
    probability,
    prose,
)
from hashquake.serve.format_times import duration, short_window, window_text


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(MINUS, "-")


@pytest.mark.parametrize(
    ("share", "digits", "signed", "text"),
    [
        (0.12, 0, False, "12 %"),
        (-0.12, 0, True, "-12 %"),
        (0.07, 0, True, "+7 %"),
        (-0.004, 0, True, "0 %"),
        (0.004, 0, True, "0 %"),
        (-0.128, 1, True, "-12.8 %"),
        (inf, 0, True, "+\N{INFINITY} %"),
        (-inf, 0, True, "-\N{INFINITY} %"),
        (42.0, 0, True, "> +1,000 %"),
    ],
)
def test_percent(share: float, digits: int, *, signed: bool, text: str) -> None:
    assert plain(percent(share, digits=digits, signed=signed)) == text


@given(st.floats(-1, 9), st.integers(0, 2))
def test_a_signed_percent_reads_back_to_what_was_rounded(share: float, digits: int) -> None:
    text = plain(percent(share, digits=digits, signed=True)).removesuffix(" %").replace(",", "")
    assert float(text) == pytest.approx(share * 100, abs=0.5 * 10**-digits + 1e-9)
    assert not text.startswith("-0") or float(text) != 0


def test_changes_and_claims_keep_their_sign_and_digits() -> None:
    interval = Interval(median=-0.024, low=-0.11, high=0.07, level=0.9)
    assert plain(change(interval)) == "-2 % [-11 %, +7 %]"
    assert plain(claimed(-0.18, -0.15)) == "-18 to -15 %"
    assert plain(claimed(-0.128, -0.128)) == "-12.8 %"
    assert plain(claimed(0.181, 0.181, signed=False)) == "18.1 %"


@pytest.mark.parametrize(
    ("hashrate_hps", "text"),
    [
        (176.4e18, "176 EH/s"),
        (1.2e21, "1,200 EH/s"),
        (2.345e15, "2.35 PH/s"),
        (5e8, "500 MH/s"),
        (1e9, "1.00 GH/s"),
        (447e3, "447 kH/s"),
        (12.3, "12.3 H/s"),
        (0.001, "<0.01 H/s"),
        (0.0, "0.00 H/s"),
    ],
)
def test_hash_rates_take_the_prefix_that_fits(hashrate_hps: float, text: str) -> None:
    assert plain(eh_s(hashrate_hps)) == text


@pytest.mark.parametrize(
    ("start", "end", "text", "short"),
    [
        (
            "2022-01-05T10:45",
            "2022-01-10T02:00",
            "5 January, 10:45 to 10 January 2022, 02:00 UTC",
            "5 Jan 10:45 to 10 Jan 02:00 UTC",
        ),
        ("2022-01-05", "2022-01-06", "5 January 2022", "5 Jan, the whole day"),
        ("2022-01-05", "2022-01-08", "5 January to 7 January 2022", "5 Jan to 7 Jan"),
        (
            "2021-12-31T12:00",
            "2022-01-01T12:00",
            "31 December 2021, 12:00 to 1 January 2022, 12:00 UTC",
            "31 Dec 12:00 to 1 Jan 12:00 UTC",
        ),
        (
            "2022-01-05T01:00",
            "2022-01-05T02:30",
            "5 January 2022, 01:00 to 02:30 UTC",
            "5 Jan 01:00 to 02:30 UTC",
        ),
    ],
)
def test_windows(start: str, end: str, text: str, short: str) -> None:
    window = Window(start_s=parse_time(start), end_s=parse_time(end))
    assert plain(window_text(window)) == text
    assert plain(short_window(window)) == short


def test_small_things() -> None:
    assert plain(duration(59.4)) == "59 s"
    assert plain(duration(3599)) == "60 min"
    assert plain(duration(5593)) == "1 h 33 min"
    assert count_word(0) == "no"
    assert probability(1e-9) == "under 0.001"


def test_prose_sets_apostrophes_and_keeps_escapes_visible() -> None:
    assert plain(prose("Kazakhstan's fall of -12.8 %")) == "Kazakhstan\u2019s fall of -12.8 %"
    assert prose("\x1b[31mred\u202e") == "\\x1b[31mred\\u202e"


def test_prose_keeps_the_spaces_of_a_sentence_and_leaves_soft_hyphens_out() -> None:
    assert prose("5\xa0January, 18\u202f%: Pro\xadzent") == "5\xa0January, 18\u202f%: Prozent"
    assert prose("a\u200bb") == "a\\u200bb"
