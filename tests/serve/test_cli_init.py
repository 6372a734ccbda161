"""The first minute: a record of one's own, and settings that never move a default silently."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hashquake.serve.cli.app import run
from hashquake.serve.settings import own_record_path, settings_path, settings_text


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


def _init(capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    assert run(["init", "--empty", "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_another_record_never_takes_the_place_of_the_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = str(own_record_path())
    assert _init(capsys)["default_db"] == own
    settings = settings_path()
    assert settings is not None
    settings.unlink()  # as it was before there were settings
    made = _init(capsys, "--db", str(tmp_path / "scratch.db"))
    assert (made["settings_made"], made["default_db"]) == (False, own)
    assert not settings.exists()


def test_the_record_named_in_the_environment_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the container, whose commands all read that one."""
    named = tmp_path / "data" / "record.db"
    named.parent.mkdir()
    monkeypatch.setenv("HASHQUAKE_DB", str(named))
    made = _init(capsys)
    assert (made["db"], made["default_db"]) == (str(named), str(named))
    assert named.exists()
    assert run(["status", "--json"]) == 1  # not watched, but there is a record
    assert json.loads(capsys.readouterr().out)["watching"] is False
    other = _init(capsys, "--db", str(tmp_path / "other.db"))
    assert other["db"] == str(tmp_path / "other.db")


def test_the_first_record_becomes_the_default_and_settings_are_private(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = str(tmp_path / "first.db")
    assert _init(capsys, "--db", first)["default_db"] == first
    settings = settings_path()
    assert settings is not None
    assert settings.stat().st_mode & 0o777 == 0o600
    assert _init(capsys, "--db", str(tmp_path / "second.db"))["default_db"] == first


@pytest.mark.parametrize("db", ["C:\\data\\my.db", 'it\'s "mine".db', "a\nb.db", "\u20bf.db"])
def test_settings_hold_any_name(db: str) -> None:
    assert tomllib.loads(settings_text(db)) == {"db": db}


def test_the_bundled_record_is_not_made_as_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--empty", "--db", "bundled"]) == 2
    assert "[record-read-only]" in capsys.readouterr().err
    assert list(tmp_path.glob("bundled*")) == []


def test_a_plan_of_an_update_makes_no_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.db"
    assert run(["update", "--plan", "--db", str(missing), "--json"]) == 0
    shown = capsys.readouterr()
    assert "the record would be made, with the bundled blocks" in shown.err
    assert {one["state"] for one in json.loads(shown.out)["sources"]} == {"planned"}
    assert not missing.exists()
