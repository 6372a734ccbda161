"""What a route collector's peers saw, from its MRT files: RIBs and updates.

Gives visible prefixes and /24s per country and AS. Countries are those of registration, which is
not location. Routes alone miss shutdowns that leave the routes standing, as in Kazakhstan in
January 2022.

A reading stands for the end of its window. A window in which nothing arrived gives none. The
parser does not tell when a peer's session ends, so its last routes stay until the next RIB; a
missing file of updates, too, is felt until then.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import InputError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_duration
from hashquake.sources.routes._delegated import read_delegated
from hashquake.sources.routes._mrt_parallel import parsed
from hashquake.sources.routes._mrt_replay import Replay, in_order
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.wire.watched import Watched, batches, files_of

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
        ``file-missing``, ``file-unreadable``, ``mrt-rib-missing`` when there is no RIB,
        ``mrt-no-full-feed`` when no peer carries enough.
    FormatError
        ``mrt-malformed``, ``mrt-ancient``, ``mrt-unsupported``, ``mrt-truncated``,
        ``mrt-unreadable``, ``time-backwards``; ``subject-malformed``; of the delegated files,
        those of `read_delegated`.
    SourceError
        ``mrt-worker-lost``, ``cluster-unreachable``, ``cluster-empty``, ``cluster-failed``.
    HashquakeError
        ``plugin-extra`` when the parser, or Dask for a cluster, is not installed.
    """
    step_s = parse_duration(options.step)
    if not step_s >= 1:
        raise UsageError(f"--step must be 1 s or more, got {options.step}", code="step-empty")
    watched = Watched(
        read_delegated(files_of(options.delegated.expanduser())),
        countries=options.countries,
        asns=options.asns,
        source=CARD.name,
    )
    table = VisibilityTable(
        watched.registrations, full_feed_v4=options.full_feed_v4, full_feed_v6=options.full_feed_v6
    )
    found = in_order(files_of(options.path.expanduser()), note=context.note)
    paths = found.paths
    files = parsed(paths, workers=options.workers, cluster=options.cluster)
    replay, given = Replay(table, watched, step_s, ribs_s=found.ribs_s), False
    for done, elements in enumerate(files, 1):
        for readings in replay.take(elements):
            given = given or bool(readings)
            yield from batches(_over(readings, context))
        context.progress(Progress(done=done, total=len(paths), unit="files"))
    last = replay.close()
    yield from batches(_over(last, context))
    if not given and not last:
        raise InputError(
            f"no peer in {options.path} is full-feed: the largest carries "
            f"{table.largest_feed[4]} IPv4 and {table.largest_feed[6]} IPv6 prefixes",
            code="mrt-no-full-feed",
            hint="lower --full-feed-v4 and --full-feed-v6 for a small collector",
        )


def _over(readings: list[Reading], context: SourceContext) -> list[Reading]:
    """Leave out a window that is not over, and say so: its last updates are still to come."""
    now_s = context.now_s()
    if not readings or readings[0].window.end_s <= now_s:
        return readings
    context.note(
        f"left out the windows from {format_time(readings[0].window.start_s)} on, which are not "
        f"over: by this machine's clock it is {format_time(now_s)}"
    )
    return []
