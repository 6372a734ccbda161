"""One watcher a record, seen from other processes, and gone with its process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hashquake.core.errors import RecordError
from hashquake.store.open_record import open_record

_HOLD = """
import sys
from hashquake.store.open_record import open_record
with open_record(sys.argv[1]) as record, record.watching():
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_watcher_is_refused_and_readers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a record.db"
    with open_record(path, create=True) as first, open_record(path) as second:
        assert not second.watched_now()
        with first.watching():
            assert second.watched_now()
            with pytest.raises(RecordError, match="watches") as refused, second.watching():
                pass
            assert refused.value.code == "record-watched"
            assert second.tip() is None
        assert not second.watched_now()
        with second.watching():
            assert first.watched_now()


def test_a_watcher_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with open_record(path, create=True) as record:
        other = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert record.watched_now()
        other.send_signal(signal.SIGKILL)
        other.communicate()
        assert not record.watched_now()
        with record.watching():
            pass
