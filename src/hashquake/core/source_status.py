"""What a watched source is doing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

SourceState = Literal["starting", "ok", "late", "stuck", "down", "refused", "unwatched"]
"""Not heard yet; answers; answers without news for longer than its cadence; answers, but with a
tip too old to be believed; does not answer; must not be asked so; named in the settings once, and
not when the watcher started again."""

STATES: tuple[str, ...] = get_args(SourceState)
CHAIN, CONCLUSIONS = "chain", "conclusions"
"""What is stated as a source is, though it is ours: the record's chain, and what is concluded."""
OLD_TIP = "its newest block is older than a silence of blocks lasts by chance [source-stuck]"
"""Why a source is stuck that has no block newer than a silence that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The state of one watched source.

    Parameters
    ----------
    source : str
        The plugin's name.
    state : {"starting", "ok", "late", "stuck", "down", "refused", "unwatched"}
        See `SourceState`.
    since_s : float
        Since when it is in this state, UTC Unix seconds.
    because : str
        Why, with the code of the error; empty when all is well.
    """

    source: str
    state: SourceState
    since_s: float
    because: str = ""

    def says_the_same_as(self, other: "SourceStatus | None") -> bool:
        """Whether another status has the same state for the same reason.

        Parameters
        ----------
        other : SourceStatus or None
            None before the first status.
        """
        return other is not None and (self.state, self.because) == (other.state, other.because)

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "source": self.source,
            "state": self.state,
            "since_s": self.since_s,
            "because": self.because,
        }


def status_of(document: Mapping[str, Any]) -> SourceStatus:
    """Read what `SourceStatus.document` wrote.

    Parameters
    ----------
    document : mapping of str to object
        A stored document.

    Raises
    ------
    ValueError
        When its state is not one of `STATES`.
    """
    if document["state"] not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}, got {document['state']!r}")
    return SourceStatus(
        source=str(document["source"]),
        state=document["state"],
        since_s=float(document["since_s"]),
        because=str(document["because"]),
    )
