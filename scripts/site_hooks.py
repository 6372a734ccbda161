"""What MkDocs needs beyond the pages: navigation, generated references, executed notebooks.

Pages stay readable as files of the repository; what a site shows differently is made here: links
that leave ``docs`` lead to the repository, folders get an index, the gallery gets pictures.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from scripts.site_notebooks import notebook_pages
from scripts.site_references import command_reference, python_reference

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SECTIONS = {
    "how-to": "How-to guides",
    "theory": "Theory",
    "methods": "Method cards",
    "events": "Events",
    "reference": "Reference",
    "decisions": "Decisions",
}
TABLES = (
    "catalog",
    "outages",
    "power",
    "forecast",
    "energy",
    "scenarios",
    "comparison",
    "benchmarks",
)
OUTSIDE = re.compile(r"\]\((?:\.\./)+((?:src|bench|tests|scripts|README|CONTRIBUTING)[^)]*)\)")
FOLDER = re.compile(r"\]\(([\w-]+)/\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made at the build: references, notebooks, an index of each folder."""
    added: dict[str, str | bytes] = {
        "reference/cli.md": command_reference(),
        "reference/python.md": python_reference(),
    }
    added |= notebook_pages(DOCS / "notebooks")
    for folder, title in SECTIONS.items():
        if not (DOCS / folder / "README.md").exists():
            added[f"{folder}/index.md"] = _index(title, _listed(files, folder, added))
    added["notebooks/index.md"] = _index("Notebooks", _listed(files, "notebooks", added))
    for path, content in added.items():
        files.append(File.generated(config, path, content=content))
    config.nav = _navigation(files)
    return files


def _listed(files: Files, folder: str, added: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Return title and file of each page of a folder, by title."""
    pages = {file.src_uri: file.content_string for file in files.documentation_pages()}
    pages |= {path: text for path, text in added.items() if isinstance(text, str)}
    inside = {
        path.rpartition("/")[2]: text
        for path, text in pages.items()
        if path.rpartition("/")[0] == folder and not path.endswith(("README.md", "index.md"))
    }
    return sorted((_title(text), name) for name, text in inside.items())


def _title(text: str) -> str:
    return text.lstrip().splitlines()[0].removeprefix("# ").strip()


def _index(title: str, listed: list[tuple[str, str]]) -> str:
    return f"# {title}\n\n" + "\n".join(f"* [{each}]({name})" for each, name in listed) + "\n"


def _navigation(files: Files) -> list[Any]:
    """Return the tabs of the site and the pages below each."""
    there = {file.src_uri for file in files.documentation_pages()}

    def below(folder: str) -> list[str]:
        first = [f"{folder}/{name}.md" for name in ("README", "index")]
        rest = sorted(path for path in there if path.startswith(f"{folder}/") and path not in first)
        return [path for path in first if path in there] + rest

    results = [f"{name}.md" for name in TABLES if f"{name}.md" in there]
    return [
        {"Home": ["README.md", *below("tutorial"), "glossary.md", "rooms.md"]},
        {"Notebooks": below("notebooks")},
        *({title: below(folder)} for folder, title in list(SECTIONS.items())[:4]),
        {"Results": results},
        *({title: below(folder)} for folder, title in list(SECTIONS.items())[4:]),
    ]


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write links for the site, and pictures into the gallery."""
    del files
    text = OUTSIDE.sub(rf"]({config.extra['source']}/\1)", markdown)
    text = FOLDER.sub(_folder_index, text)
    if page.file.src_uri == "events/README.md":
        text = _gallery(text)
    return text


def _folder_index(link: re.Match[str]) -> str:
    name = "README.md" if (DOCS / link[1] / "README.md").exists() else "index.md"
    return f"]({link[1]}/{name})"


def _gallery(text: str) -> str:
    """Turn the list of events into pictures with their titles."""
    listed = re.findall(r"^\* \[(.+?)\]\((.+?)\.md\), (.+)$", text, re.MULTILINE)
    cards = [
        f'<a href="{name}/" markdown="0"><img src="{name}.svg" alt="hash rate around the event" '
        f'loading="lazy"><strong>{title}</strong><br>{place}</a>'
        for title, name, place in listed
    ]
    head = text.partition("\n* ")[0]
    return f'{head}\n\n<div class="events">\n{"".join(cards)}\n</div>\n'
