"""The newest block of each source of blocks, and whether they are of one chain.

The record follows the branch with more work, the first seen at a tie, whoever gives it. A source
whose newest block is not in that chain follows another one: that is said, and never averaged.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import ChainError
from hashquake.core.header import hash_text
from hashquake.core.opinion import Change
from hashquake.core.subject import NETWORK

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

DEEPEST_REORG = 100
"""Coins of a block may be spent after so many; a branch that goes back further is another chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTip:
    """The newest block that a source gave.

    Parameters
    ----------
    source : str
        The plugin's name.
    height : int
        From 0.
    hash : bytes
        In hashing order.
    """

    source: str
    height: int
    hash: bytes


class SourceTips:
    """The newest blocks of the watched sources, while they are watched.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    others : callable
        Of a source's name: whether another process may watch it, so that what was said of it holds.
    """

    def __init__(
        self, observatory: "Observatory", *, others: Callable[[str], bool] = lambda _name: True
    ) -> None:
        self._others = others
        self._observatory = observatory
        self._tips: dict[str, SourceTip] = {}
        self._given: set[str] = set()
        self._heard: set[str] = set()
        self._last: dict[str, SourceTip] = {}
        self._behind: set[str] = set()
        self._apart = _said_before(observatory)

    def gave(self, source: str, blocks: BlockColumns) -> None:
        """Take note of a batch's blocks, after it was stored.

        Parameters
        ----------
        source : str
            Who gave it.
        blocks : BlockColumns
            Its blocks.
        """
        main = blocks.main()
        if len(main) and main.hash[-1] is not None:
            tip = SourceTip(source=source, height=int(main.height[-1]), hash=main.hash[-1])
            self._tips[source] = self._last[source] = tip
            self._behind.discard(source)
            self._given.add(source)
            self._heard.add(source)

    def ended(self, source: str, began_at: tuple[int, bytes | None] | None) -> None:
        """Take note that a run of a source ended well.

        A run begins where the record stops, so one that gave no block follows the chain that the
        record had then: what others brought since, it did not see.

        Parameters
        ----------
        source : str
            The plugin's name.
        began_at : tuple of int and bytes or None, or None
            Height and hash of the record's newest block when the run began; None where it had
            none.
        """
        if source not in self._given:
            self._tips.pop(source, None)
            if began_at is not None and began_at[1] is not None:
                self._last[source] = SourceTip(source=source, height=began_at[0], hash=began_at[1])
        self._given.discard(source)
        self._behind.discard(source)
        self._heard.add(source)

    def behind(self, source: str) -> None:
        """Take note that a source stands on another branch, below the record's end.

        It gives no blocks then; its newest block is the last that it gave or agreed with.

        Parameters
        ----------
        source : str
            Its name.
        """
        if source in self._last:
            self._behind.add(source)
            self._heard.add(source)

    def news(self) -> list[Change]:
        """Return a change when sources part or come together, else nothing.

        After a start, what was said of a source holds until it is heard again.
        """
        apart = {
            name: one
            for name, one in self._apart.items()
            if name not in self._heard and self._others(name)
        }
        apart |= {
            one.source: {"source": one.source, "height": one.height, "hash": hash_text(one.hash)}
            for one in (*self._tips.values(), *(self._last[name] for name in self._behind))
            if not self._followed(one)
        }
        if apart.keys() == self._apart.keys():
            return []
        tip = self._observatory.tip()
        document = {
            "state": "apart" if apart else "together",
            "height": None if tip is None else tip[0],
            "hash": None if tip is None or tip[1] is None else hash_text(tip[1]),
            "tips": [apart[name] for name in sorted(apart)],
        }
        return [Change(kind="tips", subject=NETWORK, document=document)]

    def said(self, changes: Iterable[Change]) -> None:
        """Take note that what `news` returned is stored.

        Parameters
        ----------
        changes : iterable of Change
            The stored ones.
        """
        for one in changes:
            self._apart = _apart_in(one)

    def _followed(self, tip: SourceTip) -> bool:
        stored = self._observatory.record.hash_at(tip.height)
        return stored is None or stored == tip.hash


def refuse_other_chain(observatory: "Observatory", blocks: BlockColumns) -> None:
    """Refuse blocks that part from the record's chain deep below its end.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    blocks : BlockColumns
        Of a batch.

    Raises
    ------
    ChainError
        ``chain-other``.
    """
    main, tip = blocks.main(), observatory.tip()
    if not len(main) or tip is None or int(main.height[0]) > tip[0] - DEEPEST_REORG:
        return
    height = int(main.height[0])
    stored = observatory.record.hash_at(height)
    if stored is not None and main.hash[0] is not None and main.hash[0] != stored:
        raise ChainError(
            f"block {height} is another one than the record's, {tip[0] - height:,} blocks below "
            "its end: this is another chain",
            code="chain-other",
            height=height,
            hint="name a node of the same chain; for another chain, begin another record",
        )


def _said_before(observatory: "Observatory") -> dict[str, Any]:
    """Return what was said last of the sources that follow another chain."""
    for one in observatory.record.latest_changes("tips"):
        return _apart_in(one)
    return {}


def _apart_in(change: Change) -> dict[str, Any]:
    return {str(tip["source"]): dict(tip) for tip in change.document["tips"]}
