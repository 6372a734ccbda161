"""The registry: which texts and addresses belong to which pool, and when.

One TOML file a pool (``data/<slug>.toml``). A registry is a frozen value: adding a directory
gives a new one. Two pools that claim the same text or address are a listed conflict; nothing
is dropped silently.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from hashquake.core.errors import FormatError
from hashquake.pools.entry import Address, Pool, Tag
from hashquake.pools.pool_file import read_pool
from hashquake.pools.tag_matcher import TagMatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryConflict:
    """One text or address that more than one pool claims.

    Parameters
    ----------
    kind : {"tag", "address"}
        What is claimed.
    text : str
        The tag or the address.
    pools : tuple of str
        The slugs of the claimants, sorted.
    resolved_to : str or None
        The pool all others yield to; None while the claim is open.
    """

    kind: Literal["tag", "address"]
    text: str
    pools: tuple[str, ...]
    resolved_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All known pools, ready to be matched.

    Parameters
    ----------
    pools : tuple of Pool
        The pools; sorted by slug when built.
    replaced : tuple of str
        Slugs whose bundled entry a later directory replaced.

    Attributes
    ----------
    conflicts : tuple of RegistryConflict
        Texts and addresses with more than one claimant, those that are resolved included.
    matcher : TagMatcher
        The tags, compiled.
    owners : mapping of str to tuple of (str, Address)
        For each address the pools that claim it.

    Raises
    ------
    FormatError
        Two pools have one slug, or an entry yields to a pool that is not there.
    """

    pools: tuple[Pool, ...]
    replaced: tuple[str, ...] = ()
    conflicts: tuple[RegistryConflict, ...] = field(init=False, compare=False)
    matcher: TagMatcher = field(init=False, compare=False, repr=False)
    owners: Mapping[str, tuple[tuple[str, Address], ...]] = field(
        init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Sort, check and compile."""
        pools = tuple(sorted(self.pools, key=lambda pool: pool.slug))
        _check_slugs(pools)
        owners: defaultdict[str, list[tuple[str, Address]]] = defaultdict(list)
        for pool in pools:
            for address in pool.addresses:
                owners[address.text].append((pool.slug, address))
        object.__setattr__(self, "pools", pools)
        object.__setattr__(self, "owners", {text: tuple(who) for text, who in owners.items()})
        object.__setattr__(
            self, "matcher", TagMatcher((pool.slug, tag) for pool in pools for tag in pool.tags)
        )
        object.__setattr__(self, "conflicts", _conflicts(pools, self.owners))

    def pool(self, slug: str) -> Pool | None:
        """Return the pool with this slug, or None.

        Parameters
        ----------
        slug : str
            Such as ``antpool``.
        """
        return next((pool for pool in self.pools if pool.slug == slug), None)

    def name(self, slug: str) -> str:
        """Return the pool's display name; a slug nobody knows is its own name.

        Parameters
        ----------
        slug : str
            Such as ``antpool``.
        """
        pool = self.pool(slug)
        return pool.name if pool is not None else slug

    def with_directory(self, directory: Traversable) -> "Registry":
        """Add a directory of pool files on top of this registry.

        Parameters
        ----------
        directory : Traversable
            A ``pathlib.Path`` or a package resource holding ``<slug>.toml`` files.

        Returns
        -------
        Registry
            A new registry. A file whose slug is known replaces that pool whole, and its slug
            is listed in ``replaced``.

        Raises
        ------
        FormatError
            A file is not a valid pool file; nothing of the directory is used.
        """
        added = {pool.slug: pool for pool in read_directory(directory)}
        kept = {pool.slug: pool for pool in self.pools}
        replaced = sorted({*self.replaced, *(added.keys() & kept.keys())})
        return replace(self, pools=tuple((kept | added).values()), replaced=tuple(replaced))


def read_directory(directory: Traversable) -> tuple[Pool, ...]:
    """Read every ``*.toml`` file of a directory as a pool, in the order of the file names.

    Parameters
    ----------
    directory : Traversable
        One file a pool.

    Raises
    ------
    FormatError
        The directory is not there or one of its files is not a valid pool file.
    """
    if not directory.is_dir():
        raise FormatError(
            f"the pool registry {directory} is not a directory",
            code="pool-directory",
            hint="name a directory that holds one <slug>.toml file a pool",
        )
    entries = sorted(directory.iterdir(), key=lambda entry: entry.name)
    return tuple(
        read_pool(entry.name, entry.read_bytes())
        for entry in entries
        if entry.name.endswith(".toml") and entry.is_file()
    )


@cache
def bundled() -> Registry:
    """Return the registry of this release; read once, on first use.

    Source: the two public lists credited in ``SOURCES.md`` of this package.
    """
    return Registry(pools=read_directory(files("hashquake.pools") / "data"))


def _check_slugs(pools: tuple[Pool, ...]) -> None:
    slugs = [pool.slug for pool in pools]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise FormatError(
            f"more than one pool has the slug {', '.join(twice)}", code="pool-slug-twice"
        )
    for pool in pools:
        for entry in (*pool.tags, *pool.addresses):
            if entry.yields_to is not None and entry.yields_to not in {*slugs} - {pool.slug}:
                raise FormatError(
                    f"pool {pool.slug}: {entry.text!r} yields to {entry.yields_to!r}, "
                    "which is not another pool of the registry",
                    code="pool-yields-to",
                    hint="name the slug of a pool that has a file",
                )


def _conflicts(
    pools: tuple[Pool, ...], owners: Mapping[str, tuple[tuple[str, Address], ...]]
) -> tuple[RegistryConflict, ...]:
    tags: defaultdict[bytes, list[tuple[str, Tag]]] = defaultdict(list)
    for pool in pools:
        for tag in pool.tags:
            tags[tag.text.encode().lower()].append((pool.slug, tag))
    found: list[RegistryConflict] = []
    for claims in tags.values():
        # Two tags that differ in case alone compete only where one of them ignores case.
        texts = {tag.text for _, tag in claims}
        if len(texts) == 1 or any(tag.any_case for _, tag in claims):
            found.extend(_contested("tag", claims))
    for who in owners.values():
        found.extend(_contested("address", who))
    return tuple(sorted(found, key=lambda conflict: (conflict.kind, conflict.text)))


def _contested(
    kind: Literal["tag", "address"], claims: Iterable[tuple[str, Tag | Address]]
) -> Iterable[RegistryConflict]:
    claims = list(claims)
    slugs = tuple(sorted({slug for slug, _ in claims}))
    if len(slugs) > 1:
        holders = {slug for slug, claim in claims if claim.yields_to is None}
        yield RegistryConflict(
            kind=kind,
            text=claims[0][1].text,
            pools=slugs,
            resolved_to=holders.pop() if len(holders) == 1 else None,
        )
