"""A world for sources under test: an empty record, a clock that stands still."""

from dataclasses import dataclass, field

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.contracts import Batch, Progress, SourceContext
from hashquake.core.network import MAIN, Network

NOW_S = 2.0**32
"""Later than any header can be dated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyRecord:
    """A record that holds nothing yet."""

    network: Network = MAIN

    def tip(self) -> tuple[int, bytes | None] | None:
        return None

    def hash_at(self, height: int) -> bytes | None:
        del height
        return None

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        del first_height
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a source said of its progress, and its notes."""

    progress: list[Progress] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def world(
    network: Network = MAIN, told: Told | None = None, *, now_s: float = NOW_S
) -> SourceContext:
    """Return a context on an empty record."""
    heard = told or Told()
    return SourceContext(
        record=EmptyRecord(network=network),
        now_s=lambda: now_s,
        sleep=lambda _s: None,
        progress=heard.progress.append,
        note=heard.notes.append,
    )


def joined(batches: list[Batch]) -> BlockColumns:
    """Join the blocks of batches."""
    return concatenate([batch.blocks for batch in batches])
