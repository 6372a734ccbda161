"""What a route collector's peers saw, from its MRT files: RIBs and updates.

Gives visible prefixes and /24s per country and AS. Countries are those of registration, which is
not location. Routes alone miss shutdowns that leave the routes standing, as in Kazakhstan in
January 2022.

A reading stands for the end of its window. A window in which nothing arrived gives none. The
parser does not tell when a peer's session ends, so its last routes stay until the next RIB; a
missing file of updates, too, is felt until then.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, InputError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_duration
from hashquake.core.window import Window
from hashquake.sources._delegated import read_delegated
from hashquake.sources._mrt_elements import Elements
from hashquake.sources._mrt_outline import outline
from hashquake.sources._mrt_parallel import parsed
from hashquake.sources._visibility import VisibilityTable
from hashquake.sources._watched import Watched, batches, files_of

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
    cluster: str = Field(
        default="", description="address of a Dask scheduler whose workers read the files instead"
    )


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
        ``mrt-worker-lost``, ``cluster-unreachable``, ``cluster-empty``, ``cluster-failed``.
    HashquakeError
        ``plugin-extra`` when the parser, or Dask for a cluster, is not installed.
    """
    step_s = parse_duration(options.step)
    if not step_s >= 1:
        raise UsageError(f"a step of {options.step} holds no time", code="step-empty")
    watched = Watched(
        read_delegated(files_of(options.delegated.expanduser())),
        countries=options.countries,
        asns=options.asns,
        source=CARD.name,
    )
    table = VisibilityTable(
        watched.registrations, full_feed_v4=options.full_feed_v4, full_feed_v6=options.full_feed_v6
    )
    paths = _in_order(files_of(options.path.expanduser()))
    files = parsed(paths, workers=options.workers, cluster=options.cluster)
    replay, given = _Replay(table, watched, step_s), False
    for done, elements in enumerate(files, 1):
        for readings in replay.take(elements):
            given = given or bool(readings)
            yield from batches(readings)
        context.progress(Progress(done=done, total=len(paths), unit="files"))
    last = replay.close()
    yield from batches(last)
    if not given and not last:
        raise InputError(
            f"no peer in {options.path} is full-feed: the largest carries "
            f"{table.largest_feed[4]} IPv4 and {table.largest_feed[6]} IPv6 prefixes",
            code="mrt-no-full-feed",
            hint="lower --full-feed-v4 and --full-feed-v6 for a small collector",
        )


class _Replay:
    """Lead a table through time, file by file."""

    def __init__(self, table: VisibilityTable, watched: Watched, step_s: float) -> None:
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
