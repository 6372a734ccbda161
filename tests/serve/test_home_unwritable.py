"""A home that cannot be written stops nothing that does not write there."""

import json
import logging
from pathlib import Path

import pytest

from hashquake.core import kernels
from hashquake.serve.cli.app import run


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a home below a file: whoever runs the tests, root included, can make no folder there."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HASHQUAKE_DB"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").write_text("not a folder")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def test_a_record_named_by_its_path_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--empty", "--db", str(tmp_path / "own.db"), "--json"]) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["settings_made"] is False
    assert (tmp_path / "own.db").exists()
    assert "config.toml cannot be written" in captured.err
    assert captured.err.endswith("name the record with --db or HASHQUAKE_DB\n")


def test_a_folder_that_cannot_be_made_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, *_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert run(["init", "--empty", "--db", str(tmp_path / "none" / "own.db")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"hashquake: the folder {tmp_path / 'none'} of the record cannot be")
    assert said.endswith("name another record with --db or HASHQUAKE_DB [system]\n")


def test_the_note_on_compiled_code_is_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kernels, "_noted", False)
    with caplog.at_level(logging.WARNING):
        kernels._note_once("cannot cache function 'f': no locator available for file '/x/y.py'")
    assert "neither the folder of the package nor the user's cache folder can be written" in (
        caplog.text
    )
    assert "locator" not in caplog.text
