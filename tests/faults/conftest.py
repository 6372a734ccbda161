"""Faults are counted: ten of each kind in the end-to-end run, a hundred in make test-faults."""

import os
from pathlib import Path

import pytest
from tests.e2e.conftest import cluster
from tests.faults.watched import Outcome, Watched, copied, make_base, outcome_of, to_the_end

FAULTS_A_PASS = 10
PASSES = int(os.environ.get("FAULTS", "10")) // FAULTS_A_PASS

__all__ = ["cluster"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(PASSES))


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "base.db"
    make_base(str(path))
    return path


@pytest.fixture(scope="session")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    where = copied(base, tmp_path_factory.mktemp("undisturbed"))
    Watched(str(where)).watch(to_the_end)
    found = outcome_of(where)
    assert len(found.quakes) == 2
    assert len(found.outages) == 1
    return found
