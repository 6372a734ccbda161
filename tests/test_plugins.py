"""Plugins of other packages: installed by pip, found by entry point, listed without an import."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from tests.made_levels import levels
from tests.sources.record_stub import world

from hashquake.catalog.documents import outage_of
from hashquake.catalog.outage_search import unsearched
from hashquake.core.errors import HashquakeError
from hashquake.core.window import Window
from hashquake.detect.series import Series
from hashquake.observatory import open_observatory
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.scenario_choice import scenario_named
from hashquake.plugins import broken_plugins, forget_plugins, list_plugins, load_plugin
from hashquake.testing import check_detector, check_source

ENTRY_POINTS = """
[hashquake.sources]
their_probes = their_quakes.their_probes
their_typo = their_quakes.their_typo
their_gone = their_quakes.their_gone
their_import = their_quakes.their_import
reading_table = their_quakes.their_probes
[hashquake.detectors]
their_floor = their_quakes.their_floor
[hashquake.scenarios]
their_storm = their_quakes.their_storm
"""
METADATA = "Metadata-Version: 2.1\nName: their-quakes\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
SOURCE_CARD = """
from hashquake.core.contracts import Batch, SourceCard
CARD = SourceCard(name="{name}", title="Their probes", gives=("readings",), owner="they",
                  licence="theirs", capabilities=(), verified="by them"{more})
"""
PROBES = """
from pydantic import BaseModel, Field
from hashquake.core.reading import Reading
from hashquake.core.window import Window

class Options(BaseModel):
    value: float = Field(0.5, description="what to give")

def read(options, context):
    windows = [Window(start_s=at * 600.0, end_s=(at + 1) * 600.0) for at in range(72)]
    yield Batch(observed=tuple(windows), readings=tuple(Reading(
        subject="country:KZ", quantity="their_up_share", window=window, source="their_probes",
        value=options.value if 24 <= at < 48 else 1.0) for at, window in enumerate(windows)))
"""
FLOOR = """
from dataclasses import dataclass, replace
import numpy as np
from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import UsageError
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, AnomalyFlags
CARD = DetectorCard(name="their_floor", title="Below a floor", version=1, subjects=("country",),
                    online=True, source="they-2026", quantities=("their_",))
@dataclass(frozen=True)
class State:
    subject: str = ""
    next_s: float = float("-inf")
def start(*, tuning=None): return State()
def step(state, series):
    if state.subject not in ("", series.subject):
        raise UsageError("another series", code="series-other")
    fresh = series.from_time(state.next_s) if state.subject else series
    level = np.where(fresh.values < 0.5, CRITICAL, NORMAL)
    level = np.where(np.isfinite(fresh.values), level, UNSEEN).astype(np.int8)
    flags = AnomalyFlags(subject=fresh.subject, signal=fresh.signal, start_s=fresh.start_s,
                         step_s=fresh.step_s, lag_s=fresh.lag_s, ratio=fresh.values.copy(),
                         level=level, made_by="their_floor/1")
    return State(fresh.subject, fresh.end_s), flags
"""
STORM = """
from dataclasses import replace
from hashquake.core.contracts import ScenarioCard
from hashquake.plugins import load_plugin
CARD = ScenarioCard(name="their_storm", title="Their storm", version=1, event="")
def build(): return load_plugin("forward.scenarios", "texas_storm").build()
"""
FILES = {
    "__init__": "raise RuntimeError('the package was imported, and listing imports none')",
    "their_probes": SOURCE_CARD.format(name="their_probes", more="") + PROBES,
    "their_typo": SOURCE_CARD.format(name="their_typo", more=", licences=3"),
    "their_import": SOURCE_CARD.format(name="their_import", more="") + "import no_such_library",
    "their_floor": FLOOR,
    "their_storm": STORM,
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package into a folder of its own."""
    wheel = tmp_path_factory.mktemp("wheel") / "their_quakes-1.0-py3-none-any.whl"
    about = "their_quakes-1.0.dist-info"
    files = {f"their_quakes/{name}.py": text for name, text in FILES.items()} | {
        f"{about}/METADATA": METADATA,
        f"{about}/WHEEL": WHEEL,
        f"{about}/entry_points.txt": ENTRY_POINTS,
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with ZipFile(wheel, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    target = tmp_path_factory.mktemp("target")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*command, "--no-compile", "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
    )
    return target


@pytest.fixture
def found(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(installed))
    forget_plugins()
    yield installed
    forget_plugins()
    for name in [name for name in sys.modules if name.startswith("their_quakes")]:
        del sys.modules[name]


@pytest.mark.usefixtures("found")
def test_they_are_listed_without_an_import_and_the_broken_apart() -> None:
    names = {info.name: info.package for info in list_plugins("sources")}
    assert names["their_probes"] == "their-quakes"
    assert names["reading_table"] == ""  # nobody takes the name of one of ours
    assert {"their_floor", "their_storm"} <= {
        info.name for room in ("detect", "forward.scenarios") for info in list_plugins(room)
    }
    broken = {one.name: one.because for one in broken_plugins("sources")}
    assert broken.keys() == {"their_typo", "their_gone", "reading_table"}
    assert "licences" in broken["their_typo"]
    assert "no module" in broken["their_gone"]
    assert "their_quakes" not in sys.modules


@pytest.mark.usefixtures("found")
def test_one_that_cannot_be_imported_is_one_error() -> None:
    for name, because in (("their_import", "was imported"), ("their_typo", "licences")):
        with pytest.raises(HashquakeError, match=because) as caught:
            load_plugin("sources", name)
        assert caught.value.code == "plugin-broken"
        assert "their-quakes" in caught.value.message
        assert "\n" not in caught.value.message


def test_they_are_really_run(found: Path, tmp_path: Path) -> None:
    (found / "their_quakes" / "__init__.py").write_text("")
    check_source(load_plugin("sources", "their_probes"), {}, world())
    with open_observatory(str(tmp_path / "their.db"), create=True) as observatory:
        result = observatory.ingest("their_probes", {"value": 0.25})
        assert result.changes.readings_added == 72
        # What came in was searched with their detector at once, and a question says the same.
        (opinion,) = observatory.record.opinions("outage")
        (outage,) = observatory.detect_outages()
        for one in (outage_of(opinion.document), outage, *observatory.outages()):
            (witness,) = one.seen_by
            assert (witness.made_by, witness.source) == ("their_floor/1", "their_probes")
            assert one.dark_windows == (Window(start_s=24 * 600.0, end_s=48 * 600.0),)
    command = [sys.executable, "-m", "hashquake", "outages", "detect", "--json"]
    printed = subprocess.run(
        [*command, "--db", str(tmp_path / "their.db")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(found), *sys.path])},
        check=True,
        capture_output=True,
    ).stdout
    (shape,) = json.loads(printed)
    assert [one["made_by"] for one in shape["witnesses"] if one["saw"]] == ["their_floor/1"]
    ours = load_plugin("forward.scenarios", "texas_storm").build()
    assert scenario_named("their-storm") == ours
    series = Series(
        subject="country:KZ", signal="probing", start_s=0.0, step_s=600.0, values=np.ones(500)
    )
    check_detector(load_plugin("detect", "their_floor"), series)


def test_a_search_without_their_detector_is_done_again(found: Path, tmp_path: Path) -> None:
    (found / "their_quakes" / "__init__.py").write_text("")
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        observatory.feed(levels(), source="events")
        assert not unsearched(observatory.record, detectors=installed_detectors())
        assert unsearched(observatory.record)


def test_a_detector_that_cannot_be_imported_is_one_error(found: Path, tmp_path: Path) -> None:
    (found / "their_quakes" / "__init__.py").write_text(FILES["__init__"])
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        observatory.record.append(levels(), source="events")
        with pytest.raises(HashquakeError) as caught:
            observatory.detect_outages()
    assert caught.value.code == "plugin-broken"
    assert "their_floor" in caught.value.message
