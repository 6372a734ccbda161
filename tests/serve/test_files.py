"""Files appear whole, readable as the user's own setting says, or not at all."""

import os
import subprocess
import sys
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


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    device = Path("/dev/null")
    write_whole(device, b"content")
    assert device.is_char_device()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError) as caught:  # nobody reads it
        write_whole(tmp_path / "pipe", b"content")
    assert caught.value.code == "cannot-write"


def test_a_link_keeps_pointing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"content"


def test_drafts_of_killed_programs_go_and_those_of_running_ones_stay(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    child = ended.pid
    dead = tmp_path / f".report.html.{child}.part"
    alive = tmp_path / f".report.html.{os.getppid()}.part"
    other = tmp_path / f".other.html.{child}.part"
    for path in (dead, alive, other):
        path.write_bytes(b"half")
    write_whole(tmp_path / "report.html", b"whole")
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()


def test_what_holds_passwords_is_its_owners_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "config.toml", b"secret", private=True)
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600
