"""All benchmarks as one run: the table of `compare.py`, then every part, each in its own process.

A part that fails does not keep the others from running: a table at the end names what failed, what
was skipped, and how long each took; then the exit status is 1. Run as ``python bench/every.py``.
"""

import subprocess
import sys
import time
from pathlib import Path

from needs import SKIPPED

HERE = Path(__file__).parent


def programs() -> list[Path]:
    """Return the programs in the order in which they run."""
    return [HERE / "compare.py", *sorted(HERE.glob("bench_*.py"))]


def main() -> int:
    """Run them all; return the exit status."""
    ends: list[tuple[str, str, float]] = []
    for program in programs():
        print(f"\n== {program.name}", flush=True)
        began_s = time.monotonic()
        status = subprocess.run([sys.executable, program], check=False).returncode
        how = {0: "done", SKIPPED: "skipped"}.get(status, f"FAILED with status {status}")
        ends.append((program.name, how, time.monotonic() - began_s))
    print("\n== all")
    for name, how, took_s in ends:
        print(f"{name:24s} {took_s:6.0f} s  {how}")
    print(f"{'all':24s} {sum(took_s for _, _, took_s in ends):6.0f} s")
    return int(any(how.startswith("FAILED") for _, how, _ in ends))


if __name__ == "__main__":
    sys.exit(main())
