"""A scenario's file from a stranger: refused in one line, quickly, whatever it holds."""

import os
import time
from pathlib import Path

import pytest

from hashquake.core.errors import HashquakeError
from hashquake.observatory.scenario_choice import scenario_named
from hashquake.observatory.scenario_file import MAX_FILE_BYTES, read_scenario_file

_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 12)
)
HOSTILE: dict[str, str | bytes] = {
    "deep.toml": "sources = " + "[" * 5_000 + "]" * 5_000,
    "deeper.toml": "sources = " + "[" * 30 + "]" * 30,
    "deep.yaml": "[" * 5_000 + "]" * 5_000,
    "deep_blocks.yaml": "\n".join(" " * at + "a:" for at in range(500)),
    "dotted.toml": ".".join(["a"] * 5_000) + " = 1",
    "bomb.yaml": _BOMB,
    "anchor_in_itself.yaml": "pools: &a\n  x: *a\n",
    "digits.toml": f"epochs = {'9' * 5_000}",
    "digits.yaml": f"epochs: {'9' * 5_000}",
    "hexadecimal.toml": f"epochs = 0x{'f' * 5_000}",
    "hexadecimal.yaml": f"correlation: 0x{'f' * 5_000}",
    "hexadecimal_key.yaml": f"pools: {{0x{'f' * 5_000}: 0.1}}",
    "huge_float.toml": "growth_per_year = 1e400",
    "huge_hashrate.toml": f"[economy]\nhashrate_hps = 1{'0' * 400}",
    "a_date_that_is_none.yaml": "start: 2026-99-99",
    "sexagesimal.yaml": f"epochs: {':'.join(['1'] * 5_000)}",
    "python.yaml": "epochs: !!python/object/apply:os.system ['true']",
    "two.yaml": "a: 1\n---\nb: 2\n",
    "norway.yaml": "countries: {NO: 0.1}",
    "null.toml": 'name = "\x00"',
    "not_utf8.toml": b"\xff\xfe",
    "long_value.toml": f'epochs = "{"x" * 100_000}"',
    "long_key.toml": f"{'x' * 100_000} = 1",
    "large.toml": "#" * (MAX_FILE_BYTES + 1),
    "far.toml": "start = 9999-12-31",
    "windows.toml": '[[outages]]\nsubject = "country:KZ"\nonset = 0\nduration = "900d"\nwindows = ['
    + ", ".join(f"[{at}, {at}.5]" for at in range(5_000))
    + "]\n[countries]\nKZ = 0.1",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_short_line(tmp_path: Path, name: str) -> None:
    content = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    begin_s = time.process_time()
    with pytest.raises(HashquakeError) as caught:
        scenario_named(str(path))
    assert caught.value.code in {"scenario-malformed", "outage-malformed"}
    assert len(caught.value.message) < len(str(path)) + 300
    assert "\n" not in caught.value.message
    assert time.process_time() - begin_s < 20


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    with pytest.raises(HashquakeError, match="regular file") as caught:
        read_scenario_file(path)
    assert caught.value.code == "cannot-read"


@pytest.mark.parametrize("path", ["/dev/zero.toml", "a\x00b.toml", "~nouser/a.toml", "x" * 5_000])
def test_a_path_that_cannot_be_is_refused(path: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        read_scenario_file(Path(path))
    assert caught.value.code == "cannot-read"


def test_a_plain_date_and_a_byte_order_mark_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "dated.yaml"
    path.write_bytes("\ufeffstart: 2026-01-01\n".encode())
    assert scenario_named(str(path)).start_s == 1_767_225_600
