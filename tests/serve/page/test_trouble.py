"""A record that is empty or cannot be read is a page that says so, and nothing of the server's."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, served
from tests.serve.page.small_record import small_record

from hashquake.observatory import open_observatory

HTML = {"Accept": "text/html"}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    path = tmp_path / "secret-place.db"
    with served(small_record(path), db=str(path)) as url:
        yield path, url


@pytest.mark.parametrize("path", ["/pools?span=7d", "/api/v1/rate"])
def test_a_record_on_its_way_to_other_tables_is_asked_for_again(
    record: tuple[Path, str], path: str
) -> None:
    file, url = record
    with sqlite3.connect(file) as changing:
        changing.execute("ALTER TABLE blocks RENAME TO blocks_on_the_way")
    answer = plain_http.get(url + path, headers=HTML, timeout=PATIENCE_S)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "record cannot be read now" in answer.text
    assert "secret-place" not in answer.text  # where it is, is for who runs the server
    assert "no such table" not in answer.text
    assert ('http-equiv="refresh"' in answer.text) == (not path.startswith("/api"))
    with sqlite3.connect(file) as changing:
        changing.execute("ALTER TABLE blocks_on_the_way RENAME TO blocks")
    assert plain_http.get(url + path, headers=HTML, timeout=PATIENCE_S).status_code == 200


def test_a_locked_record_is_read_all_the_same(record: tuple[Path, str]) -> None:
    file, url = record
    locking = sqlite3.connect(file, isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    try:
        answer = plain_http.get(f"{url}/pools?span=7d", headers=HTML, timeout=PATIENCE_S)
    finally:
        locking.execute("ROLLBACK")
        locking.close()
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/charts", "/pools", "/embed/means"])
def test_an_empty_record_says_what_fills_it(tmp_path: Path, path: str) -> None:
    with (
        open_observatory(tmp_path / "r.db", create=True) as ask,
        served(ask, db=str(tmp_path / "r.db")) as url,
    ):
        answer = plain_http.get(url + path, headers=HTML, timeout=PATIENCE_S)
    assert answer.status_code == 404
    assert "No data for this" in answer.text
    assert "hashquake ingest" in answer.text


def test_readers_that_stop_reading_hold_nobody_up(record: tuple[Path, str]) -> None:
    _, url = record
    port = int(url.rpartition(":")[2])
    asked = b"GET /charts HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    stuck = []
    for _ in range(30):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        one.sendall(asked)
        stuck.append(one)
    try:
        assert plain_http.get(f"{url}/quakes", headers=HTML, timeout=PATIENCE_S).status_code == 200
    finally:
        for one in stuck:
            one.close()
