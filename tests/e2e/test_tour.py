"""The tour of the documentation, walked: every stop shows what its text says."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.tour import STOPS, Stop

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "docs" / "tutorial" / "tour.md"


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.picture)
def test_a_stop_shows_what_the_tour_says(chromium: Browser, bundled: str, stop: Stop) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 1020}, color_scheme="light")
    page = context.new_page()
    page.goto(f"{bundled}{stop.path}")
    if stop.path.startswith("/laboratory"):
        page.locator("#ask button.main").click()
    expect(page.locator(stop.waits_for).first).to_be_visible(timeout=120_000)
    shown = page.locator("main").inner_text()  # what is visible, not what is in the source
    for text in stop.sees:
        assert text in shown
    if folder := os.environ.get("TOUR_PICTURES"):
        page.wait_for_timeout(1_500)
        page.screenshot(path=str(Path(folder) / stop.picture))
    context.close()


def test_the_tour_has_every_picture_and_names_every_page() -> None:
    text = TOUR.read_text(encoding="utf-8")
    for stop in STOPS:
        assert f"../images/{stop.picture}" in text
        assert (ROOT / "docs" / "images" / stop.picture).stat().st_size > 20_000
