"""The scores of causes count what they say; the simulated world keeps its truth."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.catalog.cause_calibration import cases, score
from hashquake.core.times import YEAR_S
from hashquake.core.window import Window
from hashquake.explain.cause_model import STATED
from hashquake.forward.shock_model import ShockModel
from hashquake.forward.shocked_years import draw_shocks, shocked_years


def test_a_world_loses_what_its_shocks_say() -> None:
    world = shocked_years(ShockModel(), np.random.default_rng([7, 1]), years=0.6)
    big = max(world.shocks, key=lambda one: one.loss_share * min(one.window.duration_s, 1e6))
    rate = []
    for start_s, end_s in (
        (big.window.start_s - 3e5, big.window.start_s),
        (big.window.start_s, min(big.window.end_s, big.window.start_s + 6e5)),
    ):
        inside = (world.blocks.header_s >= start_s) & (world.blocks.header_s < end_s)
        rate.append(float(world.blocks.work_hashes[inside].sum()) / (end_s - start_s))
    assert rate[1] < rate[0] * (1.0 - 0.3 * big.loss_share)
    assert (np.diff(world.blocks.height) == 1).all()


def test_some_documented_events_do_nothing_and_some_shocks_are_undocumented() -> None:
    window = Window(start_s=0.0, end_s=100 * YEAR_S)
    notices, shocks = draw_shocks(ShockModel(), np.random.default_rng(1), window=window)
    documented = [one for one in shocks if one.name != "unknown"]
    assert len(documented) / len(notices) == pytest.approx(0.7, abs=0.05)
    assert len(shocks) - len(documented) == pytest.approx(100, abs=35)


def test_a_model_that_holds_nothing_of_causes_scores_worse() -> None:
    judged = cases(11, worlds=1, years=1.5)
    assert judged
    whole = score(judged)
    blind = replace(
        STATED,
        manners={name: replace(one, works=1e-9) for name, one in STATED.manners.items()},
    )
    assert whole.quakes == len(judged)
    assert sum(n for n, _, _ in whole.bins) >= len(judged)
    assert score(judged, blind).log_score < whole.log_score
