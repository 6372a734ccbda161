"""The benchmarks as one run: what fails or is missing is named, and keeps nothing from running."""

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
FAKES = {
    "compare.py": "",
    "bench_broken.py": "raise ValueError",
    "bench_last.py": "print('measured')",
    "bench_missing.py": "from needs import skip; skip('no such thing')",
}


def test_every_part_runs_whatever_becomes_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    monkeypatch.setenv("PYTHONPATH", str(BENCH))
    import every

    for name, text in FAKES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(every, "HERE", tmp_path)
    assert every.main() == 1
    said = capfd.readouterr().out
    assert "measured" in said
    ends = {line.split()[0]: line for line in said.partition("== all")[2].splitlines() if line}
    assert ends["compare.py"].endswith("done")
    assert ends["bench_broken.py"].endswith("FAILED with status 1")
    assert ends["bench_last.py"].endswith("done")
    assert ends["bench_missing.py"].endswith("skipped")

    (tmp_path / "bench_broken.py").unlink()
    assert every.main() == 0


def test_all_programs_of_the_folder_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import every

    counted = {path.name for path in BENCH.glob("*.py")}
    assert {path.name for path in every.programs()} == counted - {
        "every.py", "needs.py", "pairs.py", "count_flows.py",
    }  # fmt: skip


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import compare
    from pairs import Pair

    def never() -> None:
        raise AssertionError("it was run")

    pair = Pair(
        task="a task", peer="no-such-peer", theirs="theirs", ours="ours",
        run_theirs=never, run_ours=never, note="",
    )  # fmt: skip
    row = compare.row_of(pair)
    assert "skipped: no-such-peer is not installed" in row
    assert row.count("|") == 8


def teardown_module() -> None:
    """Forget the modules of the folder, which other tests do not import."""
    for name in ("every", "compare", "pairs", "needs"):
        sys.modules.pop(name, None)
