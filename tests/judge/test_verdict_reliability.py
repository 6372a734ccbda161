"""Verdicts other than on changes are right as often as they say: simulated, with known truth."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "theory" / "claim_verdicts.md"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "calibrate_other_verdicts", ROOT / "scripts" / "calibrate_other_verdicts.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()


@pytest.mark.parametrize("kind", list(SCRIPT.KINDS))
def test_supported_is_right_and_contradicted_is_wrong(kind: str) -> None:
    rng = np.random.default_rng(7)
    drawn = [SCRIPT.KINDS[kind](rng) for _ in range(150)]
    supported = [right for one, right in drawn if one.call == "supported"]
    contradicted = [right for one, right in drawn if one.call == "contradicted"]
    assert len(supported) >= 15
    assert len(contradicted) >= 15
    assert np.mean(supported) >= 0.9
    assert np.mean(contradicted) <= 0.12


@pytest.mark.slow
@pytest.mark.parametrize("at", range(len(SCRIPT.KINDS)))
def test_the_page_states_what_the_script_finds(at: int) -> None:
    kind, draw = list(SCRIPT.KINDS.items())[at]
    rng = np.random.default_rng([12, at])
    assert SCRIPT.row(kind, [draw(rng) for _ in range(2000)]) in PAGE.read_text("utf-8")
