"""Readings of a table of routes: which subjects are counted, and how the values are named."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from hashquake.core.contracts import Batch
from hashquake.core.errors import InputError
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.sources.routes._mrt_elements import Peer
from hashquake.sources.routes._registrations import Registrations
from hashquake.sources.routes._visibility import VisibilityTable
from hashquake.sources.tables._reading_cells import asn_of_cell, country_of_cell

_BATCH_READINGS = 20_000


class Watched:
    """Which countries and ASes are counted; one seen once is counted from then on.

    Parameters
    ----------
    registrations : Registrations
        Which country a prefix and an AS are registered in.
    countries, asns : str
        Separated by commas; every country, and no AS, when empty; ``all`` are the ASes
        registered in the countries asked for.
    source : str
        Who says so.

    Raises
    ------
    FormatError
        ``subject-malformed``.
    """

    def __init__(
        self, registrations: Registrations, *, countries: str, asns: str, source: str
    ) -> None:
        self.registrations = registrations
        self._source = source
        words = [word for word in countries.split(",") if word.strip()]
        self._countries = {country_of_cell(word).partition(":")[2] for word in words}
        self._every_country = not self._countries
        self._every_asn = asns.strip() == "all"
        words = [] if self._every_asn else [one for one in asns.split(",") if one.strip()]
        self._asns = {int(asn_of_cell(word).partition(":")[2]) for word in words}
        self._known_asns: set[int] = set()

    def readings(
        self,
        table: VisibilityTable,
        window: Window,
        *,
        without: Collection[Peer] = (),
        mark: str = "",
    ) -> list[Reading]:
        """Count every subject; zero is a count, as the table was watched.

        Parameters
        ----------
        table : VisibilityTable
            As it is at the window's end.
        window : Window
            Of the readings.
        without : collection of (int, str)
            Peers that are not asked.
        mark : str
            Stands behind the source's name where the readings are of another kind.
        """
        counted = table.count(without=without)
        source = f"{self._source}:{mark}" if mark else self._source
        if self._every_country:
            self._countries.update(*(one.per_country for one in counted.values()))
        if self._every_asn:
            self._meet({asn for one in counted.values() for asn in one.per_asn})
        return [
            Reading(
                subject=subject,
                quantity=name,
                window=window,
                value=float(value),
                source=source,
            )
            for name, one in counted.items()
            for subject, value in (
                *((f"country:{cc}", one.per_country.get(cc, 0)) for cc in sorted(self._countries)),
                *((f"asn:{asn}", one.per_asn.get(asn, 0)) for asn in sorted(self._asns)),
            )
        ]

    def _meet(self, asns: set[int]) -> None:
        new = sorted(asns - self._known_asns)
        self._known_asns.update(new)
        countries = self.registrations.asns.countries_of(new).tolist()
        self._asns.update(
            asn
            for asn, country in zip(new, countries, strict=True)
            if self._every_country or country in self._countries
        )


def batches(readings: Sequence[Reading]) -> Iterator[Batch]:
    """Hand readings over in pieces that the record takes in at once.

    Parameters
    ----------
    readings : sequence of Reading
        In order of time.
    """
    for first in range(0, len(readings), _BATCH_READINGS):
        yield Batch(readings=tuple(readings[first : first + _BATCH_READINGS]))


def files_of(path: Path) -> list[Path]:
    """Return a file, or the files of a directory but hidden ones.

    Parameters
    ----------
    path : Path
        A file or a directory.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    """
    if not path.is_dir():
        return [path]
    try:
        found = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
    if not found:
        raise InputError(f"there is no file in {path}", code="file-missing")
    return found
