"""What a plugin must offer, and what passes between rooms that may not import each other.

A plugin is one file with one ``CARD``; its name is the file's name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from hashquake.core import clock
from hashquake.core.cards import DetectorCard, ScenarioCard, SourceCard
from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.interval import Interval
from hashquake.core.network import Network
from hashquake.core.reading import Reading
from hashquake.core.window import Window

__all__ = [
    "Batch",
    "DetectorCard",
    "Progress",
    "RecordView",
    "ScenarioCard",
    "Source",
    "SourceCard",
    "SourceContext",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a source yields at a time; it is kept whole or not at all.

    Parameters
    ----------
    blocks : BlockColumns
        In height order within the main chain; stale blocks carry their mark.
    readings : tuple of Reading
        Values of other instruments.
    claims : tuple of Claim
        What somebody published.
    observed : tuple of Window
        Stretches of time this batch closes: whatever happened in them is in the record now. In a
        batch of readings alone: where there are values, which does not count as coverage of
        the chain.
    """

    blocks: BlockColumns = field(default_factory=BlockColumns.empty)
    readings: tuple[Reading, ...] = ()
    claims: tuple[Claim, ...] = ()
    observed: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a long run is; `total` is None where nobody knows.

    Parameters
    ----------
    done : int
        Units finished, from 0.
    total : int or None
        Units in all.
    unit : str
        What is counted, such as ``blocks``.
    """

    done: int
    total: int | None
    unit: str


class RecordView(Protocol):
    """What a source may ask of the record, to resume where it stopped."""

    @property
    def network(self) -> Network:
        """The network whose blocks the record holds."""

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return height and hash of the highest block in the main chain, or None when empty."""

    def hash_at(self, height: int) -> bytes | None:
        """Return the hash of the main chain's block at a height, or None when it is not stored.

        Parameters
        ----------
        height : int
            From 0.
        """

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        """Return the hashes of the stale blocks from a height on, so none is asked for again.

        Parameters
        ----------
        first_height : int
            The lowest height of interest.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """The world as a source sees it: everything impure is handed in.

    Parameters
    ----------
    record : RecordView
        To resume from.
    now_s, sleep, monotonic_s : callable
        The clock (UTC Unix seconds), waiting, and a clock that never leaps, for silences.
    transport : object or None
        An ``httpx`` transport that stands for the network; None is the real one.
    progress : callable
        Called with how far the source is.
    note : callable
        Called with one sentence on what was left out, waited for or done otherwise than usual.
    epoch_bits : mapping of int to int
        Compact bits of epochs known beforehand, by first height, for tables that carry none.
    found_hps : callable
        Called with a pool's subject; the hash rate its recent blocks imply, None if unknown.
    """

    record: RecordView
    now_s: Callable[[], float]
    sleep: Callable[[float], None]
    transport: Any = None
    monotonic_s: Callable[[], float] = clock.monotonic_s
    epoch_bits: Mapping[int, int] = field(default_factory=dict)
    progress: Callable[[Progress], None] = lambda _progress: None
    note: Callable[[str], None] = lambda _sentence: None
    found_hps: Callable[[str], Interval | None] = lambda _subject: None


class Source(Protocol):
    """A source plugin: a module with these names.

    ``Options`` is a pydantic model; its fields become the command line's options.
    """

    CARD: ClassVar[SourceCard]
    Options: ClassVar[type[Any]]

    def read(self, options: Any, context: SourceContext) -> Iterator[Batch]:
        """Yield batches, oldest first; may be stopped after any of them.

        Parameters
        ----------
        options : object
            The module's ``Options``, checked.
        context : SourceContext
            Clock, waiting, and what the record has already.
        """
