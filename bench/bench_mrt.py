"""Speed of reading MRT files, against an empty loop over the parser's elements, and by workers.

Give files of your own, or none: then a table and updates are made up. Other programs may load the
machine, so one process is measured by its own CPU time, in turns with the empty loop.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from pybgpkit_parser import Parser

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.sources.mrt_forge import Route, rib, update

from hashquake.sources.routes._mrt_elements import read_elements
from hashquake.sources.routes._mrt_parallel import parsed

START_S = 1_641_379_200
N_PREFIXES, N_PEERS, N_UPDATES = 12_000, 8, 60_000
N_TURNS = 9
N_FILES = 12


def made_up(folder: Path) -> list[Path]:
    rng = np.random.default_rng(1)
    names = [f"{n >> 8}.{n & 255}.{k}.0/24" for n in range(0x0A00, 0x0A40) for k in range(256)]
    origins = rng.integers(1000, 60_000, N_PREFIXES).tolist()
    routes: list[Route] = [
        (name, dict.fromkeys(range(N_PEERS), origin))
        for name, origin in zip(names, origins, strict=False)
    ]
    (folder / "rib").write_bytes(rib(START_S, N_PEERS, routes))
    changes = [
        update(START_S + at // 100, at % N_PEERS, announced=[names[one]], origin=origins[one])
        for at, one in enumerate(rng.integers(0, N_PREFIXES, N_UPDATES).tolist())
    ]
    (folder / "updates").write_bytes(b"".join(changes))
    return [folder / "rib", folder / "updates"]


def cpu_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def wall_s(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def empty_loop(path: Path) -> int:
    return sum(1 for _ in Parser(url=str(path)))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(name) for name in sys.argv[1:]] or made_up(Path(folder))
        for path in paths:
            ratios, rates = [], []
            n = empty_loop(path)
            for _ in range(N_TURNS):
                before_s = cpu_s(partial(empty_loop, path))
                ours_s = cpu_s(partial(read_elements, path))
                after_s = cpu_s(partial(empty_loop, path))
                ratios.append(2 * ours_s / (before_s + after_s))
                rates.append(n / ours_s)
            print(
                f"{path.name}: {n} elements, {median(rates):,.0f} a second of CPU, "
                f"{median(ratios):.2f} x an empty loop over the parser "
                f"({min(ratios):.2f} to {max(ratios):.2f})"
            )
        largest = max(paths, key=lambda path: path.stat().st_size)
        many = [largest] * N_FILES
        ratios, walls = [], []
        for _ in range(3):
            one_s, two_s, one_cpu_s, two_cpu_s = two_workers(many)
            walls.append(one_s / two_s)
            ratios.append(one_cpu_s / two_cpu_s)
        print(
            f"two workers over one, {N_FILES} files, their start included: {median(ratios):.2f} x "
            f"({min(ratios):.2f} to {max(ratios):.2f}) with a free core each, by CPU time; "
            f"{median(walls):.2f} x by the clock of this machine, whatever else it does"
        )


def two_workers(paths: list[Path]) -> tuple[float, float, float, float]:
    """Give wall seconds of one and two; CPU of one; CPU of the parent and of half the children."""

    def read(workers: int) -> int:
        return sum(len(each.origin) for each in parsed(paths, workers=workers))

    one_cpu_s = cpu_s(lambda: read(1))
    one_s = wall_s(lambda: read(1))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    parent_s = time.process_time()
    two_s = wall_s(lambda: read(2))
    parent_s = time.process_time() - parent_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    children_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return one_s, two_s, one_cpu_s, parent_s + children_s / 2


if __name__ == "__main__":
    main()
