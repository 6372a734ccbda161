"""Bring the message catalogs up to date: new messages come in empty, old ones go out.

    python scripts/update_messages.py            # write the catalogs
    python scripts/update_messages.py --missing  # print what is still to be translated

Messages are read by Babel from Python files and templates of `hashquake.serve`, and from what is
bundled and in words of our own: names of events, scenarios and provinces; what the files of events,
transcribed readings, news and registered power say.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from hashquake.datasets.confounders import load_confounders
from hashquake.datasets.electricity import load_registered_power
from hashquake.datasets.events import load_events
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.datasets.mining_map import place_names
from hashquake.datasets.transcribed import load_transcriptions
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
    for text in (*bundled_names(), *bundled_sentences()):
        if text:
            found.add(text)
    return found


def bundled_names() -> Iterator[str]:
    """Yield the names of what is bundled and shown by its name."""
    for event in load_events():
        yield event.name
    for one in list_plugins(scenario_choice.ROOM):
        yield str(one.card.get("title", one.name))
    yield str(track_record()["title"])
    for code, name in place_names().items():
        if "-" in code:  # a province; the names of countries are Babel's
            yield name


def bundled_sentences() -> Iterator[str]:
    """Yield what the files of bundled events, readings, news and facts say in words of our own.

    Names of publishers and people stay as they are in every language.
    """
    countries = set(place_names().values())
    for event in load_events():
        yield from (one for one in (event.place,) if one not in countries)
        yield from (event.cause, event.precision, event.summary, *event.traps)
        yield from (one.text for one in event.moments)
        for claim in event.claims:
            yield claim.text
            yield from (name for name in (claim.speaker,) if _is_described(name))
    for each in load_transcriptions():
        for instrument in each.instruments:
            yield from (one for one in (instrument.title,) if _is_described(one))
            yield instrument.note
        for one in each.disagreements:
            yield one.about
            for who, says in one.sides:
                yield from (name for name in (who,) if _is_described(name))
                yield says
        yield from (one.text for one in each.remarks)
        yield from (one.source for one in each.remarks if _is_described(one.source))
    yield from (one.text for one in load_confounders())
    yield from (one.note for one in load_label_gaps())
    yield from (one.note for one in load_registered_power())


def _is_described(name: str) -> bool:
    """Return whether a name has words in it, as *the protocol* and *Oracle, routes* do.

    *A, quoting B* is one message for all: `hashquake.serve.wording.fixed` has it.
    """
    return ", quoting " not in name and bool(re.search(r"(?<![.\w])[a-z]{2,}", name))


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
