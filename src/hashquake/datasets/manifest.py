"""What the bundled data are: their version, and every file with its checksum and what made it."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

NAME = "manifest.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One bundled file.

    Parameters
    ----------
    path : str
        Below the folder of the bundled data.
    sha256 : str
        Of its bytes, in hexadecimal.
    made_by : str
        The script of the source tree that makes it; empty for files written by hand.
    """

    path: str
    sha256: str
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The bundled data as a whole.

    Parameters
    ----------
    version : str
        The day of the last bundled block, and a number for each later change of the files.
    first_height, last_height : int
        Of the bundled blocks.
    sha256 : str
        Over the checksums of all files, in hexadecimal.
    files : tuple of DataFile
        By path. What the program itself concludes from them (catalog, outages, exposures) is not
        among them.
    """

    version: str
    first_height: int
    last_height: int
    sha256: str
    files: tuple[DataFile, ...]


@lru_cache(maxsize=1)
def bundled_manifest() -> Manifest:
    """Return what the bundled data are, as stated when they were made."""
    text = resources.files("hashquake.datasets").joinpath(NAME).read_text(encoding="utf-8")
    stated = tomllib.loads(text)
    return Manifest(**(stated | {"files": tuple(DataFile(**each) for each in stated["files"])}))
