"""A pipe, a socket or a device given as an input is refused at once, never waited for."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashquake.core.errors import HashquakeError
from hashquake.observatory import open_observatory
from hashquake.observatory.autonomous_systems import read_networks, registered_networks
from hashquake.observatory.log_maps import maps_from_logs
from hashquake.observatory.map_file import maps_of_file
from hashquake.plugins import list_plugins, load_plugin
from hashquake.sources.wire.json_rpc import Credentials


@pytest.fixture(autouse=True)
def _no_endless_wait() -> Iterator[None]:
    """Fail a test that waits for a pipe instead of hanging with it."""

    def fail(*_: object) -> None:
        raise AssertionError("waited for a special file")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "socket", "device"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a path that is not a file."""
    if request.param == "device":
        return Path("/dev/zero")
    path = tmp_path / "special"
    if request.param == "pipe":
        os.mkfifo(path)
    else:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's name must be short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
        os.chdir(here)
    return path


def _path_options() -> list[tuple[str, str]]:
    """Return every option of every source whose value may be a path."""
    found = []
    for info in list_plugins("sources"):
        for name, field in load_plugin("sources", info.name).Options.model_fields.items():
            if "Path" in str(field.annotation) and name != "cookie":
                found.append((info.name, name))
    return found


@pytest.mark.parametrize(("source", "option"), _path_options())
def test_every_path_of_every_source(
    source: str, option: str, special: Path, tmp_path: Path
) -> None:
    fields = load_plugin("sources", source).Options.model_fields
    plain = tmp_path / "plain.csv"
    plain.write_text("x\n")
    needed = {name: str(plain) for name, one in fields.items() if "Path" in str(one.annotation)}
    needed.pop("cookie", None)
    needed |= {name: "KZ" for name, one in fields.items() if one.is_required()} | needed
    with (
        open_observatory(str(tmp_path / "r.db"), create=True) as observatory,
        pytest.raises(HashquakeError) as caught,
    ):
        observatory.ingest(source, needed | {option: str(special)})
    assert caught.value.code == "file-unreadable"
    assert str(special) in caught.value.message


def test_readers_outside_of_sources(special: Path) -> None:
    for read in (
        lambda: read_networks(special),
        lambda: registered_networks(special, ["asn:9198"]),
        lambda: maps_of_file(special, now_s=0.0),
        lambda: maps_from_logs({"path": [special], "geoip": special}),
    ):
        with pytest.raises(HashquakeError) as caught:
            read()
        assert caught.value.code == "file-unreadable"


def test_a_pipe_inside_a_directory_is_passed_over_or_refused(tmp_path: Path) -> None:
    blocks = tmp_path / "blocks"
    blocks.mkdir()
    os.mkfifo(blocks / "xor.dat")
    (blocks / "blk00000.dat").write_bytes(bytes(100))
    with (
        open_observatory(str(tmp_path / "r.db"), create=True) as observatory,
        pytest.raises(HashquakeError) as caught,
    ):
        observatory.ingest("block_files", {"path": str(blocks)})
    assert caught.value.code == "file-unreadable"


def test_a_pipe_as_a_nodes_cookie_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    os.mkfifo(tmp_path / "cookie")
    with pytest.raises(HashquakeError) as caught:
        Credentials(cookie=Path("~/cookie")).read()
    assert caught.value.code == "node-cookie"


def test_the_command_line_says_it_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "hashquake", "ingest", "block_table", "--json"),
            *("--path", str(tmp_path / "pipe.csv"), "--db", str(tmp_path / "r.db")),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "file-unreadable"
    assert done.stderr.count("\n") == 1
