"""What `watch` shows: a calm screen on a terminal, a line a change anywhere else."""

import sys
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hashquake.core import clock
from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.hostile_text import visible_text
from hashquake.core.opinion import Change
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.serve.format import eh_s, eh_s_interval, probability
from hashquake.serve.format_times import duration, short_time, utc
from hashquake.serve.language import message, translate
from hashquake.serve.source_names import source_name
from hashquake.serve.wording.changes import (
    apart_words,
    change_line,
    short_change_line,
    silence_words,
)
from hashquake.serve.wording.source_states import state_words

if TYPE_CHECKING:
    from hashquake.observatory.live.status import WatchStatus
    from hashquake.observatory.observatory import Observatory

_RECENT = 8
_QUIET = frozenset({"readings", "rate"})
"""Kinds of change that come all the time: the screen states them elsewhere or not at all."""
_COLOURS = {"ok": "green", "late": "yellow", "starting": "dim"}
_LEVEL = 0.9
_POOLS = 6
_WATCHED_BY = {
    message("blocks"): ("bitcoind_rpc", "bitcoind_zmq", "mempool_rest", "mempool_ws", "block_"),
    message("countries' connectivity"): ("ioda", "radar", "ripestat", "ris_live"),
    message("pools' own reports"): ("pool_",),
    message("the price"): ("price",),
}
"""What is worth watching, and the sources, or the beginnings of their names, that do."""
_DRAW_S = 1.0
"""A back-fill brings many batches a second; the screen is drawn once."""


STOPPED = "stopped; everything that came in is stored"
_ENDED = "ended at once; what was not stored yet is read again after the next start"


def _end_line(error: BaseException | None) -> str | None:
    """Return the last line; None after an error, which is shown as one."""
    if error is None:
        return STOPPED
    return _ENDED if isinstance(error, KeyboardInterrupt) else None


class PlainLines:
    """A line a change on standard output, for files and pipes.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is watched.
    """

    def __init__(self, observatory: "Observatory") -> None:
        self._observatory = observatory

    def __enter__(self) -> Self:
        """Write how things stand at the start."""
        # Without the first line: nobody watches it yet, as this program is about to.
        for line in status_lines(self._observatory.status())[1:]:
            self._write(line)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write that it stopped."""
        if (line := _end_line(error)) is not None:
            self._write(line)

    def change(self, change: Change) -> None:
        """Write a change.

        Parameters
        ----------
        change : Change
            A row of the changes feed.
        """
        self._write(change_line(change))

    def tick(self) -> None:
        """Write nothing: lines are of changes alone."""

    def note(self, source: str, sentence: str) -> None:
        """Write what a source has for whoever runs it.

        Parameters
        ----------
        source : str
            Identifier of the source.
        sentence : str
            On what it left out, assumed or waits for.
        """
        self._write(f"{source_name(source)}: {sentence}")

    @staticmethod
    def _write(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


class Screen:
    """One screen, drawn each second: the tip, the hash rate, what is open, sources, what changed.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is watched.
    """

    def __init__(self, observatory: "Observatory") -> None:
        self._observatory = observatory
        self._recent: deque[str] = deque(maxlen=_RECENT)
        self._of_tip: tuple[tuple[int, bool], str, Table | None] = ((-2, False), "", None)
        self._drawn_s = 0.0
        self._live = Live(console=Console(highlight=False, emoji=False), auto_refresh=False)

    def __enter__(self) -> Self:
        """Draw the first screen."""
        self._live.start()
        self.draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last screen standing, and write that it stopped."""
        self._live.stop()
        if (line := _end_line(error)) is not None:
            self._live.console.print(line)

    def change(self, change: Change) -> None:
        """Take note of a change.

        Parameters
        ----------
        change : Change
            A row of the changes feed.
        """
        if change.kind not in _QUIET:
            self._recent.append(short_change_line(change))

    def tick(self) -> None:
        """Draw it again, at most once a second."""
        if clock.monotonic_s() - self._drawn_s >= _DRAW_S:
            self.draw()

    def note(self, source: str, sentence: str) -> None:
        """Show what a source has for whoever runs it.

        Parameters
        ----------
        source : str
            Identifier of the source.
        sentence : str
            On what it left out, assumed or waits for.
        """
        self._recent.append(f"{source_name(source)}: {sentence}")

    def draw(self) -> None:
        """Draw the screen as things stand."""
        self._drawn_s = clock.monotonic_s()
        found = self._observatory.status()
        parts: list[Text | Table | Padding] = [
            Text("hashquake is watching; times are in UTC", style="bold"),
            Text(),
        ]
        height, is_old = -1 if found.tip is None else found.tip.height, _is_old(self._observatory)
        if (height, is_old) != self._of_tip[0]:
            rate, pools = rate_line(self._observatory), pool_table(self._observatory)
            self._of_tip = ((height, is_old), rate, pools)
        _, rate, pools = self._of_tip
        parts += [Text(line) for line in (*_tip_lines(found), rate, *_open_lines(found))]
        if pools is not None:
            parts += [Text(), pools]
        parts += [Text(), *source_parts(found), *[Text(line) for line in unwatched_lines(found)]]
        # Copied at once: sources note what they have from threads of their own.
        if recent := tuple(self._recent):
            parts += [
                Text(),
                *[Text(line, overflow="ellipsis", no_wrap=True) for line in recent],
            ]
        self._live.update(Group(*parts), refresh=True)


def status_lines(found: "WatchStatus") -> list[str]:
    """Return how the watching of a record stands, in lines for people.

    Parameters
    ----------
    found : WatchStatus
        Of the record.
    """
    lines = ["watched now" if found.watching else "not watched now"]
    lines += _tip_lines(found)
    lines += _open_lines(found)
    for one in found.sources:
        because = f": {one.because}" if one.because else ""
        lines.append(
            f"{source_name(one.source)} {state_words(one.source, one.state, one.because)} "
            f"since {utc(one.since_s)}{because}"
        )
    if not found.sources:
        lines.append("no source has been watched yet")
    return lines


def pool_table(observatory: "Observatory") -> Table | None:
    """Return what the largest pools that report their hash rate report and found in a day.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is watched.

    Returns
    -------
    Table or None
        None where no pool reports, or there is no day of blocks yet.
    """
    try:
        standings = observatory.pools()
    except HashquakeError:
        return None
    reporting = [one for one in standings if one.reported_state != "none"][:_POOLS]
    if not reporting:
        return None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("pool", overflow="ellipsis", no_wrap=True)
    table.add_column("reports", justify="right", no_wrap=True)
    table.add_column("found in 24 hours", justify="right", no_wrap=True)
    table.add_column("by chance", justify="right", no_wrap=True)
    for one in reporting:
        said: str = one.reported_state
        if one.reported_state == "ok" and one.reported_hps is not None:
            said = eh_s(one.reported_hps.median)
        p_value = one.luck_p_value_adjusted
        table.add_row(
            Text(visible_text(one.name)),
            said,
            eh_s_interval(one.found_hps),
            "" if p_value is None else probability(p_value),
        )
    return table


def unwatched_lines(found: "WatchStatus") -> list[str]:
    """Return in one line what no source watches; nothing where everything is watched.

    Parameters
    ----------
    found : WatchStatus
        Of the record.
    """
    watched = {one.source.partition(":")[0] for one in found.sources}
    missing = [
        translate(what)
        for what, sources in _WATCHED_BY.items()
        if not any(name in sources or name.startswith(sources) for name in watched)
    ]
    return [translate("not watched: {what}", what=", ".join(missing))] if missing else []


def _tip_lines(found: "WatchStatus") -> list[str]:
    if found.tip is None:
        return ["no block yet"]
    tip = found.tip
    lines = [
        f"block {tip.height:,}, {utc(tip.header_s)}",
        silence_words(tip.age_s, tip.silence_probability),
    ]
    if tip.believed_s is not None and tip.age_s > tip.believed_s:
        lines.append(
            f"a gap of over {duration(tip.believed_s)} is not believed: the time since then counts "
            "as not observed"
        )
    return lines


def _open_lines(found: "WatchStatus") -> list[str]:
    quakes = ", ".join(found.open_quakes) or "none"
    outages = ", ".join(found.open_outages) or "none"
    apart = [apart_words(found.tips_apart)] if found.tips_apart else []
    return [f"open quakes: {quakes}", f"open outages: {outages}", *apart]


def _is_old(observatory: "Observatory") -> bool:
    """Whether what was observed ends so long ago that its last day is not the last 24 hours."""
    try:
        return observatory.record_age_s() > HOUR_S
    except NoCoverage:
        return False


def rate_line(observatory: "Observatory") -> str:
    """Return the hash rate of the last day that was observed, with its interval.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    """
    try:
        end_s = observatory.end_s()
        (rate,) = observatory.rate(end_s - DAY_S, end_s, subjects=("network",))
    except HashquakeError as error:
        return f"hash rate: {error.message}"
    interval = eh_s_interval(rate.hashrate.interval(_LEVEL))
    day = f"the 24 hours to {utc(end_s)}" if _is_old(observatory) else "the last 24 hours"
    return f"hash rate {interval} over {day}, {_LEVEL:.0%} interval"


def source_parts(found: "WatchStatus") -> list[Text | Padding]:
    """Return a line a source; why it is in trouble stands below it, over the whole width.

    Parameters
    ----------
    found : WatchStatus
        Of the record.
    """
    names = [source_name(one.source) for one in found.sources]
    states = [state_words(one.source, one.state, one.because) for one in found.sources]
    wide, broad = (max(map(len, column), default=0) + 2 for column in (names, states))
    parts: list[Text | Padding] = []
    for one, name, does in zip(found.sources, names, states, strict=True):
        line = Text(name.ljust(wide), no_wrap=True, overflow="ellipsis")
        line.append(does.ljust(broad), style=_COLOURS.get(one.state, "red"))
        parts.append(line.append(f"since {short_time(one.since_s)}"))
        if one.because:
            parts.append(Padding(Text(one.because), (0, 0, 0, 2)))
    return parts
