"""What a pool is known by: texts in the coinbase and addresses that it pays, each with dates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text or address that names a pool.

    Parameters
    ----------
    text : str
        The tag as it stands in the coinbase (its UTF-8 bytes count), or the address.
    lists : tuple of str
        The public lists that hold the entry; empty for an entry of a user.
    valid_from_s, valid_to_s : int or None
        The half-open window of header times in which the entry counts; None is without end.
    yields_to : str or None
        The pool that holds the entry where two claim it: kept as evidence, never decides.
    """

    text: str
    lists: tuple[str, ...] = ()
    valid_from_s: int | None = None
    valid_to_s: int | None = None
    yields_to: str | None = None

    def in_date(self, header_s: int) -> bool:
        """Return whether the entry counts for a block with this header time.

        Parameters
        ----------
        header_s : int
            The block's header time, UTC Unix seconds.
        """
        return (self.valid_from_s is None or header_s >= self.valid_from_s) and (
            self.valid_to_s is None or header_s < self.valid_to_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Entry):
    """A literal text in the coinbase script.

    Parameters
    ----------
    any_case : bool
        The list that gave the tag matches it without regard to ASCII case.
    miners_write : bool
        The pool writes text of its miners' choice into the coinbase, next to this tag of its own.
    software : bool
        The tag names a program that many run, not who runs it: evidence that never decides.
    """

    any_case: bool = False
    miners_write: bool = False
    software: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Entry):
    """An address that an output of the coinbase pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One pool of the registry.

    Parameters
    ----------
    slug : str
        Its name in subjects (``pool:<slug>``) and in the bundled record.
    name : str
        Its name for people.
    link : str
        Its page, or an empty text.
    tags, addresses : tuple
        What it is known by, with the pool's own dates already applied.
    listed_as : tuple of (str, tuple of str)
        The names each public list gives it: both, where they disagree.
    note, dates_source : str
        Remarks for people, and where its dates are documented.
    """

    slug: str
    name: str
    link: str = ""
    tags: tuple[Tag, ...] = ()
    addresses: tuple[Address, ...] = ()
    listed_as: tuple[tuple[str, tuple[str, ...]], ...] = ()
    note: str = ""
    dates_source: str = ""
