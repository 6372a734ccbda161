"""The operator's file of sites, TOML, checked strictly: a misspelt key is refused, not left out."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hashquake.core.country import country_subject
from hashquake.core.errors import FormatError, HashquakeError, UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.option_problem import option_problem
from hashquake.core.regular_file import open_regular
from hashquake.core.site import Site
from hashquake.core.subject import parse_subject, pool_subject

MOST_BYTES = 1_000_000
MOST_SITES = 1_000
_THS = 1e12
_TOKEN_HASH = re.compile(r"sha256:[0-9a-f]{64}")
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class SiteEntry(BaseModel):
    """A ``[[site]]`` of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(description="Its name in programs: lower-case letters, digits, - and _.")
    name: str = Field("", description="Its name for people; its id unless given.")
    country: str = Field(description="Two letters (ISO 3166-1), or its name.")
    region: str | None = Field(None, description="Such as KZ-PAV (ISO 3166-2).")
    asns: list[int] = Field(
        default_factory=list, description="Networks through which it reaches the Internet."
    )
    grid: str | None = Field(
        None,
        description="The region or country whose electricity it takes; its own unless given.",
    )
    pools: list[str] = Field(
        default_factory=list, description="Slugs of the pools where it has accounts."
    )
    megawatts: Positive | None = Field(None, description="Power as installed.")
    ths: Positive | None = Field(None, description="Hash rate as installed, TH/s.")
    tariff_usd_per_kwh: float | None = Field(
        None, ge=0, le=10, allow_inf_nan=False, description="Price of its electricity."
    )
    token_hash: str | None = Field(
        None, repr=False, description="As hashquake sites token ID prints it."
    )


def read_sites(path: Path) -> tuple[Site, ...]:
    """Read a file of sites.

    Parameters
    ----------
    path : Path
        TOML with a ``[[site]]`` each, at most 1,000,000 bytes.

    Raises
    ------
    UsageError
        ``cannot-read`` when there is no such file.
    FormatError
        ``sites-malformed`` naming the site, the key and what was probably meant.
    """
    shown = visible_text(path.name)
    try:
        with open_regular(path) as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{visible_text(str(path))} cannot be read: {error.strerror}",
            code="cannot-read",
            hint="name the file of your sites with --sites; docs/how-to/sites.md shows one",
        ) from None
    if len(raw) > MOST_BYTES:
        raise _malformed(shown, f"the file is larger than {MOST_BYTES:,} bytes")
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise _malformed(shown, "tables are nested too deep") from None
    except ValueError as error:
        raise _malformed(shown, visible_text(str(error))) from None
    return sites_of(data, shown=shown)


def sites_of(data: dict[str, Any], *, shown: str) -> tuple[Site, ...]:
    """Return the sites of a document.

    Parameters
    ----------
    data : dict
        As TOML gives it.
    shown : str
        The name of the file, for messages.

    Raises
    ------
    FormatError
        ``sites-malformed``.
    """
    for key in data:
        if key != "site":
            near = "; did you mean [[site]]?" if difflib.get_close_matches(key, ["site"]) else ""
            raise _malformed(shown, f"the key {visible_text(key, limit=60)} does not exist{near}")
    entries = data.get("site")
    if not isinstance(entries, list) or not entries:
        raise _malformed(shown, "it describes no site: write a [[site]] for each")
    if len(entries) > MOST_SITES:
        raise _malformed(shown, f"at most {MOST_SITES:,} sites can be watched, got {len(entries)}")
    sites: list[Site] = []
    for at, given in enumerate(entries, start=1):
        site = _site(given, at, shown)
        if any(one.id == site.id for one in sites):
            raise _malformed(shown, f"site {at}: the id {site.id} is given twice")
        sites.append(site)
    return tuple(sites)


def _site(given: Any, at: int, shown: str) -> Site:
    if not isinstance(given, dict):
        raise _malformed(shown, f"site {at} must be a table, [[site]]")
    named = given.get("id")
    where = f"site {visible_text(str(named), limit=40) if named else at}"
    try:
        entry = SiteEntry(**given)
    except ValidationError as error:
        raise _malformed(shown, f"{where}: {_problem(error)}") from None
    try:
        parse_subject(f"site:{entry.id}")
        country = country_subject(entry.country).partition(":")[2]
        for subject in (
            *(f"region:{one}" for one in (entry.region, entry.grid) if one and "-" in one),
            *(f"asn:{one}" for one in entry.asns),
            *(pool_subject(one) for one in entry.pools),
        ):
            parse_subject(subject)
        grid = entry.grid or entry.region or country
        if "-" not in grid:
            grid = country_subject(grid).partition(":")[2]
    except HashquakeError as error:
        raise _malformed(shown, f"{where}: {error.message}") from None
    if entry.region is not None and not entry.region.startswith(f"{country}-"):
        raise _malformed(shown, f"{where}: the region {entry.region} is not in {country}")
    if entry.token_hash is not None and not _TOKEN_HASH.fullmatch(entry.token_hash):
        raise _malformed(shown, f"{where}: token_hash must be sha256: and 64 digits")
    return Site(
        id=entry.id,
        name=visible_text(entry.name or entry.id, limit=60),
        country=country,
        region=entry.region,
        asns=tuple(dict.fromkeys(entry.asns)),
        grid=grid,
        pools=tuple(dict.fromkeys(entry.pools)),
        power_mw=entry.megawatts,
        hashrate_hps=None if entry.ths is None else entry.ths * _THS,
        tariff_usd_per_kwh=entry.tariff_usd_per_kwh,
        token_hash=entry.token_hash,
    )


def _problem(refused: ValidationError) -> str:
    first = refused.errors(include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where[:100], SiteEntry.model_fields, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        return f"the key {visible_text(where, limit=60)} does not exist{meant}"
    return option_problem(refused).removeprefix("--").replace("-", "_", where.count("_"))


def _malformed(shown: str, problem: str) -> FormatError:
    return FormatError(
        f"{shown} cannot be used: {problem}",
        code="sites-malformed",
        hint="docs/how-to/sites.md shows every key",
    )
