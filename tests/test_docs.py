"""The documents: links that lead somewhere, theory that admits its limits, fragments in form."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import typer

from hashquake.serve.cli import app as command_line

ROOT = Path(__file__).parents[1]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
THEORY = sorted((ROOT / "docs" / "theory").glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"```\w*\n(.*?)```|((?:^    .+\n)+)|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ *(?:\S*/)?hashquake ([a-z].*)$", re.MULTILINE)
ENDS = re.compile(r"[|>&;<]|2>")
"""What ends a command in a shell's line."""


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


def _wrong(line: str) -> str:
    """Return what of a command does not exist; nothing where all of it does."""
    command: click.Command = typer.main.get_command(command_line.app)
    words = shlex.split(line, comments=True)
    words = words[: next((at for at, one in enumerate(words) if ENDS.match(one)), len(words))]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0].isupper():  # a name that stands for any other
            return ""
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return words[0]
        command = found
        del words[0]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    given = {one.partition("=")[0] for one in words if one.startswith("--")}
    return " ".join(sorted(given - known - {"--help"}))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documents_name_only_commands_and_options_that_exist(page: Path) -> None:
    code = CODE.findall(page.read_text(encoding="utf-8"))
    lines = COMMAND.findall("\n".join("".join(each) for each in code).replace("\\\n", " "))
    assert [(line, wrong) for line in lines if (wrong := _wrong(line))] == []


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert _wrong("rate --at 2022-01-06 --spam 24h | head  # of a day") == "--spam"
    assert _wrong("quakes lst --db bundled") == "lst"
    assert not _wrong("ingest SOURCE --OPTION")
    assert not _wrong("ingest ioda --country KZ --since 2022-01-01 > log")


BINARY = {".parquet", ".png", ".pyc", ".mmdb", ".gz", ".bz2", ".dat", ".db"}
MARKERS = re.compile(r"^(<{7}|>{7}|[|]{7})( |$)", re.MULTILINE)
TEXTS = sorted(
    path
    for folder in ("docs", "src", "tests", "scripts", "bench", "changelog.d", ".ci")
    for path in (ROOT / folder).rglob("*")
    if path.suffix
    in {".md", ".py", ".toml", ".csv", ".css", ".j2", ".js", ".bib", ".json", ".svg", ""}
    and path.is_file()
    and "__pycache__" not in path.parts
)


def test_no_file_holds_a_mark_of_an_unsettled_merge() -> None:
    marked = [
        str(path.relative_to(ROOT))
        for path in (*TEXTS, *ROOT.glob("*.md"), *ROOT.glob("*.toml"))
        if MARKERS.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert marked == []


def test_the_marks_of_a_merge_are_recognised() -> None:
    for mark in ("<" * 7 + " HEAD", ">" * 7 + " main", "|" * 7 + " base"):
        assert MARKERS.search(f"text\n{mark}\nmore")
    assert not MARKERS.search("| a | b |\n|---|---|\n<<< not seven")


def test_the_readme_says_of_the_catalog_what_the_catalog_says() -> None:
    from hashquake.observatory import open_observatory
    from hashquake.serve.quake_table import expected_by_luck

    with open_observatory("bundled") as observatory:
        said = expected_by_luck(observatory.quakes())
    found = re.match(r"(\d+) falls of the network, of which ([\d.]+) are", said)
    assert found is not None
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    falls, luck = found.groups()
    assert (
        f"[{falls} falls of the network](docs/catalog.md), of which {luck} are expected" in readme
    )


def test_the_page_on_installing_names_every_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for_developers = {"bench", "docs", "oracles", "test"}
    page = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `hashquake\[(\w+)\]`", page, re.MULTILINE))
    assert named == set(project["optional-dependencies"]) - for_developers


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


def test_every_decision_has_a_number_of_its_own() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for page, number in zip(pages, numbers, strict=True):
        assert page.read_text(encoding="utf-8").startswith(f"# {number}. "), page.name
