"""Bring the message catalogs up to date: new messages come in empty, old ones go out.

    python scripts/update_messages.py            # write the catalogs
    python scripts/update_messages.py --missing  # print what is still to be translated

Messages are read by Babel from Python files and templates of `hashquake.serve`, and from the names
of what is bundled: events of history, scenarios, the track record of forecasts.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from hashquake.datasets.events import load_events
from hashquake.observatory import scenario_choice
from hashquake.plugins import list_plugins
from hashquake.serve.language import DOMAIN, NAMES
from hashquake.serve.page.forecast_page import track_record

SERVE = Path(__file__).parents[1] / "src" / "hashquake" / "serve"
CATALOGS = SERVE / "languages"
METHODS = [("api/**.py", "ignore"), ("**.py", "python"), ("**.html.j2", "jinja2.ext:babel_extract")]
KEYWORDS = {
    "message": None,
    "translate": None,
    "translate_plural": (1, 2),
    "_": None,
    "ngettext": (1, 2),
}
_WRITTEN = datetime(2026, 11, 30, tzinfo=UTC)
"""Catalogs carry no date of their own: equal messages give equal files."""


def messages() -> Catalog:
    """Return every message of the code and of bundled names, in English."""
    found = Catalog(domain=DOMAIN, project="hashquake", charset="utf-8", creation_date=_WRITTEN)
    options = {"**.html.j2": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    for name, _, text, _, context in extract_from_dir(
        SERVE, METHODS, options_map=options, keywords=KEYWORDS
    ):
        del name
        found.add(text, context=context)
    for text in bundled_names():
        found.add(text)
    return found


def bundled_names() -> Iterator[str]:
    """Yield the names of what is bundled and shown by its name."""
    for event in load_events():
        yield event.name
    for one in list_plugins(scenario_choice.ROOM):
        yield str(one.card.get("title", one.name))
    yield str(track_record()["title"])


def catalog_path(code: str) -> Path:
    """Return where the catalog of a language is.

    Parameters
    ----------
    code : str
        Two letters.
    """
    return CATALOGS / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(code: str) -> Catalog:
    """Return the catalog of a language, an empty one for a new language.

    Parameters
    ----------
    code : str
        Two letters.
    """
    path = catalog_path(code)
    if not path.exists():
        return Catalog(locale=code, domain=DOMAIN, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def written(catalog: Catalog) -> bytes:
    """Return a catalog as its file stands in the tree.

    Parameters
    ----------
    catalog : Catalog
        Of one language.
    """
    catalog.header_comment = f"# Messages of hashquake: {NAMES[str(catalog.locale)]}."
    catalog.project, catalog.version, catalog.fuzzy = "hashquake", "1", False
    catalog.creation_date = catalog.revision_date = _WRITTEN
    catalog.last_translator, catalog.language_team = "hashquake", "hashquake"
    file = io.BytesIO()
    write_po(file, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    return file.getvalue()


def main() -> None:
    """Write the catalogs, or print what is missing in them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missing", action="store_true", help="print what is not translated")
    asked = parser.parse_args()
    for code in NAMES:
        if code == "en":
            continue
        catalog = read_catalog(code)
        # A message that is new is not copied: each language needs one of its own.
        catalog.update(messages(), no_fuzzy_matching=True)
        missing = [one.id for one in catalog if one.id and not _is_whole(one.string)]
        if asked.missing:
            sys.stdout.writelines(f"{code}: {text}\n" for text in missing)
            continue
        catalog_path(code).parent.mkdir(parents=True, exist_ok=True)
        catalog_path(code).write_bytes(written(catalog))
        print(f"{code}: {len(catalog)} messages, {len(missing)} to translate")


def _is_whole(text: str | list[str] | tuple[str, ...] | None) -> bool:
    forms = (text,) if isinstance(text, str) else text or ()
    return bool(forms) and all(forms)


if __name__ == "__main__":
    main()
