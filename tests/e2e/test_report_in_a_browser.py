"""The report in a real browser: whole, without a request, within a phone's width and on paper."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hashquake.serve.cli.app import run

pytestmark = pytest.mark.e2e

# A page that holds the report in a frame of a phone's width and writes down what it measures.
PHONE = """<!doctype html><meta charset=utf-8><body>
<iframe id=f src="report.html" width={width} height=900 style="border:0"></iframe>
<pre id=found></pre><script>
window.addEventListener("load", () => {{
  const page = document.getElementById("f").contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter((item) => {{
    const box = item.getBoundingClientRect();
    return box.width > 0 && !item.closest("svg *") && box.right > {width} + 1;
  }}).map((item) => item.tagName + "." + item.className);
  const pictures = [...page.querySelectorAll("svg")].filter(
    (item) => item.getBoundingClientRect().width > 0).length;
  document.getElementById("found").textContent = JSON.stringify({{
    scroll: root.scrollWidth, wide: wide.slice(0, 5), pictures,
    requests: page.defaultView.performance.getEntriesByType("resource").map((e) => e.name),
    title: page.title, heading: page.querySelector("h1").textContent}});
}});
</script>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    out = str(folder / "report.html")
    assert run(["report", "kazakhstan-2022", "--db", "bundled", "--out", out]) == 0
    return folder


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_the_page_fits_makes_no_request_and_shows_its_charts(
    folder: Path, browse: Callable[..., str], width: int
) -> None:
    frame = folder / f"frame{width}.html"
    frame.write_text(PHONE.format(width=width), encoding="utf-8")
    dom = browse(frame, "--window-size=1400,1000")
    written = re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)
    assert written is not None
    found = json.loads(written[1].replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    assert found["scroll"] <= width
    assert found["wide"] == []
    assert found["requests"] == []
    assert found["pictures"] >= 2
    assert "Kazakhstan" in found["heading"]


def test_the_page_prints(folder: Path, browse: Callable[..., str]) -> None:
    paper = folder / "report.pdf"
    browse(folder / "report.html", f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    assert paper.read_bytes().startswith(b"%PDF-")
    assert paper.stat().st_size > 30_000
