"""Whatever goes wrong, a command says it in one line with a code and leaves with status 2."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

import click
import pytest
import typer

from hashquake.core.errors import UsageError
from hashquake.observatory import open_observatory
from hashquake.serve.cli import app as command_line
from hashquake.serve.cli.app import run
from hashquake.serve.cli.faults import said_of
from hashquake.serve.settings import settings_path


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.err.startswith("hashquake: "), captured.err
    assert captured.err.count("\n") == 1, captured.err
    assert "Traceback" not in captured.err
    return captured.err.rstrip().rpartition("[")[2].rstrip("]")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RecursionError("maximum recursion depth exceeded"), "input-too-deep"),
        (MemoryError(), "memory-full"),
        (OSError(28, "No space left on device"), "disk-full"),
        (PermissionError(13, "Permission denied", "/x"), "system"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "encoding-unreadable"),
        (OverflowError("cannot convert float infinity to integer"), "number-range"),
        (
            ValueError("Exceeds the limit (4300 digits) for integer string conversion"),
            "number-range",
        ),
        (RuntimeError("Could not determine home directory."), "home-unknown"),
        (KeyError("nobody foresaw this"), "internal"),
        (click.UsageError("no such thing"), "usage"),
        (UsageError("cannot be", code="time-syntax"), "time-syntax"),
        (UsageError("no subject: " + "9" * 5_000, code="subject-syntax"), "subject-syntax"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_any_error_is_one_line_with_a_code(
    error: Exception,
    code: str,
    *,
    as_json: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(typer.main, "get_command", lambda _app: type("C", (), {"main": fail})())
    assert run(["rate", *(["--json"] if as_json else [])]) == 2
    captured = capsys.readouterr()
    assert captured.err.rstrip().endswith(f"[{code}]")
    assert captured.err.count("\n") == 1
    assert len(captured.err) < 400
    if as_json:
        assert json.loads(captured.out)["error"]["code"] == code


def test_no_message_shows_a_password() -> None:
    address = "postgresql://anna:hunter2@db/x"
    for error in (
        OSError(f"cannot reach {address}"),
        UsageError(address, code="x"),
        KeyError(address),
    ):
        assert not any("hunter2" in part for part in said_of(error))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["rate", "--db", "~nouser/x.db"], "home-unknown"),
        (["rate", "--db", "mysql://u:p@h/d"], "record-url"),
        (["rate", "--db", "sqlite+aiosqlite:///x.db"], "record-url"),
        (["rate", "--db", "postgresql://u:p@h:port/d"], "record-url"),
        (["rate", "--db", "/dev/null"], "record-foreign"),
        (["rate", "--at", "0001-01-01"], None),
        (["rate", "--at", "9999-12-31T23:59"], None),
        (["rate", "--since", "0001-01-01T00:00+14:00", "--until", "2022-01-01"], None),
        (["rate", "--span", "9" * 400 + "d"], None),
        (["rate", "--span", "0s"], None),
        (["forecast", "--at", "0001-01-01"], None),
        (["map", "--as-of", "0001-01-01"], None),
        (["energy", "--at", "9999-12-31"], None),
        (["energy", "--price-usd", "1e400"], None),
        (["replay", "--false-alarms", "nan"], None),
        (["power", "--drop", "9" * 5_000], None),
        (["quakes", "list", "--since", "x" * 5_000], "time-syntax"),
        (["report", "--since", "9999-12-31"], None),
        (["report", "\x1b[31m\udcff"], None),
        (["ra\udcffte"], "usage"),
        (["rate", "--db", "odd\udcff.db"], None),
        (["rate", "--db", "zero\0.db"], None),
        (["export", "--out", "zero\0.csv"], None),
    ],
)
def test_hostile_arguments_are_one_line(
    arguments: list[str], code: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    found = _one_line(capsys)
    assert found not in ("internal", "")
    assert code is None or found == code


def test_a_pipe_as_a_record_is_refused_and_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    assert run(["rate", "--db", str(tmp_path / "pipe.db")]) == 2
    assert _one_line(capsys) == "record-foreign"


@pytest.mark.parametrize(
    "text",
    ["db = " + "[" * 50_000, "db = " + "9" * 5_000, "db = 'x'\nzzz = 1", "\xff\xfe", "db = 1e400"],
)
def test_settings_that_cannot_be_used_are_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = settings_path()
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("latin-1"))
    assert run(["rate"]) == 2
    assert _one_line(capsys) == "settings-malformed"


def _started(
    tmp_path: Path, arguments: list[str], *, stdout: int | IO[str], **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(Path(command_line.__file__).parents[3]),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "hashquake", *arguments],
        env=environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["plugins"], ["plugins", "--json"]])
def test_a_full_output_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = _started(tmp_path, arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith("[disk-full]")
    assert done.stderr.count("\n") == 1


def test_an_ascii_terminal_gets_ascii(tmp_path: Path) -> None:
    done = _started(
        tmp_path, ["report", "--list"], stdout=subprocess.PIPE, PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_signs_that_ascii_writes_with_several_shift_no_column(tmp_path: Path) -> None:
    done = _started(
        tmp_path,
        ["quakes", "list", "--db", "bundled"],
        stdout=subprocess.PIPE,
        PYTHONIOENCODING="ascii",
        COLUMNS="100",
    )
    head, *lines = done.stdout.splitlines()
    under = [line[head.index("change") :] for line in lines if "+/-" in line]
    assert under
    assert all(re.match(r"\[[-+]?\d+ %, ", one) for one in under)


@pytest.mark.parametrize(
    "arguments",
    [
        ["rate"],
        ["rate", "--since", "2022-01-01", "--until", "2022-01-10", "--step", "1d"],
        ["export", "--until", "2022-01-10", "--out", "b.csv"],
        ["forecast"],
        ["backtest", "forecast"],
        ["backtest", "filter"],
        ["energy"],
        ["exposure"],
        ["outages", "list"],
        ["report", "--since", "2022-01-01", "--until", "2022-01-10"],
        ["stale"],
    ],
    ids=" ".join,
)
def test_an_empty_record_is_said_to_be_one(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "empty.db")
    open_observatory(path, create=True).close()
    assert run([*arguments, "--db", path]) == 2
    assert _one_line(capsys) == "no-coverage"


def test_an_ingestion_that_fails_leaves_no_empty_record_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty record of one's own would hide the bundled one."""
    path = tmp_path / "mine" / "my.db"
    for db in ([], ["--db", str(path)]):
        assert run(["ingest", "block_table", "--path", "missing.csv", *db]) == 2
        assert _one_line(capsys) == "file-missing"
    assert not list(tmp_path.rglob("*.db*"))
    open_observatory(str(path), create=True).close()
    assert run(["ingest", "block_table", "--path", "missing.csv", "--db", str(path)]) == 2
    assert path.exists()  # it was there before


@pytest.mark.parametrize("command", [["rate"], ["export", "--out", "x.csv"]])
def test_a_window_after_the_end_of_the_record_is_named_as_such(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--db", "bundled", "--since", "2027-01-01"]) == 2
    said = capsys.readouterr().err
    assert "the record ends on 2026-04-22T21:50:03Z" in said
    assert said.rstrip().endswith("[window-reversed]")


def test_a_window_before_the_start_of_the_record_is_named_as_such(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["export", "--out", "x.csv", "--db", "bundled", "--until", "2020-01-01"]) == 2
    assert "the record begins on 2021-01-02T00:26:26Z" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--timeout-s", "inf"), "--timeout-s must be at most 86400, got inf"),
        (("--timeout-s", "nan"), "--timeout-s must be"),
        (("--timeout-s", "-4"), "--timeout-s must be greater than 0, got -4"),
        (("--timeout-s", "soon"), "--timeout-s must be a number, got soon"),
        (("--batch-calls", "0"), "--batch-calls must be at least 1, got 0"),
        (("--batch-calls", "1.5"), "--batch-calls must be a whole number, got 1.5"),
    ],
)
def test_an_option_out_of_range_is_named_with_what_it_must_be(
    given: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ("--url", "http://127.0.0.1:1")
    assert run(["ingest", "bitcoind_rpc", *url, *given, "--db", str(tmp_path / "r.db")]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.rstrip().endswith("[option-invalid]")
