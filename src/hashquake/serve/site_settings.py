"""Which file describes the operator's sites: named, set, or lying where settings lie."""

from pathlib import Path

from hashquake.core.errors import UsageError
from hashquake.core.site import Site
from hashquake.observatory.site_file import read_sites
from hashquake.serve.settings import Settings, settings_path

USUAL = "sites.toml"


def sites_path(named: str | None, settings: Settings) -> Path | None:
    """Return the file of sites, or None where there is none.

    Parameters
    ----------
    named : str or None
        As given with ``--sites``.
    settings : Settings
        A path in them is relative to the folder of the settings file.
    """
    if named is not None:
        return Path(named).expanduser()
    found = settings_path()
    folder = Path() if found is None else found.parent
    if settings.sites is not None:
        return folder / settings.sites.expanduser()
    usual = folder / USUAL
    return usual if usual.is_file() else None


def sites_wanted(named: str | None, settings: Settings) -> tuple[Site, ...]:
    """Return the operator's sites; empty where no file describes any.

    Parameters
    ----------
    named : str or None
        As given with ``--sites``.
    settings : Settings
        See `sites_path`.

    Raises
    ------
    FormatError
        ``sites-malformed``.
    UsageError
        ``cannot-read``.
    """
    path = sites_path(named, settings)
    return () if path is None else read_sites(path)


def no_sites() -> UsageError:
    """Return the error for a question about sites where no file describes any."""
    return UsageError(
        "no file of sites is named",
        code="sites-none",
        hint="write sites.toml as docs/how-to/sites.md shows, and name it with --sites or as "
        "`sites` in the settings",
    )
