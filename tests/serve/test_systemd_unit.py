"""The unit that `init --systemd` writes: hardened, without a secret, and one that systemd takes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.running_watcher import PROGRAM, SOURCE

from hashquake.core.errors import UsageError
from hashquake.serve import systemd_unit

HARDENED = ["NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=hashquake"]


def init(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, "init", "--empty", "--systemd", "--json", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_unit_is_written_and_another_one_is_kept(tmp_path: Path) -> None:
    done = init(tmp_path, "--db", str(tmp_path / "my.db"))
    assert done.returncode == 0, done.stderr
    unit = tmp_path / "hashquake.service"
    assert json.loads(done.stdout)["unit"] == str(unit)
    assert json.loads(done.stdout)["unit_made"] is True
    text = unit.read_text()
    assert all(line in text.splitlines() for line in HARDENED)
    unit.write_text("# mine\n")
    again = init(tmp_path, "--db", str(tmp_path / "my.db"))
    assert json.loads(again.stdout)["unit_made"] is False
    assert unit.read_text() == "# mine\n"


@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("name", ["record.db", "a record, 100% $HOME.db"])
def test_systemd_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: bool, name: str
) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd here to check the unit with")
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    unit = tmp_path / "hashquake.service"
    unit.write_text(systemd_unit.unit_text(str(tmp_path / name)))
    done = subprocess.run(
        [verify, "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_user_keeps_the_record_that_init_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    text = systemd_unit.unit_text("/home/ann/my record/100%.db")
    assert 'ReadWritePaths="/home/ann/my record"' in text
    assert '--db "/home/ann/my record/100%%.db"' in text
    assert "DynamicUser" not in text


def test_a_password_stays_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        text = systemd_unit.unit_text("postgresql+psycopg://ann:hunter2@db/hashquake")
        assert "hunter2" not in text
        assert "--db" not in text


def test_a_path_that_a_unit_cannot_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UsageError) as caught:
        systemd_unit.unit_text("/home/ann/a\nb.db")
    assert caught.value.code == "unit-path"
