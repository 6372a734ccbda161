"""One source as a task that runs for months: read, wait, read again, back off when it fails."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Full
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import ChainError, HashquakeError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.source_status import SourceState

if TYPE_CHECKING:
    from hashquake.core.record import AppendResult
    from hashquake.observatory.live.inbox import Inbox

Options = Mapping[str, Any]

_WAITING_BATCHES = 4
"""Batches of one source that may wait for the writer before the source has to wait."""
_QUEUE_PAUSE_S = 0.5
_REFUSED = ("-auth", "-cookie", "-network", "-refused", "-unauthorised", "-forbidden")
"""Endings of the codes that time alone does not mend."""
_LONGEST_REASON = 300
_AFTER_STEP_SHARE = 0.1
"""Runs after the end of a step begin within this share of it, so that not all ask at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """How long a source that failed is left alone before it is read again.

    Parameters
    ----------
    first_s : float
        Longest pause after a first failure, seconds; it doubles with each further one.
    longest_s : float
        Longest pause after many failures, seconds.
    refused_s : float
        Pause after a refusal, seconds: a key that was refused is not tried each second.
    """

    first_s: float = 1.0
    longest_s: float = 300.0
    refused_s: float = 300.0


PAUSES = Pauses()


class Stopped(BaseException):
    """The watcher is being stopped while a source waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSource:
    """A source to be watched.

    Parameters
    ----------
    name : str
        The plugin's name.
    options : callable
        Returns its options, asked before each run: some sources must be given where to begin.
    gives_blocks : bool
        Whether it gives blocks.
    poll_s : float
        Seconds from the end of a run to the next.
    after_steps : bool
        Whether runs begin soon after the multiples of `poll_s` instead, in UTC: a series whose
        steps end there is read as soon as a step can be out, and not up to `poll_s` later.
    late_s : float or None
        It is late when nothing new came for so many seconds; None when that cannot be stated.
    """

    name: str
    options: Callable[[], Options]
    gives_blocks: bool
    poll_s: float
    after_steps: bool = False
    late_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A batch on its way to the writer, and where the writer says what came of it.

    Parameters
    ----------
    source : str
        Name of the source.
    batch : Batch
        What it read.
    outcome : Future
        Receives the writer's result.
    """

    source: str
    batch: Batch
    outcome: "Future[AppendResult]" = field(default_factory=Future)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of a source came to.

    Parameters
    ----------
    source : str
        The plugin's name.
    state : {"ok", "down", "refused"}
        Read to its end; did not answer; must not be asked so.
    because : str
        Why, with the code of the error; empty when it ended well.
    began_at : tuple of int and bytes or None, optional
        Height and hash of the record's newest block when a source of blocks began to be read;
        None where there was none, and for other sources.
    """

    source: str
    state: SourceState
    because: str = ""
    began_at: tuple[int, bytes | None] | None = None


class SourceTask:
    """One source in a thread of its own; whatever it does, the others go on.

    Parameters
    ----------
    watched : WatchedSource
        What to read, how often.
    read : callable
        Of options and a context: the plugin's own `read`, with its options checked.
    context : SourceContext
        The world as the source sees it; its waiting is replaced by one that can be stopped.
    inbox : Inbox
        Bounded; where batches and reports go. Those of sources of blocks are taken first.
    stop : Event
        Set when everything is to end.
    pauses : Pauses
        How long it is left alone after a failure.
    random_share : callable
        Returns a number from 0 to 1, so that many sources do not come back in step.
    """

    def __init__(
        self,
        watched: WatchedSource,
        *,
        read: Callable[[Options, SourceContext], Iterator[Batch]],
        context: SourceContext,
        inbox: "Inbox[Delivery | Report]",
        stop: Event,
        pauses: Pauses = PAUSES,
        random_share: Callable[[], float] = random.random,
    ) -> None:
        self.watched = watched
        self._read = read
        self._context = context
        self._inbox = inbox
        self._stop = stop
        self._pauses = pauses
        self._random_share = random_share
        self._after_step_s = _AFTER_STEP_SHARE * watched.poll_s * random_share()
        self._thread = Thread(target=self._run, name=f"source {watched.name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for its end after the stop; whether it ended.

        Parameters
        ----------
        timeout_s : float
            Longest wait, seconds.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                report = self._one_run()
                self._put(report)
                failures = 0 if report.state == "ok" else failures + 1
                self._stop.wait(self._pause_s(report, failures))
        except Stopped:
            return

    def _pause_s(self, report: Report, failures: int) -> float:
        if report.state == "ok":
            return self._until_next_s()
        if report.state == "refused":
            return self._pauses.refused_s
        pauses = self._pauses
        longest_s = min(pauses.first_s * 2.0 ** min(failures - 1, 30), pauses.longest_s)
        return longest_s * (0.5 + 0.5 * self._random_share())

    def _until_next_s(self) -> float:
        poll_s = self.watched.poll_s
        if not self.watched.after_steps:
            return poll_s
        return poll_s - (self._context.now_s() - self._after_step_s) % poll_s

    def _one_run(self) -> Report:
        """Read the source to its end, or until it fails."""
        waiting: deque[Future[AppendResult]] = deque()
        began_at: tuple[int, bytes | None] | None = None
        try:
            if self.watched.gives_blocks:
                began_at = self._context.record.tip()
            for batch in self._read(self.watched.options(), self._context):
                delivery = Delivery(source=self.watched.name, batch=batch)
                self._put(delivery)
                waiting.append(delivery.outcome)
                while len(waiting) > _WAITING_BATCHES:
                    self._wait_for(waiting.popleft())
            while waiting:
                self._wait_for(waiting.popleft())
        except HashquakeError as error:
            return self._report_of(error)
        except Exception as error:  # noqa: BLE001  a plugin's fault must not end the others
            text = visible_text(f"{type(error).__name__}: {error}", limit=_LONGEST_REASON)
            return Report(source=self.watched.name, state="down", because=f"{text} [source-fault]")
        return Report(source=self.watched.name, state="ok", began_at=began_at)

    def _report_of(self, error: HashquakeError) -> Report:
        refused = isinstance(error, UsageError | ChainError) or error.code.endswith(_REFUSED)
        text = visible_text(error.message, limit=_LONGEST_REASON)
        return Report(
            source=self.watched.name,
            state="refused" if refused else "down",
            because=f"{text} [{error.code}]",
        )

    def _put(self, item: Delivery | Report) -> None:
        while not self._stop.is_set():
            try:
                first = self.watched.gives_blocks
                self._inbox.put(item, first=first, timeout_s=_QUEUE_PAUSE_S)
            except Full:
                continue
            return
        raise Stopped

    def _wait_for(self, outcome: "Future[AppendResult]") -> None:
        while not self._stop.is_set():
            try:
                outcome.result(timeout=_QUEUE_PAUSE_S)
            except TimeoutError:
                continue
            return
        raise Stopped
