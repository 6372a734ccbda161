"""Without a home directory, as in containers, commands work on what they are given."""

import json
import pwd
from pathlib import Path

import pytest

from hashquake.serve.cli.app import run


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a user whom no environment and no list of users knows."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HASHQUAKE_DB"):
        monkeypatch.delenv(name, raising=False)

    def unknown(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.parametrize(
    "arguments",
    [
        ["rate", "--at", "2022-01-06T12:15Z", "--span", "24h"],
        ["forecast"],
        ["quakes", "list"],
        ["outages", "list"],
        ["map", "--as-of", "2022-01-06"],
        ["exposure", "--country", "KZ"],
        ["update", "--plan", "--db", "own.db"],
    ],
)
def test_questions_are_answered(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*arguments, "--json"]) == 0
    json.loads(capsys.readouterr().out)


def test_a_record_is_made_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--empty", "--db", str(tmp_path / "own.db"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["settings"], document["settings_made"]) == (None, False)
    assert document["default_db"] == "bundled"
    assert (tmp_path / "own.db").exists()
    assert run(["doctor", "--db", str(tmp_path / "own.db"), "--json"]) in (0, 1)
    assert "no home directory" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["init", "--empty"], ["update"]])
def test_a_record_with_no_place_is_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.endswith("[home-unknown]\n")
