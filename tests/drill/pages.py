"""The page in a real browser whose own clock is that of the drill."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.drill.programs import Scene

WIDTHS = (1280, 390)


@contextmanager
def opened(browser: Browser, scene: Scene) -> Iterator[Page]:
    """Open the front page, and leave it open while time passes."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    page.clock.set_system_time(scene.clock.now_s())
    page.goto(f"{scene.url}/")
    try:
        yield page
    finally:
        context.close()


def put_away(page: Page) -> None:
    """Close the page until it is looked at again.

    It follows each change, and in fast scenes there are hundreds of them a second: drawing them
    would take the processor from the watcher, for which the clock waits.
    """
    page.goto("about:blank")


def text_of(page: Page, scene: Scene, path: str) -> str:
    """Go to a page, and return what a reader sees there."""
    page.clock.set_system_time(scene.clock.now_s())
    page.goto(f"{scene.url}{path}")
    page.wait_for_timeout(500)
    return page.locator("main").inner_text()


def pictures(page: Page, scene: Scene, path: str, folder: Path, name: str) -> None:
    """Take a picture of a page, as wide as a screen and as a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        text_of(page, scene, path)
        page.screenshot(path=folder / f"{scene.name}-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
