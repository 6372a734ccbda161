"""What a source and a chain may do to blocks, brought into one ascending branch."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.quake import Quake


class Fork(NamedTuple):
    """Where new blocks leave the chain stored, and the branch from there on.

    Parameters
    ----------
    height : int
        Of the last block below the branch.
    blocks : BlockColumns
        The branch, in order of height.
    """

    height: int
    blocks: BlockColumns


def slim(blocks: BlockColumns) -> BlockColumns:
    """Keep what detectors use, and the hash, by which two blocks of one height are distinguished.

    Parameters
    ----------
    blocks : BlockColumns
        In any order.
    """
    return BlockColumns.build(
        height=blocks.height,
        header_s=blocks.header_s,
        bits=blocks.bits,
        pool_code=blocks.pool_code,
        pool_names=blocks.pool_names,
        hash=blocks.hash.tolist(),
    )


def on_branch(stored: BlockColumns, new: BlockColumns, height: int) -> Fork | None:
    """Bring blocks in any order, some stored already, to the branch they make.

    A block that differs from the one stored at its height replaces it and all above it; one whose
    height was skipped is put in its place.

    Parameters
    ----------
    stored : BlockColumns
        The chain's last weeks, ascending.
    new : BlockColumns, shape (n,)
        As they came.
    height : int
        Of the last block stored, -1 for none.

    Returns
    -------
    Fork or None
        None when every block is stored already.
    """
    at = {int(h): k for k, h in enumerate(stored.height)}
    branch: dict[int, int] = {}
    lowest: int | None = None
    for k in range(len(new)):
        this = int(new.height[k])
        if this in branch:
            if not _same(new, k, new, branch[this]):
                branch = {h: j for h, j in branch.items() if h < this}
                branch[this] = k
            continue
        if this in at and (lowest is None or this < lowest) and _same(stored, at[this], new, k):
            continue
        if this in at and (lowest is None or this < lowest):
            # A reorg: what was taken of the old branch above it is void.
            branch = {h: j for h, j in branch.items() if h < this}
            lowest = this
        branch[this] = k
    if not branch:
        return None
    first = min(branch)
    void = lowest if lowest is not None else height + 1
    between = [k for h, k in at.items() if first < h < void and h not in branch]
    old = stored.take(np.array(sorted(between), dtype=np.int64))
    fresh = new.take(np.array([branch[h] for h in sorted(branch)], dtype=np.int64))
    return Fork(first, _merged(old, fresh))


def tell_again(ledger: tuple[Quake, ...], revisions: tuple[Quake, ...]) -> tuple[Quake, ...]:
    """Add to the ledger what is new in the opinions of a branch that was rewound to.

    Opinions the ledger has are not repeated, others take the next revision of their quake, and
    a quake the branch no longer supports is rejected.

    Parameters
    ----------
    ledger : tuple of Quake
        Every opinion ever given.
    revisions : tuple of Quake
        Those of the present branch.
    """
    entries = list(ledger)
    last = {quake.id: quake for quake in ledger}
    known = {_numbered(quake, 0) for quake in ledger}

    def tell(quake: Quake, *, rejected: bool = False) -> None:
        number = last[quake.id].revision + 1 if quake.id in last else 1
        last[quake.id] = _numbered(quake, number, rejected=rejected)
        entries.append(last[quake.id])

    for quake in revisions:
        if _numbered(quake, 0) not in known:
            tell(quake)
    wanted = {quake.id: quake for quake in revisions}
    for quake_id, quake in list(last.items()):
        if quake_id not in wanted:
            if quake.status != "rejected":
                tell(quake, rejected=True)
        elif _numbered(wanted[quake_id], 0) != _numbered(quake, 0):
            tell(wanted[quake_id])
    return tuple(entries)


def _numbered(quake: Quake, number: int, *, rejected: bool = False) -> Quake:
    numbered = replace(quake, revision=number)
    return replace(numbered, status="rejected") if rejected else numbered


def _same(a: BlockColumns, i: int, b: BlockColumns, j: int) -> bool:
    if a.hash[i] is not None and b.hash[j] is not None:
        return bool(a.hash[i] == b.hash[j])
    return bool(
        a.header_s[i] == b.header_s[j] and a.bits[i] == b.bits[j] and a.pool_of(i) == b.pool_of(j)
    )


def _merged(old: BlockColumns, fresh: BlockColumns) -> BlockColumns:
    whole = concatenate([old, fresh])
    return whole.take(np.argsort(whole.height, kind="stable"))
