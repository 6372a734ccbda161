"""Ranges of addresses and AS numbers with the country each is registered in; fast to look up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One registration: the numbers from `first` to `last`, both included.

    Parameters
    ----------
    first, last : int
        Numbers, both included.
    country : str
        ISO 3166-1 alpha-2.
    where : str
        File and line, for messages.
    """

    first: int
    last: int
    country: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRanges:
    """Disjoint ranges of numbers in ascending order.

    Numbers are kept as 16 bytes, the highest first, whose order is that of the numbers; so one
    lookup serves AS numbers and both kinds of address.

    Parameters
    ----------
    first, last : array of S16, shape (n,)
        Both included.
    country : array of U2, shape (n,)
        Where each is registered.
    """

    first: NDArray[np.bytes_]
    last: NDArray[np.bytes_]
    country: NDArray[np.str_]

    @classmethod
    def build(cls, spans: Iterable[Span], *, what: str) -> "RegisteredRanges":
        """Sort registrations and refuse contradictions.

        Parameters
        ----------
        spans : iterable of Span
            In any order.
        what : str
            What the numbers are, for messages.

        Raises
        ------
        FormatError
            ``delegated-overlap`` when two countries are given the same numbers.
        """
        kept: list[Span] = []
        for span in sorted(spans, key=lambda one: (one.first, one.last)):
            if kept and span.first <= kept[-1].last:
                if span.country != kept[-1].country:
                    raise FormatError(
                        f"{span.where} and {kept[-1].where} register the same {what}, in "
                        f"{span.country} and in {kept[-1].country}",
                        code="delegated-overlap",
                        hint="take the registries' files of one day",
                    )
                before = kept.pop()
                last = max(before.last, span.last)
                joined = Span(first=before.first, last=last, country=span.country, where=span.where)
                kept.append(joined)
            else:
                kept.append(span)
        return cls(
            first=_keys([span.first for span in kept]),
            last=_keys([span.last for span in kept]),
            country=np.array([span.country for span in kept], "U2"),
        )

    def countries_of(self, numbers: Sequence[int]) -> NDArray[np.str_]:
        """Return the country of each number; empty where it is registered in none.

        Parameters
        ----------
        numbers : sequence of int, n long
            AS numbers, or addresses as integers.

        Returns
        -------
        array of U2, shape (n,)
        """
        keys = _keys(numbers)
        found = np.full(len(keys), "", "U2")
        if len(self.first):
            at = np.searchsorted(self.first, keys, side="right") - 1
            inside = (at >= 0) & (keys <= self.last[at])
            found[inside] = self.country[at[inside]]
        return found

    def of(self, country: str) -> list[tuple[int, int]]:
        """List a country's ranges, first and last number included.

        Parameters
        ----------
        country : str
            ISO 3166-1 alpha-2.
        """
        at = np.flatnonzero(self.country == country)
        return [(_number(self.first[one]), _number(self.last[one])) for one in at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """What the registries registered in which country, which is not where it is used.

    Parameters
    ----------
    asns, ipv4, ipv6 : RegisteredRanges
        Of AS numbers and of both kinds of address.
    """

    asns: RegisteredRanges
    ipv4: RegisteredRanges
    ipv6: RegisteredRanges

    def countries(self) -> tuple[str, ...]:
        """Name every country in which addresses are registered."""
        found = np.concatenate([self.ipv4.country, self.ipv6.country])
        return tuple(np.unique(found).tolist())


def _keys(numbers: Sequence[int]) -> NDArray[np.bytes_]:
    data = b"".join(int(number).to_bytes(_KEY_BYTES, "big") for number in numbers)
    return np.frombuffer(data, f"S{_KEY_BYTES}")


def _number(key: bytes) -> int:
    return int.from_bytes(key.ljust(_KEY_BYTES, b"\0"), "big")  # numpy cuts zeros at the end
