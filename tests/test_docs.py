"""The documents: links that lead somewhere, theory that admits its limits, fragments in form."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
THEORY = sorted((ROOT / "docs" / "theory").glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"^    hashquake ([\w-]+)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    broken = [
        target
        for target in targets
        if "://" not in target and not (page.parent / target).resolve().exists()
    ]
    assert not broken


@pytest.mark.parametrize("page", THEORY, ids=lambda page: page.name)
def test_a_theory_page_ends_in_what_it_cannot_see(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[-1] == "What it cannot see"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documents_name_only_commands_that_exist(page: Path) -> None:
    from hashquake.serve.cli.app import COMMANDS

    assert set(COMMAND.findall(page.read_text(encoding="utf-8"))) <= set(COMMANDS)


def test_changelog_fragments_are_in_form() -> None:
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    form = re.compile(r"\+[a-z0-9-]+\.(added|changed|fixed|removed)\.md")
    assert names
    assert all(form.fullmatch(name) for name in names)


def test_references_are_sorted_and_cited_keys_exist() -> None:
    text = (ROOT / "docs" / "refs.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE)
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))
    cited = {
        key
        for path in (ROOT / "src").rglob("*.py")
        for key in re.findall(
            r"[Kk]eys? ``([^`]+)`` in ``docs/refs.bib``", path.read_text(encoding="utf-8")
        )
    }
    assert cited <= set(keys)
