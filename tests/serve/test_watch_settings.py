"""Settings with a typo are refused with what was meant, before anything is opened or made."""

import subprocess
from pathlib import Path

import pytest
from tests.running_watcher import PROGRAM


@pytest.mark.parametrize(
    ("settings", "code", "meant"),
    [
        ("", "source-none", "name your node"),
        ('[sources.bitcoind_rcp]\nurl = "x"\n', "plugin-unknown", "did you mean bitcoind_rpc?"),
        ('[sources."bitcoind_rcp:a"]\n', "plugin-unknown", "did you mean bitcoind_rpc?"),
        ('[sources.bitcoind_rpc]\nulr = "x"\n', "option-invalid", "did you mean url?"),
        ('dbb = "x"\n', "settings-malformed", "did you mean db?"),
    ],
)
def test_a_typo_is_refused_with_what_was_meant(
    tmp_path: Path, settings: str, code: str, meant: str
) -> None:
    (tmp_path / "hashquake.toml").write_text(settings)
    done = subprocess.run(
        [*PROGRAM, "watch", "--db", "my.db", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert f'"{code}"' in done.stdout
    assert meant in done.stdout
    assert "Extra inputs" not in done.stdout  # the words of a library
    if code != "option-invalid":
        assert not (tmp_path / "my.db").exists()
