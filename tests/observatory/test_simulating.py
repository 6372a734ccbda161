"""What if, as Python asks it: by name, by file, with a record, on a cluster, interrupted."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.small_worlds import POOLS, dark

import hashquake as hq
from hashquake.core.contracts import Progress
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.forward import run
from hashquake.forward.counted import Histogram

TOML = (
    'countries = { KZ = 0.2 }\noutages = [{ subject = "country:KZ", onset = 0, duration = "2d" }]'
)


def test_the_public_function_takes_a_name_and_gives_arrays() -> None:
    made = hq.simulate("kazakhstan-2022", paths=500, seed=3, settings={"onset": "1d"})
    assert made.column("ratio_1").shape == (500,)
    frame = made.to_pandas()
    assert list(frame.columns) == ["path", *made.names()]
    assert len(made.to_polars()) == 500
    assert made.paths == 500
    assert not made.partial


@pytest.mark.parametrize("ending", [".toml", ".yaml"])
def test_a_file_without_pools_takes_those_of_the_record(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"mine{ending}"
    yaml = "countries: {KZ: 0.2}\noutages: [{subject: 'country:KZ', onset: 0, duration: 2d}]"
    file.write_text(TOML if ending == ".toml" else yaml, encoding="utf-8")
    with hq.open("bundled") as observatory:
        made = observatory.simulate(str(file), paths=100)
    assert made.scenario.name == "mine"
    assert made.pools[0] == "foundryusa"
    assert made.scenario.economy.hashrate_hps == pytest.approx(9.7e20, rel=0.01)
    assert hq.simulate(str(file), paths=100).pools == ("other",)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("kazakstan-2022", None, "scenario-unknown"),
        ("absent.toml", None, "cannot-read"),
        ("broken.toml", "outages = [", "scenario-malformed"),
        ("broken.yaml", "outages: [", "scenario-malformed"),
        ("list.yaml", "- 1\n- 2\n", "scenario-malformed"),
        ("bytes.toml", None, "cannot-read"),
    ],
)
def test_what_is_no_scenario_is_refused(
    tmp_path: Path, name: str, text: str | None, code: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(HashquakeError) as caught:
        hq.simulate(name if code == "scenario-unknown" else str(path), paths=10)
    assert caught.value.code == code


def test_the_answer_is_the_same_in_any_order_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 512)
    scenario = dark(0.3, onset_d=1, days=3, epochs=2, pools=POOLS)
    one = run.run_scenario(scenario, paths=4_000, seed=9)

    def backwards(draw: run.DrawBatch, numbers: Sequence[int]) -> Iterator[Histogram]:
        found = {number: draw(number) for number in reversed(numbers)}
        return (found[number] for number in numbers)

    other = run.run_scenario(scenario, paths=4_000, seed=9, map_in_order=backwards)
    with ThreadPoolExecutor(3) as pool:
        third = run.run_scenario(scenario, paths=4_000, seed=9, map_in_order=pool.map)
    for made in (other, third):
        assert (made.counted.bins == one.counted.bins).all()
        assert (made.counted.sums == one.counted.sums).all()
        assert (made.counted.above == one.counted.above).all()


def test_quantiles_from_counts_are_those_of_the_paths() -> None:
    made = run.run_scenario(
        dark(0.3, onset_d=1, days=3, pools=POOLS), paths=6_000, keep_paths=6_000
    )
    for name in made.names():
        values = made.column(name)
        known = values[np.isfinite(values)]
        found = made.spread(name)
        assert found.mean == pytest.approx(known.mean(), rel=1e-9, abs=1e-9)
        if known.std() > 0:
            for level, value in found.quantiles:
                # Counts of few blocks come in steps, between which any value is a quantile.
                exact = np.quantile(known, level)
                assert value == pytest.approx(exact, abs=0.12 * known.std()), name


def test_an_interrupt_gives_what_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 256)

    def stop(progress: Progress) -> None:
        if progress.done >= 512:
            raise KeyboardInterrupt

    made = run.run_scenario(dark(0.3, days=3), paths=10_000, progress=stop)
    assert made.partial
    assert made.paths == 512
    assert made.paths_asked == 10_000
    assert math.isfinite(made.spread("ratio_1").mean)


def test_memory_does_not_grow_with_the_paths() -> None:
    few, many = (run.run_scenario(dark(0.2, days=3), paths=n, keep_paths=10) for n in (100, 70_000))
    assert few.counted.bins.nbytes == many.counted.bins.nbytes
    assert many.kept.shape[0] == 10


def test_an_outcome_that_is_none_is_refused() -> None:
    made = run.run_scenario(dark(0.2, days=3), paths=50)
    with pytest.raises(UsageError, match="no outcome"):
        made.column("ratio_9")
    with pytest.raises(UsageError, match="above"):
        made.above("ratio_1", 0.3)
