"""Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start a browser that tests drive; close it afterwards."""
    where = shutil.which("chromium") or shutil.which("chromium-browser")
    if where is None:
        pytest.fail("no Chromium: run make test-e2e, which installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
