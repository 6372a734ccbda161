"""The page in a browser: its weight, its first paint, how it pans, how soon a block is on screen.

Needs Debian's Chromium and Playwright (`make servers`). Server and browser share this machine.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import httpx
from bench_serve import Served
from needs import skip
from playwright.sync_api import Browser, CDPSession, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.serve.page.small_record import next_block, small_record

PAGES = ("/", "/quakes/hq20260123a", "/countries", "/charts", "/events/kazakhstan-2022")
DRAG = """async () => {
  const canvas = document.querySelector("figure[data-ready] canvas"), spans = [];
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};  // no true pointer is there to be captured
  const point = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind, {
    clientX: box.x + 900 - x, clientY: box.y + 200, pointerId: 1, bubbles: true}));
  point("pointerdown", 0);
  await new Promise((done) => {
    let last = performance.now();
    const step = (now) => {
      spans.push(now - last);
      last = now;
      const at = spans.length;
      if (at === 240) return done();
      point("pointermove", 3 * (at < 120 ? at : 240 - at));
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  point("pointerup", 0);
  return spans.slice(2);
}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
ALL = "/?strips=30#2021-01-02T00:00Z..2026-04-22T21:50Z"


def main() -> None:
    """Print every figure."""
    where = shutil.which("chromium")
    if where is None:
        skip("Chromium is not installed (make servers installs it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox", "--disable-gpu"]
        )
        with Served("bundled") as server:
            for path in PAGES:
                shown(browser, server, path)
            panned(browser, server)
            print(f"server: {server.memory_mb():.0f} MB, {server.used_s():.1f} s of processor time")
        live(browser)
        browser.close()


def shown(browser: Browser, server: Served, path: str) -> None:
    """Load a page twice: the answer is made for the first and kept for the second."""
    httpx.get(f"{server.url}{path}", headers={"Accept": "text/html"}, timeout=120)
    context = browser.new_context()
    page, sizes = context.new_page(), {"page": 0, "data": 0}

    def count(address: str, size: int) -> None:
        sizes["data" if "/api/" in address else "page"] += size

    page.on(
        "requestfinished",
        lambda one: count(one.url, one.sizes()["responseBodySize"]),
    )
    began_s = time.monotonic()
    page.goto(f"{server.url}{path}", wait_until="load")
    loaded_s = time.monotonic() - began_s
    page.wait_for_timeout(1_000)
    print(
        f"{path}: {sizes['page'] / 1024:.0f} kB and {sizes['data'] / 1024:.0f} kB of data, first "
        f"contentful paint {page.evaluate(PAINT):.0f} ms, loaded in {1000 * loaded_s:.0f} ms"
    )
    context.close()


def panned(browser: Browser, server: Served) -> None:
    """Drag a strip for each of thirty pools, again in every frame."""
    page = browser.new_context(viewport={"width": 1440, "height": 1600}).new_page()
    page.goto(f"{server.url}{ALL}")
    page.locator("figure[data-ready] canvas").wait_for()
    canvas = page.locator("canvas")
    canvas.focus()
    for _ in range(3):
        canvas.press("+")
    page.wait_for_timeout(2_000)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    before_s = busy_s(cdp)
    spans = sorted(page.evaluate(DRAG))
    work_ms = 1000 * (busy_s(cdp) - before_s) / len(spans)
    mean_ms = sum(spans) / len(spans)
    n = len(
        json.loads(page.locator("figure[data-chart]").get_attribute("data-chart") or "")["names"]
    )
    print(
        f"panning {n} series: {1000 / mean_ms:.0f} frames a second, slowest {spans[-1]:.0f} ms, "
        f"main thread busy for {work_ms:.1f} ms a frame"
    )


def busy_s(cdp: CDPSession) -> float:
    """Return how long the page's main thread has worked."""
    values = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return float(values["TaskDuration"])


def live(browser: Browser) -> None:
    """Store a block and wait until its height is on screen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my.db"
        with small_record(path) as observatory, Served(str(path)) as server:
            page = browser.new_context().new_page()
            page.goto(f"{server.url}/")
            page.locator("#connection", has_text="Live").wait_for()
            tip = observatory.tip()
            if tip is None:
                raise RuntimeError("the record has no blocks")
            observatory.feed(next_block(observatory), source="bench")
            began_s = time.monotonic()
            page.locator("[data-tip-height]", has_text=f"{tip[0] + 1:,}").wait_for()
            print(f"a block is on screen {1000 * (time.monotonic() - began_s):.0f} ms after it")


if __name__ == "__main__":
    main()
