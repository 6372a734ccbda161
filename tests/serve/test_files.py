"""Files appear whole, readable as the user's own setting says, or not at all."""

import os
from pathlib import Path

import pytest

from hashquake.core.errors import UsageError
from hashquake.serve.files import write_whole


def test_a_file_is_as_readable_as_any_other_of_the_user(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "deep" / "report.html", b"content")
    finally:
        os.umask(before)
    path = tmp_path / "deep" / "report.html"
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_old_file_stays_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    write_whole(path, b"old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError) as caught:
        write_whole(path, b"new")
    assert caught.value.code == "cannot-write"
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
