"""Hash rates next to maps: a positive number never reads as nothing, whatever its size."""

import pytest

from hashquake.core.interval import Quantiles
from hashquake.serve.geography.numbers import exahashes, rate_text


@pytest.mark.parametrize("exponent", range(22))
def test_a_positive_rate_is_never_shown_as_zero(exponent: int) -> None:
    for first in (1.0, 4.97, 9.9):
        rate_hps = first * 10.0**exponent
        number, _, unit = exahashes(rate_hps).partition("\N{NO-BREAK SPACE}")
        assert float(number.replace(",", "")) > 0.0
        prefix = {"E": 1e18, "P": 1e15, "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3}.get(unit[0], 1.0)
        assert float(number.replace(",", "")) * prefix == pytest.approx(rate_hps, rel=0.1)


def test_limits_stand_in_the_unit_of_the_median() -> None:
    rate = Quantiles(values=(1e5, 2e5, 3e5, 447e3, 5e5, 6e5, 7e5))
    assert rate_text(rate) == "447\N{NO-BREAK SPACE}kH/s [200,\N{NO-BREAK SPACE}600]"
