"""The drill's shortened scene: the first hour after the cut of Kazakhstan, judged from outside."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.drill import kazakhstan
from tests.drill.hosts import OneMachine
from tests.drill.table import Findings
from tests.e2e.conftest import chromium

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

__all__ = ["chromium"]


def test_the_first_hour_of_a_cut(chromium: Browser, tmp_path: Path) -> None:
    found = Findings("Kazakhstan, short")
    kazakhstan.play(
        tmp_path, chromium, hosts=OneMachine(), found=found, whole=False, with_inside=False
    )
    assert len(found.rows) > 10
    assert [row for row in found.rows if not row.good] == []
