"""A pipe, a socket or a device in place of a file is refused at once, by every source."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.record_stub import world

from hashquake.core.errors import HashquakeError
from hashquake.core.regular_file import open_regular
from hashquake.observatory.autonomous_systems import read_networks
from hashquake.plugins import list_plugins, load_plugin
from hashquake.store.open_record import open_record

LONGEST_S = 20
GIVEN: dict[str, dict[str, str]] = {
    "telemetry_log": {"path": "table.csv", "geoip": "table.csv"},
    "mrt": {"path": "table.csv", "delegated": "delegated"},
    "ris_live": {"delegated": "delegated", "host": "rrc06"},
    "mining_map": {"vintage": "2021-10-13"},
}


def file_options() -> list[tuple[str, str]]:
    """Name every option of every source that takes a file."""
    return [
        (info.name, name)
        for info in list_plugins("sources")
        for name, field in load_plugin("sources", info.name).Options.model_fields.items()
        if "Path" in str(field.annotation)
    ]


@pytest.fixture(autouse=True)
def _no_endless_wait() -> Iterator[None]:
    def stop(*_: object) -> None:
        pytest.fail("it waits for ever")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_S)
    yield
    signal.alarm(0)


def special(folder: Path, kind: str) -> Path:
    path = folder / f"special.{kind}"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
        os.chdir(here)
    else:
        path = Path("/dev/zero")
    return path


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
@pytest.mark.parametrize(("source", "option"), file_options())
def test_no_source_waits_for_what_is_no_file(
    tmp_path: Path, source: str, option: str, kind: str
) -> None:
    (tmp_path / "table.csv").write_text("time,ip,worker\n2022-01-01,192.0.2.1,a\n")
    (tmp_path / "delegated").write_text(
        "2|ripencc|20220105|1|19830705|20220104|+0000\nripencc|KZ|asn|9198|1|20000101|allocated|x\n"
    )
    options: dict[str, Any] = {
        name: given if name in {"vintage", "host"} else str(tmp_path / given)
        for name, given in GIVEN.get(source, {}).items()
    }
    if option != "path" and source == "block_table":
        options["path"] = str(tmp_path / "table.csv")
    options[option] = str(special(tmp_path, kind))
    plugin = load_plugin("sources", source)
    with pytest.raises(HashquakeError) as caught:
        list(plugin.read(plugin.Options(**options), world()))
    assert caught.value.code in {"file-unreadable", "file-missing", "node-cookie"}


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
def test_nor_does_anything_else_that_reads_a_file(tmp_path: Path, kind: str) -> None:
    path = special(tmp_path, kind)
    for read in (read_networks, open_record):
        with pytest.raises(HashquakeError):
            read(path)
    with pytest.raises(OSError, match="not a file"):
        open_regular(path)
