"""The documentation as a site: complete, without broken links, and without other hosts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from hashquake.serve.cli.app import COMMANDS

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video)\b[^>]*\bsrc=["']?(?:https?:)?//[^"' >]+"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon))[^>]*href=["']?https?://[^>]+"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; strict, so that any warning fails it."""
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return target


def _page(site: Path, name: str) -> str:
    return (site / name / "index.html").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_other_hosts(site: Path) -> None:
    assert LOADED.search('<script src="https://x.org/a.js">')
    pages = list(site.rglob("*.html"))
    assert len(pages) > 120
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert LOADED.search(text) is None, path
        assert 'data-md-component="source"' not in text  # it would ask the host for its stars
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?https?:|@import", text), path


def test_every_link_within_the_site_leads_to_what_is_there(site: Path) -> None:
    dead = []
    n_links = 0
    for path in site.rglob("*.html"):
        for link in re.findall(r"""\b(?:href|src)=["']?([^"'\s>]+)""", path.read_text("utf-8")):
            where = urlsplit(link)
            if where.scheme or where.netloc or not where.path:
                continue
            n_links += 1
            folder = site if where.path.startswith("/") else path.parent
            target = folder / unquote(where.path.lstrip("/"))
            if not (target / "index.html" if target.is_dir() else target).is_file():
                dead.append((str(path.relative_to(site)), link))
    assert n_links > 10_000
    assert dead == []


def test_notebooks_are_executed_with_tables_and_pictures(site: Path) -> None:
    for name, table, picture in (
        ("first_quake", True, True), ("exposure", True, True), ("what_if", True, True)
    ):  # fmt: skip
        text = _page(site, f"notebooks/{name}")
        assert ('class="dataframe"' in text) is table, name
        assert bool(re.search(rf'src="[^"]*{name}[^"]*\.png"', text)) is picture, name
        assert "Traceback" not in text
    assert "hq20210416a" in _page(site, "notebooks/first_quake")


def test_references_are_made_from_the_program(site: Path) -> None:
    commands = _page(site, "reference/cli")
    assert all(f">hashquake {name}<" in commands for name in COMMANDS)
    assert "--false-alarms" in commands
    python = _page(site, "reference/python")
    assert "Estimate hash rates in a window, exactly, from the blocks in it." in python


def test_the_gallery_shows_every_event(site: Path) -> None:
    events = (ROOT / "docs" / "events" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\* \[", events, re.MULTILINE)
    shown = re.findall(r'<img src="([\w-]+\.svg)"', _page(site, "events"))
    assert len(shown) == len(listed) > 10
    assert all((site / "events" / name).is_file() for name in shown)


def test_the_search_finds_words_of_every_part(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    parts = {each["location"].partition("/")[0] for each in index["docs"]}
    wanted = {"theory", "methods", "how-to", "events", "reference", "notebooks", "decisions"}
    assert wanted <= parts
