"""What the peers of RIPE's route collectors see, as it happens: RIS Live.

Gives visible prefixes and /24s per country and AS, as `mrt` does from files. The stream tells
changes only. Begun with a RIB (and the updates since), the table is whole. Without one it knows
the routes it has heard of, so its readings are named ``ris_live:heard`` and say how many prefixes
were heard and not withdrawn, from peers heard for a day. After a break the readings of a table
that was whole are named ``ris_live:after_gap``: changes are missing until it is started again.

Countries are those of registration, which is not location. Routes alone miss shutdowns that leave
the routes standing, as in Kazakhstan in January 2022.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import InputError, UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import format_time, parse_duration, parse_time, positive_duration_s
from hashquake.sources.routes._delegated import read_delegated
from hashquake.sources.routes._live_routes import LATE_S, LiveRoutes, LiveRules
from hashquake.sources.routes._mrt_parallel import parsed
from hashquake.sources.routes._mrt_replay import Replay, in_order
from hashquake.sources.routes._ris_messages import RisMessage
from hashquake.sources.routes._ris_stream import StreamOptions, listen
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.services._asked import asked_list
from hashquake.sources.wire.watched import Watched, batches, files_of

CARD = SourceCard(
    name="ris_live",
    title="RIS Live: routes of countries and networks as they change",
    gives=("readings",),
    owner="RIPE NCC, Routing Information Service",
    licence="RIPE NCC's terms of the RIS service",
    capabilities=("prefixes", "slash24s", "asn", "follow"),
    verified="messages in the shape of public samples; a loopback server; the service itself: "
    "unverified",
    cadence_s=300.0,
    lag_s=30.0,
    extra="live",
)
_MESSAGES_PER_NOTE = 1000
_ONE_WINDOW_S = 1e12
_FULL_FEEDS = {4: 400_000, 6: 10_000}


class Options(BaseModel):
    """What the command line asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delegated: Path = Field(
        description="a registry's delegated-extended file, or a directory of them: which country "
        "a prefix is registered in"
    )
    host: str = Field(
        default="", description="collectors, separated by commas, such as rrc03; all when empty"
    )
    seed: Path | None = Field(
        default=None,
        description="the last RIB of that collector, or a directory with it and the updates since",
    )
    seed_age: str = Field(default="1h", description="a seed that ends earlier than this is refused")
    countries: str = Field(default="", description="such as KZ,IR; all when empty")
    asns: str = Field(
        default="",
        description="such as 9198,21299, or `all`: those registered in the countries asked for",
    )
    step: str = Field(default="5m", description="how long each reading's window is")
    duration: str = Field(
        default="", description="for how long to listen, such as 1h; forever when empty"
    )
    until: str = Field(default="", description="until when to listen, instead of --duration")
    warm_up: str = Field(
        default="1d", description="without a seed, how long a peer is heard before it counts"
    )
    peer_silence: str = Field(default="1h", description="a peer silent for so long does not count")
    full_feed_v4: int | None = Field(
        default=None,
        ge=0,
        description="a full-feed peer carries more IPv4 prefixes than this; by default 400000 "
        "with a seed, 0 without",
    )
    full_feed_v6: int | None = Field(
        default=None,
        ge=0,
        description="a full-feed peer carries more IPv6 prefixes than this; by default 10000 "
        "with a seed, 0 without",
    )
    silence: str = Field(
        default="1m", description="a stream without a message for so long has stalled"
    )
    url: str = Field(
        default="wss://ris-live.ripe.net/v1/ws/?client=hashquake",
        description="address of the service",
    )
    timeout_s: float = Field(
        default=20.0, gt=0, le=86_400, description="seconds to wait for a connection"
    )
    tries: int = Field(
        default=8, ge=1, description="connections that fail in a row before giving up"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Listen, and yield what was seen window by window.

    Stopping at any time loses only the window that is open.

    Parameters
    ----------
    options : Options
        What to listen to, and how to count.
    context : SourceContext
        The clock and waiting; receives progress.

    Yields
    ------
    Batch
        The readings of one window during all of which the stream was heard, and that window.

    Raises
    ------
    UsageError
        ``duration-syntax``, ``time-syntax``, ``step-empty``, ``option-conflict``,
        ``window-over``, ``seed-host`` when a seed is given for other than one collector,
        ``url-malformed``.
    InputError
        ``seed-old``, ``seed-other``, ``ris-nothing-seen``; of the seed, those of `mrt`.
    SourceError, FormatError
        As `listen` does; ``clock-skew``; ``subject-malformed``.
    HashquakeError
        ``plugin-extra`` when the library is not installed.
    """
    hosts = tuple(host.lower() for host in asked_list(options.host))
    until_s = _end_s(options, context.now_s())
    rules = _rules(options, one_host=len(hosts) == 1)
    stream = StreamOptions(
        url=options.url,
        hosts=hosts,
        silence_s=positive_duration_s(options.silence, "silence"),
        timeout_s=options.timeout_s,
        tries=options.tries,
    )
    watched = Watched(
        read_delegated(files_of(options.delegated.expanduser())),
        countries=options.countries,
        asns=options.asns,
        source=CARD.name,
    )
    table = _table(options, watched, hosts, context)
    routes = LiveRoutes(table, watched, rules)
    heard, whole, given = 0, 0, False
    for event in listen(stream, context, until_s):
        closed: Iterator[list[Reading]] = iter(())
        if isinstance(event, RisMessage):
            heard += 1
            closed = routes.take(event, context.now_s())
        elif event == "quiet":
            closed = routes.close_until(context.now_s() - LATE_S)
        elif event in {"spoilt", "lost"}:
            routes.broke()
        for readings in closed:
            whole += 1
            given = given or bool(readings)
            yield from _observed(readings)
        if heard % _MESSAGES_PER_NOTE == 0:
            context.progress(Progress(done=heard, total=None, unit="messages"))
    for readings in routes.close_until(until_s):
        whole += 1
        given = given or bool(readings)
        yield from _observed(readings)
    if not given:
        raise InputError(
            f"{heard} messages were heard, and no window of {options.step} was seen whole with a "
            f"peer that counts; the largest carries {table.largest_feed[4]} IPv4 and "
            f"{table.largest_feed[6]} IPv6 prefixes",
            code="ris-nothing-seen",
            hint="give a --seed, or listen for longer than --warm-up",
        )


def _observed(readings: list[Reading]) -> Iterator[Batch]:
    for batch in batches(readings):
        yield Batch(readings=batch.readings, observed=(batch.readings[0].window,))


def _rules(options: Options, *, one_host: bool) -> LiveRules:
    step_s = parse_duration(options.step)
    if not step_s >= 1:
        raise UsageError(f"--step must be 1 s or more, got {options.step}", code="step-empty")
    return LiveRules(
        step_s=step_s,
        warm_up_s=parse_duration(options.warm_up),
        peer_silence_s=positive_duration_s(options.peer_silence, "peer-silence"),
        one_host=one_host,
    )


def _end_s(options: Options, now_s: float) -> float:
    if options.duration and options.until:
        raise UsageError(
            "--duration and --until both say when to stop",
            code="option-conflict",
            hint="leave one out",
        )
    if options.duration:
        return now_s + positive_duration_s(options.duration, "duration")
    until_s = float(parse_time(options.until)) if options.until else float("inf")
    if until_s <= now_s:
        raise UsageError(
            f"{format_time(until_s)} is over, and RIS Live sends the present only",
            code="window-over",
            hint="for the past, read the collector's files with hashquake ingest mrt",
        )
    return until_s


def _table(
    options: Options, watched: Watched, hosts: tuple[str, ...], context: SourceContext
) -> VisibilityTable:
    feeds = _FULL_FEEDS if options.seed is not None else {4: 0, 6: 0}
    table = VisibilityTable(
        watched.registrations,
        full_feed_v4=feeds[4] if options.full_feed_v4 is None else options.full_feed_v4,
        full_feed_v6=feeds[6] if options.full_feed_v6 is None else options.full_feed_v6,
    )
    if options.seed is None:
        return table
    if len(hosts) != 1:
        raise UsageError(
            f"a seed is of one collector, and --host names {len(hosts) or 'all'}",
            code="seed-host",
            hint="name the collector of the RIB: --host rrc03",
        )
    found = in_order(files_of(options.seed.expanduser()), note=context.note)
    replay = Replay(table, watched, _ONE_WINDOW_S, ribs_s=found.ribs_s)
    for elements in parsed(found.paths, workers=1):
        for _ in replay.take(elements):
            pass
    age_s = context.now_s() - replay.last_s
    if age_s > parse_duration(options.seed_age):
        raise InputError(
            f"the seed {options.seed} ends {format_time(replay.last_s)}: what changed since is "
            "unknown",
            code="seed-old",
            hint="add the collector's latest updates to it, or allow it with --seed-age",
        )
    return table
