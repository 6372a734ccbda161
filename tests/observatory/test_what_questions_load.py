"""A question loads its own science, and not what only feeding a record needs."""

import subprocess
import sys

import pytest

from hashquake.core.interval import Quantiles
from hashquake.core.record import Record
from hashquake.datasets.bundled import BundledRecord
from hashquake.observatory import event_context, geography
from hashquake.observatory.observatory import Observatory


def test_a_rate_and_a_list_load_no_pipeline_of_the_catalog() -> None:
    code = (
        "import sys\n"
        "from hashquake.datasets.bundled import BundledRecord\n"
        "from hashquake.observatory.observatory import Observatory\n"
        "import hashquake.serve.quake_table\n"
        "asked = Observatory(BundledRecord())\n"
        "asked.rate('2022-01-06')\n"
        "asked.quakes()\n"
        "heavy = {'scipy.optimize', 'scipy.stats', 'numba', 'hashquake.catalog.pipeline',"
        " 'hashquake.judge.outage_backtest', 'pyarrow'}\n"
        "print(*sorted(heavy & set(sys.modules)))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []


def test_a_report_estimates_the_hash_rate_before_its_event_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    real = geography.network_rate

    def counted(record: Record, at_s: float) -> Quantiles:
        asked.append(at_s)
        return real(record, at_s)

    monkeypatch.setattr(geography, "network_rate", counted)
    monkeypatch.setattr(event_context, "network_rate", counted)
    observatory = Observatory(BundledRecord())
    around = observatory.context(observatory.report("kazakhstan-2022"))
    assert around.map_then is not None
    assert around.energy is not None
    assert len(asked) == 1
