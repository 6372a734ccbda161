"""Pages of a record in which the past is played again say so, each of them, in every language."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests import plain_http
from tests.observatory.test_rehearsal import fed
from tests.serve.api.served import PATIENCE_S, served

from hashquake.serve.page.publishing import Publisher

_PATHS = ("quakes", "outages", "pools", "countries", "method", "check")
_SAID = "A rehearsal: blocks and events of the past, played again."
_GERMAN = {"Accept-Language": "de"}
_BLOCKS = 300


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path = tmp_path_factory.mktemp("rehearsal") / "r.db"
    with (
        served(fed(path, "rehearsal", _BLOCKS)) as url,
        plain_http.client(
            base_url=url, headers={"Accept": "text/html"}, timeout=PATIENCE_S
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("path", _PATHS)
def test_each_page_of_a_rehearsal_says_so(
    rehearsal: httpx.Client, browser: httpx.Client, path: str
) -> None:
    page = rehearsal.get(f"/{path}")
    assert page.status_code == 200
    assert _SAID in page.text
    german = rehearsal.get(f"/{path}", headers=_GERMAN)
    assert german.status_code == 200
    assert _SAID not in german.text
    assert "Eine Probe: Blöcke" in german.text
    assert _SAID not in browser.get(f"/{path}").text


def test_the_first_page_says_so_in_its_first_sentence(rehearsal: httpx.Client) -> None:
    assert "Rehearsal. " in rehearsal.get("/").text
    assert "Probe. " in rehearsal.get("/", headers=_GERMAN).text


def test_a_published_folder_of_a_rehearsal_says_so(tmp_path: Path) -> None:
    with fed(tmp_path / "r.db", "rehearsal", _BLOCKS) as observatory:
        publisher = Publisher(
            observatory, tmp_path / "site", url="https://example.org", now_s=observatory.end_s()
        )
        publisher.write(lambda _progress: None)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert _SAID in text or "Rehearsal. " in text, page
        # The difficulty of a test network follows no rule that a forecast could use.
        assert "forecast.html" not in text, page
    assert not (tmp_path / "site" / "api" / "v1" / "forecast.json").exists()
