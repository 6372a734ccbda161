"""What a route collector's peers saw, from its MRT files: RIBs and updates.

Gives visible prefixes and /24s per country and AS. Countries are those of registration, which is
not location. Routes alone miss shutdowns that leave the routes standing, as in Kazakhstan in
January 2022.

A reading stands for the end of its window. A window in which nothing arrived gives none. The
parser does not tell when a peer's session ends, so its last routes stay until the next RIB; a
missing file of updates, too, is felt until then.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, InputError, SourceError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_duration
from hashquake.core.window import Window
from hashquake.sources._delegated import read_delegated
from hashquake.sources._mrt_elements import Elements, read_elements
from hashquake.sources._mrt_outline import outline
from hashquake.sources._reading_cells import asn_of_cell, country_of_cell
from hashquake.sources._registrations import Registrations
from hashquake.sources._visibility import VisibilityTable

CARD = SourceCard(
    name="mrt",
    title="RIBs and updates of a route collector",
    gives=("readings",),
    owner="the collector's operator: RIPE NCC (RIS), University of Oregon (RouteViews)",
    licence="the operator's",
    capabilities=("prefixes", "slash24s", "asn"),
    verified="mrtparse 2.2.0, equal counts of routes in files of 2002 to 2017",
    extra="bgp",
)
_BATCH_READINGS = 20_000


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="an MRT file, or a directory of one collector's files")
    delegated: Path = Field(
        description="a registry's delegated-extended file, or a directory of them: which country "
        "a prefix is registered in"
    )
    countries: str = Field(default="", description="such as KZ,IR; all when empty")
    asns: str = Field(
        default="",
        description="such as 9198,21299, or `all`: those registered in the countries asked for",
    )
    step: str = Field(default="5m", description="how long each reading's window is")
    full_feed_v4: int = Field(
        default=400_000, ge=0, description="a full-feed peer carries more IPv4 prefixes than this"
    )
    full_feed_v6: int = Field(
        default=10_000, ge=0, description="a full-feed peer carries more IPv6 prefixes than this"
    )
    workers: int = Field(default=1, ge=1, le=256, description="processes that read files")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Yield what was seen, window by window.

    Parameters
    ----------
    options : Options
        The files and how to count.
    context : SourceContext
        Told of progress.

    Raises
    ------
    UsageError
        ``duration-syntax``, ``step-empty``.
    InputError
        ``file-missing``, ``file-unreadable``, ``mrt-rib-missing`` when updates come before any
        RIB, ``mrt-no-full-feed`` when no peer carries enough.
    FormatError
        ``mrt-malformed``, ``mrt-ancient``, ``mrt-truncated``, ``mrt-unreadable``,
        ``time-backwards``; ``subject-malformed``; of the delegated files, those of
        `read_delegated`.
    SourceError
        ``mrt-worker-lost``.
    HashquakeError
        ``plugin-extra`` when the parser is not installed.
    """
    step_s = parse_duration(options.step)
    if not step_s >= 1:
        raise UsageError(f"a step of {options.step} holds no time", code="step-empty")
    watched = _Watched(read_delegated(_files(options.delegated.expanduser())), options)
    table = VisibilityTable(
        watched.registrations, full_feed_v4=options.full_feed_v4, full_feed_v6=options.full_feed_v6
    )
    paths = _in_order(_files(options.path.expanduser()))
    replay, given = _Replay(table, watched, step_s), False
    for done, elements in enumerate(_parsed(paths, options.workers), 1):
        for readings in replay.take(elements):
            given = given or bool(readings)
            yield from _batches(readings)
        context.progress(Progress(done=done, total=len(paths), unit="files"))
    last = replay.close()
    yield from _batches(last)
    if not given and not last:
        raise InputError(
            f"no peer in {options.path} is full-feed: the largest carries "
            f"{table.largest_feed[4]} IPv4 and {table.largest_feed[6]} IPv6 prefixes",
            code="mrt-no-full-feed",
            hint="lower --full-feed-v4 and --full-feed-v6 for a small collector",
        )


class _Watched:
    """Which countries and ASes are counted; one seen once is counted from then on."""

    def __init__(self, registrations: Registrations, options: Options) -> None:
        self.registrations = registrations
        words = [word for word in options.countries.split(",") if word.strip()]
        self._countries = {country_of_cell(word).partition(":")[2] for word in words}
        self._every_country = not self._countries
        self._every_asn = options.asns.strip() == "all"
        words = [] if self._every_asn else [one for one in options.asns.split(",") if one.strip()]
        self._asns = {int(asn_of_cell(word).partition(":")[2]) for word in words}
        self._known_asns: set[int] = set()

    def readings(self, table: VisibilityTable, window: Window) -> list[Reading]:
        """Count every subject; zero is a count, as the table was watched."""
        counted = table.count()
        if self._every_country:
            self._countries.update(*(one.per_country for one in counted.values()))
        if self._every_asn:
            self._meet({asn for one in counted.values() for asn in one.per_asn})
        return [
            Reading(
                subject=subject, quantity=name, window=window, value=float(value), source=CARD.name
            )
            for name, one in counted.items()
            for subject, value in (
                *((f"country:{cc}", one.per_country.get(cc, 0)) for cc in sorted(self._countries)),
                *((f"asn:{asn}", one.per_asn.get(asn, 0)) for asn in sorted(self._asns)),
            )
        ]

    def _meet(self, asns: set[int]) -> None:
        new = sorted(asns - self._known_asns)
        self._known_asns.update(new)
        countries = self.registrations.asns.countries_of(new).tolist()
        self._asns.update(
            asn
            for asn, country in zip(new, countries, strict=True)
            if self._every_country or country in self._countries
        )


class _Replay:
    """Lead a table through time, file by file."""

    def __init__(self, table: VisibilityTable, watched: _Watched, step_s: float) -> None:
        self._table, self._watched, self._step_s = table, watched, step_s
        self._start_s: float | None = None
        self._rib_s = 0.0

    def take(self, elements: Elements) -> Iterator[list[Reading]]:
        """Take in a file; give the readings of each window that it closes."""
        if not len(elements.time_s):
            return
        starts_s = np.floor(elements.time_s / self._step_s) * self._step_s
        if elements.is_rib:
            start_s = float(starts_s.min())
            if self._start_s is not None and start_s > self._start_s:
                yield self.close()
            self._start_s, self._rib_s = start_s, float(elements.time_s.min())
            self._table.clear()
            self._table.apply(elements)
            return
        now_s = self._start_s
        if now_s is None:
            raise _rib_missing()
        order = np.argsort(elements.time_s, kind="stable")
        order = order[elements.time_s[order] >= self._rib_s]
        if len(order) and starts_s[order[0]] < now_s - self._step_s:
            raise FormatError(
                f"updates of {format_time(float(elements.time_s[order[0]]))} come after those of "
                f"{format_time(now_s)}",
                code="time-backwards",
                hint="give the files of one collector, each once",
            )
        starts_s = np.maximum(starts_s[order], now_s)  # collectors' clocks jitter at a file's edge
        for start_s in np.unique(starts_s):
            if start_s > now_s:
                yield self.close()
                self._start_s = now_s = float(start_s)
            self._table.apply(elements, order[starts_s == start_s])

    def close(self) -> list[Reading]:
        """Give the readings of the window that is open."""
        if self._start_s is None:
            return []
        window = Window(start_s=self._start_s, end_s=self._start_s + self._step_s)
        return self._watched.readings(self._table, window)


def _batches(readings: Sequence[Reading]) -> Iterator[Batch]:
    for first in range(0, len(readings), _BATCH_READINGS):
        yield Batch(readings=tuple(readings[first : first + _BATCH_READINGS]))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        found = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
    if not found:
        raise InputError(f"there is no file in {path}", code="file-missing")
    return found


def _in_order(paths: Sequence[Path]) -> list[Path]:
    starts = [(outline(path, whole=False), path) for path in paths]
    starts.sort(key=lambda pair: (pair[0].first_s, not pair[0].is_rib))
    if not starts[0][0].is_rib:
        raise _rib_missing()
    return [path for _, path in starts]


def _rib_missing() -> InputError:
    return InputError(
        "the files begin with updates, which say nothing of routes that stay as they are",
        code="mrt-rib-missing",
        hint="add the last RIB (bview, rib) before them",
    )


def _parsed(paths: Sequence[Path], workers: int) -> Iterator[Elements]:
    if workers == 1 or len(paths) == 1:
        yield from map(read_elements, paths)
        return
    waiting = iter(paths)
    running: deque[Future[Elements]] = deque()
    pool = ProcessPoolExecutor(min(workers, len(paths)), mp_context=get_context("spawn"))
    try:
        with pool:
            running.extend(pool.submit(read_elements, one) for one in islice(waiting, workers + 1))
            while running:
                elements = running.popleft().result()
                running.extend(pool.submit(read_elements, one) for one in islice(waiting, 1))
                yield elements
    except BrokenProcessPool:
        raise SourceError(
            "a process that read MRT files died",
            code="mrt-worker-lost",
            hint="is there enough memory? use fewer --workers",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
