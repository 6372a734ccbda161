"""Marks of a frame stand where their values are, and hostile text stays text."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from hashquake.serve.drawing.axes import x_axis, y_axis
from hashquake.serve.drawing.elements import written
from hashquake.serve.drawing.frame import Frame, frame
from hashquake.serve.drawing.picture import drawn, standalone
from hashquake.serve.drawing.style import NARROW, WIDE, Size

SIZE = Size("wide", 120, 110, 10)


@pytest.fixture
def box() -> Frame:
    """100 by 100 pixels, ten to a unit, with the margins left and above."""
    return frame(SIZE, (0.0, 10.0), (0.0, 10.0), margins_px=(10, 0, 0, 20))


def numbers(element: str) -> list[float]:
    found = re.search(r' d="([^"]*)"', element)
    assert found is not None
    return [float(one) for one in re.findall(r"-?[\d.]+", found.group(1))]


def test_a_line_goes_through_its_points_and_is_open_in_a_gap(box: Frame) -> None:
    line = box.line([0, 1, 2, 3, 4], [0, 10, np.nan, 5, 5], colour="#000000", width=1)
    assert 'd="M20 110L30 10M50 60L60 60"' in line


def test_a_band_goes_there_along_its_upper_limit_and_back_along_its_lower(box: Frame) -> None:
    band = box.band([0, 10], [1, 2], [3, 4], colour="#000000")
    assert 'd="M20 80L120 70L120 90L20 100Z"' in band


def test_steps_hold_a_value_from_edge_to_edge(box: Frame) -> None:
    assert 'd="M20 100L40 100L40 80L60 80"' in box.steps([0, 2, 4], [1, 3], colour="#0", width=1)
    assert 'd="M20 100H40M40 80H60"' in box.levels([0, 2, 4], [1, 3], colour="#0", width=1)
    band = box.step_band([0, 2, 4], [1, 2], [3, 4], colour="#0")
    assert 'd="M20 80L40 80L40 70L60 70L60 90L40 90L40 100L20 100Z"' in band


def test_what_is_outside_the_frame_is_cut(box: Frame) -> None:
    span = box.span(-5, 5, colour="#000000")
    assert 'x="20" y="10" width="50" height="100"' in span
    bars = box.bars([-5, 8], [1, 20], 0, 10, colour="#000000")
    assert 'd="M20 110H30V10H20ZM100 110H120V10H100Z"' in bars


@pytest.mark.parametrize("stretch", [(0, 10), (2, 3), (9.9, 10), (-40, 40)])
def test_hatching_and_dots_stay_inside_their_stretch(
    box: Frame, stretch: tuple[float, float]
) -> None:
    left, right = np.clip(box.x(stretch), 20, 120).tolist()
    hatched = numbers(box.hatch(*stretch, colour="#000000"))
    assert hatched
    dotted = box.stipple(*stretch, 0, 5, colour="#000000")
    for x, y in zip(hatched[::2], hatched[1::2], strict=True):
        assert left - 0.1 <= x <= right + 0.1
        assert 9.9 <= y <= 110.1
    for x, y, _ in zip(*[iter(numbers(dotted))] * 3, strict=True):
        assert left - 0.1 <= x <= right + 0.1
        assert 60 <= y <= 110


def test_a_logarithmic_frame_gives_equal_ratios_equal_lengths() -> None:
    log = frame(SIZE, (1, 100), (1, 10_000), margins_px=(10, 0, 0, 20), log_x=True, log_y=True)
    assert log.x([1, 10, 100]).tolist() == [20, 70, 120]
    assert log.y([1, 100, 10_000]).tolist() == [110, 60, 10]


def test_ticks_stand_at_their_values_with_their_labels(box: Frame) -> None:
    drawn_x = x_axis(box, [(5, "five"), (9.9, "cut")], size=SIZE)
    assert "M70 110v5" in drawn_x
    assert ">five<" in drawn_x
    assert ">cut<" not in drawn_x  # it would leave the drawing
    drawn_y = y_axis(box, [(5, "half")], size=SIZE, unit="EH/s")
    assert 'd="M20 60H120"' in drawn_y
    assert ">half<" in drawn_y
    assert ">EH/s<" in drawn_y


def test_hostile_text_stays_text_in_every_part() -> None:
    hostile = '<script>alert("x")</script>&\n]]>'
    svg = standalone(
        drawn(lambda size: [written(hostile, 0, 0, size=size)], WIDE, title=hostile, description="")
    )
    root = ET.fromstring(svg)
    names = {child.tag.rpartition("}")[2] for child in root.iter()}
    assert names == {"svg", "title", "desc", "text", "tspan"}
    assert root.get("aria-label") == hostile.replace("\n", " ")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_an_element_has_the_size_of_its_drawing(size: Size) -> None:
    svg = drawn(lambda _: [], size, title="a", description="b")
    assert f'viewBox="0 0 {size.width_px} {size.height_px}"' in svg
    assert f'class="chart {size.name}"' in svg
    assert "style=" not in svg  # the policy of the page refuses style attributes
