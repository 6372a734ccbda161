"""Find every tag in a coinbase script, overlapping and nested ones included.

All tags become one regular expression in the shape of a trie, so a script is scanned once
however many tags there are. The scan works on ASCII-lowered bytes and each hit is then compared
with the script as it is; ``bytes.lower`` leaves bytes above 127 alone, so UTF-8 tags match
byte for byte.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from hashquake.pools.entry import Tag

_Trie = dict[int, "_Trie"]
_END: Final = -1


class TagFound(NamedTuple):
    """One tag at one place of a script: a named tuple, because bulk work makes millions.

    Parameters
    ----------
    pool : str
        The slug of the pool that claims the tag.
    tag : Tag
        The registry's entry.
    position, length : int
        Where it stands in the script, in bytes.
    exact : bool
        The bytes agree; False where only their ASCII case differs.
    """

    pool: str
    tag: Tag
    position: int
    length: int
    exact: bool


class TagMatcher:
    """The tags of a registry, compiled; immutable after construction.

    Parameters
    ----------
    tags : iterable of (str, Tag)
        Pool slug and tag.
    """

    __slots__ = ("_at_start", "_exact", "_search")

    def __init__(self, tags: Iterable[tuple[str, Tag]]) -> None:
        """Compile the tags into one expression."""
        by_text: defaultdict[bytes, list[tuple[str, Tag, bytes]]] = defaultdict(list)
        for pool, tag in tags:
            literal = tag.text.encode()
            by_text[literal.lower()].append((pool, tag, literal))
        self._exact = {(pool, text) for rows in by_text.values() for pool, _, text in rows}
        # The expression reports the longest text at a position. A shorter tag that matches
        # there is a prefix of it, so the prefixes can be listed beforehand.
        self._at_start = {
            text: tuple(
                (length, tuple(by_text[text[:length]]))
                for length in range(len(text), 0, -1)
                if text[:length] in by_text
            )
            for text in by_text
        }
        self._search = re.compile(_expression(by_text), re.DOTALL).search if by_text else None

    def find(self, script: bytes) -> list[TagFound]:
        """Find every tag in a script.

        Parameters
        ----------
        script : bytes
            A coinbase script; any bytes.

        Returns
        -------
        list of TagFound
            By position, longer ones first. A tag that ignores case is left out where an exact
            twin of the same pool stands at the same place.
        """
        found: list[TagFound] = []
        if self._search is None:
            return found
        lowered = script.lower()
        match = self._search(lowered)
        while match is not None:
            position = match.start()
            for length, claims in self._at_start[match.group()]:
                here = script[position : position + length]
                for pool, tag, literal in claims:
                    if literal == here:
                        found.append(TagFound(pool, tag, position, length, True))
                    elif tag.any_case and (pool, here) not in self._exact:
                        found.append(TagFound(pool, tag, position, length, False))
            match = self._search(lowered, position + 1)
        return found


def _expression(texts: Iterable[bytes]) -> bytes:
    root: _Trie = {}
    for text in texts:
        node = root
        for byte in text:
            node = node.setdefault(byte, {})
        node[_END] = {}
    return _node_expression(root)


def _node_expression(node: _Trie) -> bytes:
    branches = [
        re.escape(bytes([byte])) + _node_expression(child)
        for byte, child in sorted(node.items())
        if byte != _END
    ]
    if not branches:
        return b""
    one = branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"
    # Greedy: a tag that continues is tried before the tag that ends here.
    return b"(?:" + one + b")?" if _END in node else one
