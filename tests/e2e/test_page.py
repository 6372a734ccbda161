"""The page in a real browser: its numbers, live, through a restart, without a request elsewhere."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import plain_http
from tests.serve.api.served import PATIENCE_S
from tests.serve.page.small_record import QUAKE, next_block, small_record

from hashquake.observatory import Observatory
from hashquake.serve.api.app import Built, create_app
from hashquake.serve.api.server import Server, bound_socket, configured
from hashquake.serve.format import eh_s
from hashquake.serve.page.publishing import Publisher

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv" / "node" / "node_modules"
PATHS = (
    "/",
    "/quakes",
    "/quakes/hq20260123a",
    "/outages",
    "/outages/ou20220105kza",
    "/events/kazakhstan-2022",
    "/pools",
    "/pools/foundryusa",
    "/forecast",
    "/countries",
    "/countries/KZ",
    "/laboratory",
    "/laboratory/partition",
    "/laboratory/stale",
    "/check",
    "/charts",
    "/method",
    "/embed/hashrate",
)
AXE = """axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, ...one.nodes.slice(0, 3).map((node) => node.html)]))"""
DRAWN = """() => { const canvas = document.querySelector("canvas");
  const seen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let at = 0; at < seen.length; at += 404) if (seen[at + 3]) colours.add(seen[at + 2]);
  return colours.size; }"""

DRAG = """() => new Promise((done) => {
  const canvas = document.querySelector("figure[data-ready] canvas"), pictures = [];
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const point = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind, {
    clientX: box.x + 900 + x, clientY: box.y + 200, pointerId: 1, bubbles: true}));
  const strips = (left) => [...canvas.getContext("2d").getImageData(left, 400, 300, 300).data];
  point("pointerdown", 0);
  const shifts = [20, 60, 100];
  const difference = (one) => one.reduce((sum, v, at) => sum + Math.abs(v - pictures[0][at]), 0);
  let n = 0;
  const step = () => {
    if (n) pictures.push(strips(300 + shifts[n - 1]));
    if (n === shifts.length) {
      point("pointerup", 100);
      point("pointerleave", 100);
      return done(pictures.map(difference));
    }
    point("pointermove", shifts[n]);
    n += 1;
    requestAnimationFrame(() => requestAnimationFrame(step));
  };
  step();
})"""
PICTURE = "() => document.querySelector('figure[data-ready] canvas').toDataURL()"


@contextmanager
def watched_page(chromium: Browser, origin: str, **options: Any) -> Iterator[Page]:
    """Open a page of which everything that goes wrong is gathered, and must be nothing."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((origin, "data:", "blob:")) else wrong.append(asked.url)
        ),
    )
    yield page
    assert wrong == []
    context.close()


@contextmanager
def running(built: Built, port: int) -> Iterator[int]:
    """Serve on a port that stays the same over a restart; 0 takes any that is free."""
    ready = threading.Event()
    server = Server(configured(built.guard), started=ready.set, stopping=built.stop)
    with bound_socket("127.0.0.1", port) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(PATIENCE_S)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def test_every_page_is_quiet_and_open_to_all(chromium: Browser, bundled: str) -> None:
    axe = (NODE / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with watched_page(chromium, bundled, reduced_motion="reduce") as page:
        for path in PATHS:
            page.goto(f"{bundled}{path}")
            page.evaluate(axe)
            assert page.evaluate(AXE) == [], path


@pytest.mark.parametrize("path", ["/", "/quakes/hq20260123a", "/countries", "/forecast"])
def test_a_page_fits_a_phone_in_the_dark(chromium: Browser, bundled: str, path: str) -> None:
    with watched_page(chromium, bundled, color_scheme="dark") as page:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(f"{bundled}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, colour.strip("rgb()").split(","))) < 60


def test_paper_is_light_whatever_the_screen(chromium: Browser, bundled: str) -> None:
    with watched_page(chromium, bundled, color_scheme="dark") as page:
        page.goto(f"{bundled}/events/kazakhstan-2022")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.emulate_media(media="print")
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert min(map(int, colour.strip("rgb()").split(","))) > 240
        expect(page.locator("header.top")).to_be_hidden()


def test_the_chart_shows_the_numbers_of_the_api(chromium: Browser, bundled: str) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/")
        expect(page.locator("figure[data-ready] canvas")).to_be_visible()
        until(page, lambda: page.evaluate(DRAWN) > 8)
        query = "since=2026-04-20&until=2026-04-21&step=1d"
        day = page.evaluate(f"fetch('/api/v1/rates?{query}').then((one) => one.json())")
        page.locator("button[data-span='2592000']").click()
        page.locator("details.data > summary").click()
        page.locator("button[data-span='604800']").click()
        expect(page.locator("button[data-span='604800']")).to_have_attribute("aria-pressed", "true")
        page.goto(f"{bundled}/#2026-01-01T00:00Z..2026-04-22T00:00Z")
        page.reload()
        until(page, lambda: page.evaluate(DRAWN) > 8)
        page.locator("details.data > summary").click()
        row = page.locator("details.data tbody tr", has_text="20 Apr 2026").first
        expect(row).to_contain_text(eh_s(day["median_hps"][0]))
        canvas = page.locator("canvas")
        canvas.focus()
        for _ in range(3):
            canvas.press("ArrowRight")
        expect(page.locator(".says")).to_contain_text("Network:")
        canvas.press("+")
        assert "#2026" in page.url


def test_strips_move_with_a_drag_and_are_drawn_again_at_rest(
    chromium: Browser, bundled: str
) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/#2023-01-01T00:00Z..2024-01-01T00:00Z")
        until(page, lambda: page.evaluate(DRAWN) > 8)
        page.wait_for_timeout(500)
        assert page.evaluate(DRAG) == [0, 0, 0], "strips did not move by as much as the pointer"
        dragged = page.evaluate(PICTURE)
        page.wait_for_timeout(500)
        rested = page.evaluate(PICTURE)
        assert rested != dragged, "strips kept the scale of a wider span"
        for _ in range(3):  # each theme draws everything again
            page.locator("button[data-switch='theme']").click()
        page.wait_for_timeout(500)
        assert page.evaluate(PICTURE) == rested


def test_a_chart_is_saved_as_a_picture_a_drawing_and_a_table(
    chromium: Browser, bundled: str, tmp_path: Path
) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/")
        until(page, lambda: page.evaluate(DRAWN) > 8)
        for button, beginning in (
            ("png", b"\x89PNG"),
            ("svg", b"<svg "),
            ("csv", b"subject,"),
            ("parquet", b"PAR1"),
        ):
            page.locator("details.menu > summary").first.click()
            with page.expect_download() as loading:
                page.locator(f"[data-save='{button}'], [data-format='{button}']").click()
            file = tmp_path / f"chart.{button}"
            loading.value.save_as(file)
            assert file.read_bytes().startswith(beginning)
            page.keyboard.press("Escape")
    drawing = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert drawing.count("<g") == drawing.count("</g>")
    assert ">Foundry USA</text>" in drawing
    assert ">Price</text>" in drawing


def test_a_chart_of_the_server_is_saved_in_every_format(
    chromium: Browser, bundled: str, tmp_path: Path
) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/charts")
        figure = page.locator("figure", has=page.locator("path.mean-90"))
        for button, beginning in (
            ("SVG", b"<svg "),
            ("PNG", b"\x89PNG"),
            ("CSV", b"subject,start_s,median_hps,low_hps,high_hps,mean_7d_median_hps"),
            ("Parquet", b"PAR1"),
            ("JSON", b'{"subject"'),
        ):
            figure.locator("details.menu > summary").click()
            with page.expect_download() as loading:
                figure.get_by_text(button, exact=True).click()
            file = tmp_path / f"chart.{button}"
            loading.value.save_as(file)
            assert file.read_bytes().startswith(beginning)
            page.keyboard.press("Escape")
            figure.locator("details.menu").evaluate("one => { one.open = false; }")
    drawing = (tmp_path / "chart.SVG").read_text(encoding="utf-8")
    assert 'stroke="rgb(' in drawing  # the look of the style sheet is in the file


def test_a_claim_is_marked_where_it_stands(chromium: Browser, bundled: str) -> None:
    text = (
        "\U0001f525 A <b>paper</b> writes. On 5 January 2022 Bitcoin's hash rate fell 45 % after "
        "Kazakhstan shut down its Internet."
    )
    asked = {"text": text, "published": "2022-01-06"}
    (claim,) = plain_http.post(f"{bundled}/api/v1/check", json=asked, timeout=PATIENCE_S).json()[
        "claims"
    ]
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/check")
        page.fill("textarea", text)
        page.fill("input[name=published]", "2022-01-06")
        page.locator("#check button.main").click()
        start, end = claim["span"]
        expect(page.locator(f"mark.{claim['call']}")).to_have_text(f"{text[start:end]}1")
        expect(page.locator("#found .marked")).to_contain_text("<b>paper</b>")
        expect(page.locator("#found li")).to_contain_text(claim["because"][:60])


def test_a_record_has_no_bare_ratio_and_an_exact_value_no_interval(
    chromium: Browser, bundled: str
) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/check")
        page.fill(
            "textarea",
            "Bitcoin's hash rate climbed to its highest level since September 2021. Foundry USA "
            "found 800 blocks in December 2021.",
        )
        page.fill("input[name=published]", "2022-01-06")
        page.locator("#check button.main").click()
        rows = page.locator("#found li")
        expect(rows).to_have_count(2)
        record, count = rows.nth(0), rows.nth(1)
        expect(record).to_contain_text("Luck alone could make or hide such a high.")
        expect(record).not_to_contain_text("measured:")
        expect(count).to_contain_text("measured: 778")
        expect(count).not_to_contain_text("[")


def test_terms_explain_themselves_and_opinions_slide(chromium: Browser, bundled: str) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/quakes/hq20260123a")
        tip = page.locator(".term", has_text="Quake").first
        expect(tip.locator("span")).to_be_hidden()
        tip.focus()
        expect(tip.locator("span")).to_be_visible()
        opinions = page.locator("ol.opinions > li:visible")
        expect(opinions).to_have_count(1)
        page.locator(".slider input").press("Home")
        expect(opinions.first).to_contain_text("preliminary")


def test_a_simulation_is_asked_for_followed_and_compared(chromium: Browser, bundled: str) -> None:
    with watched_page(chromium, bundled) as page:
        page.goto(f"{bundled}/laboratory")
        page.select_option("select[name=scenario]", "kazakhstan-2022")
        page.fill("input[name=paths]", "500")
        page.locator("#ask button.main").click()
        expect(page.locator("section.result")).to_have_count(1, timeout=120_000)
        page.fill("input[name=share]", "0.3")
        page.locator("#ask button.main").click()
        expect(page.locator("section.result")).to_have_count(2, timeout=120_000)
        assert "share=0.3" in page.url
        expect(page.locator("section.result").first).to_contain_text("Kazakhstan has 30")


def test_blocks_appear_live_and_once_through_a_restart(chromium: Browser, tmp_path: Path) -> None:
    db = str(tmp_path / "my.db")
    observatory = small_record(Path(db))
    context = chromium.new_context()
    page = context.new_page()
    shown = page.locator("[data-tip-height]")
    page.add_init_script(
        "window.heard = [];"
        "document.addEventListener('hashquake-change', (e) => window.heard.push(e.detail.id));"
    )
    with running(create_app(observatory, db=db), 0) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#connection")).to_contain_text("Connected")
        first = height(observatory)
        observatory.feed(next_block(observatory), source="test")
        expect(shown).to_have_text(f"{first + 1:,}", timeout=20_000)
        # A second tab hears it from the first, over one connection.
        other = context.new_page()
        other.goto(f"http://127.0.0.1:{port}/")
        expect(other.locator("[data-tip-height]")).to_have_text(f"{first + 1:,}")
    expect(page.locator("#connection")).to_contain_text("cannot be reached", timeout=20_000)
    observatory.feed(next_block(observatory), source="test")
    with running(create_app(observatory, db=db), port):
        expect(shown).to_have_text(f"{first + 2:,}", timeout=30_000)
        observatory.feed(next_block(observatory), source="test")
        for one in (page, other):
            expect(one.locator("[data-tip-height]")).to_have_text(f"{first + 3:,}", timeout=30_000)
        heard = page.evaluate("window.heard")
        assert len(heard) == len(set(heard)) >= 3
        context.close()
    observatory.close()


def test_a_published_folder_works(chromium: Browser, tmp_path: Path) -> None:
    with small_record(tmp_path / "my.db") as observatory:
        folder = tmp_path / "site"
        Publisher(observatory, folder, url="", now_s=1.7e9).write(lambda _progress: None)
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    try:
        with watched_page(chromium, origin) as page:
            for path in ("index", f"quakes/{QUAKE}", "charts"):
                page.goto(f"{origin}/{path}.html")
                until(page, lambda: page.evaluate(DRAWN) > 8)
            page.goto(f"{origin}/index.html")
            page.locator("nav a", has_text="Quakes").click()
            page.locator("a", has_text=QUAKE).click()
            expect(page.locator("blockquote")).to_contain_text(QUAKE)
    finally:
        server.shutdown()
        server.server_close()


def test_modules_have_the_types_they_state() -> None:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(NODE / "typescript" / "bin" / "tsc"), "-p", str(ROOT / "tests/e2e/node")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def height(observatory: Observatory) -> int:
    tip = observatory.tip()
    assert tip is not None
    return tip[0]


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what a policy without eval lets no script in the page wait for."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()
