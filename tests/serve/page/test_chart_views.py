"""What a chart of hash rates shows at first: no empty time where a record begins later."""

from pathlib import Path

import pytest
from tests.serve.page.small_record import small_record

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.serve.page.series_charts import rate_chart, record_window
from hashquake.serve.page.website import Website


@pytest.mark.parametrize(
    ("before_d", "after_d", "shown_d"),
    [(-10.0, 5.0, (0.0, 5.0)), (2.0, 5.0, (2.0, 5.0)), (-10.0, -5.0, (-10.0, -5.0))],
    ids=["begins before the record", "within it", "wholly before it"],
)
def test_a_view_begins_with_the_record(
    before_d: float, after_d: float, shown_d: tuple[float, float], tmp_path: Path
) -> None:
    with small_record(tmp_path / "r.db") as ask:
        whole = record_window(ask)
        view = Window(
            start_s=whole.start_s + before_d * DAY_S, end_s=whole.start_s + after_d * DAY_S
        )
        chart = rate_chart(ask, Website(), view=view)
    assert [(at_s - whole.start_s) / DAY_S for at_s in chart["view"]] == pytest.approx(shown_d)
