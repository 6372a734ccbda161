"""A question loads its own science, and not what only feeding a record needs."""

import subprocess
import sys


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
