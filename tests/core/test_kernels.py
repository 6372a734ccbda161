import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from hashquake.core import _inner_compiler, kernels
from hashquake.core.kernels import Kernel, kernel

SRC = Path(__file__).parents[2] / "src"


@kernel
def doubled(value: float) -> float:
    return 2.0 * value


@kernel(nogil=True)
def summed(values: Any) -> float:
    total = 0.0
    for value in values:
        total += doubled(value)
    return total


def test_a_kernel_calls_another_and_both_are_compiled() -> None:
    assert summed(np.arange(4.0)) == 12.0
    assert summed(values=np.arange(3.0)) == 6.0
    assert isinstance(summed, Kernel)
    assert summed.dispatcher.nopython_signatures


@pytest.mark.parametrize("found", [True, False])
def test_a_kernel_inside_another_is_no_machine_code_of_its_own_where_numba_allows(
    monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    assert isinstance(doubled, Kernel)
    assert isinstance(summed, Kernel)
    monkeypatch.setattr(_inner_compiler, "_FOUND", found)
    callee = Kernel(doubled.py_func)
    monkeypatch.setitem(summed.py_func.__globals__, "doubled", callee)
    assert Kernel(summed.py_func)._uncached("")(np.arange(4.0)) == 12.0
    (called,) = callee.inner.overloads.values()
    assert isinstance(called.library, _inner_compiler._InnerLibrary) == found


def test_a_kernel_travels_by_its_name() -> None:
    from hashquake.estimate.volatility import learn

    assert pickle.loads(pickle.dumps(learn)) is learn  # noqa: S301  our own bytes


def test_rooms_load_without_numba() -> None:
    program = (
        "import sys; import hashquake.catalog.pipeline, hashquake.observatory.instant_rates; "
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_a_folder_for_compiled_code_kernels_run_and_one_note_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = numba.njit

    def no_folder(*given: Any, **options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*given, **options)

    monkeypatch.setattr(numba, "njit", no_folder)
    monkeypatch.setattr(kernels, "_noted", False)
    assert [Kernel(one.py_func)(3.0) for one in (doubled, doubled)] == [6.0, 6.0]  # type: ignore[attr-defined]
    assert len(caplog.records) == 1
    assert "NUMBA_CACHE_DIR" in caplog.text


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left"), EOFError(), pickle.UnpicklingError()]
)
def test_a_full_or_damaged_folder_of_compiled_code_is_gone_round(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def damaged(value: float) -> float:
        del value
        raise error

    made = Kernel(doubled.py_func)  # type: ignore[attr-defined]
    monkeypatch.setattr(made, "_compiled", damaged)
    assert made(1.5) == 3.0


def test_only_this_file_compiles() -> None:
    offenders = [
        path.name
        for path in (SRC / "hashquake").rglob("*.py")
        if "numba.njit" in path.read_text(encoding="utf-8") and path.name != "kernels.py"
    ]
    assert offenders == []


def plainly_doubled(value: float) -> float:
    return 2.0 * value


class Gone:
    """A class that an update removes."""


def test_code_kept_by_an_older_version_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its index names a class that is not there any more."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    first = Kernel(plainly_doubled)
    assert first(1.5) == 3.0
    (index,) = tmp_path.rglob("*.nbi")
    stale = pickle.dumps(numba.__version__, protocol=-1)
    index.write_bytes(stale + pickle.dumps((("stamp", 1), {Gone: "x.nbc"})))
    monkeypatch.delattr(f"{__name__}.Gone")
    with pytest.raises(AttributeError):
        numba.njit(cache=True)(plainly_doubled)(1.5)
    again = Kernel(plainly_doubled)
    assert again(1.5) == 3.0
    assert Kernel(plainly_doubled)(2.0) == 4.0
