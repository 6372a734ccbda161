"""The how-to's settings are accepted as they stand, and its verification of webhooks works."""

import re
import runpy
import sqlite3
import textwrap
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.serve.alerts.receiver import SECRET

from hashquake.serve.alerts.kernel.rule import ABOUT
from hashquake.serve.alerts.settings import AlertsSettings, RuleSettings
from hashquake.serve.alerts.ways.webhook import signature

ROOT = Path(__file__).parents[3]
HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def code(page: Path, language: str) -> list[str]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(text) for _, each, text in found if each == language]


@pytest.mark.parametrize(
    "page", [HOW_TO / "alerts.md", HOW_TO / "home_assistant.md", ROOT / "README.md"]
)
def test_settings_in_the_documents_are_accepted(page: Path) -> None:
    texts = [one for one in code(page, "toml") if "alerts" in one]
    assert texts
    for text in texts:
        AlertsSettings.model_validate(tomllib.loads(text)["alerts"])


@pytest.fixture
def documented(tmp_path: Path) -> dict[str, Any]:
    """What the how-to's own code defines."""
    module = tmp_path / "documented.py"
    module.write_text("\n".join(code(HOW_TO / "alerts.md", "python")), encoding="utf-8")
    return runpy.run_path(str(module))


def test_an_alert_that_comes_again_is_dropped_as_documented(
    tmp_path: Path, documented: dict[str, Any]
) -> None:
    is_new = documented["is_new"]
    for is_first in (True, False):  # also by a receiver that was started again
        with closing(sqlite3.connect(tmp_path / "seen.db")) as seen:
            assert is_new(seen, "7f2f1d0c") is is_first
            assert not is_new(seen, "7f2f1d0c")
            assert is_new(seen, f"another, {is_first}")


def test_the_verification_that_is_documented_takes_ours_and_no_other(
    documented: dict[str, Any],
) -> None:
    is_ours = documented["is_ours"]
    body = b'{"key": "x"}'
    headers = {
        "X-Hashquake-Timestamp": "1641379500",
        "X-Hashquake-Signature": signature(SECRET, "1641379500", body),
    }
    assert is_ours(SECRET, headers, body, 1641379600.0)
    assert not is_ours(SECRET, headers, body, 1641379900.0)
    assert not is_ours(SECRET, headers, body + b" ", 1641379600.0)
    assert not is_ours("another secret of sixteen", headers, body, 1641379600.0)
    later = headers | {"X-Hashquake-Timestamp": "1641379501"}
    assert not is_ours(SECRET, later, body, 1641379600.0)


def test_every_kind_and_setting_of_a_rule_is_documented() -> None:
    page = (HOW_TO / "alerts.md").read_text(encoding="utf-8")
    names = {*ABOUT, *RuleSettings.model_fields} - {"name", "about"}
    assert {one for one in names if f"`{one}`" not in page} == set()


def test_every_test_that_the_threats_name_exists() -> None:
    page = (ROOT / "docs" / "reference" / "threats.md").read_text(encoding="utf-8")
    paths = re.findall(r"`(tests/[\w/.]+)`", page)
    assert len(paths) > 10
    assert [one for one in paths if not (ROOT / one).exists()] == []
