"""The bundled record served once for all tests of the page."""

from collections.abc import Iterator

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, served

from hashquake.observatory import open_observatory


@pytest.fixture(scope="session")
def page_address() -> Iterator[str]:
    with served(open_observatory("bundled")) as url:
        yield url


@pytest.fixture
def browser(page_address: str) -> Iterator[httpx.Client]:
    """Ask as a browser does."""
    with plain_http.client(
        base_url=page_address, headers={"Accept": "text/html"}, timeout=PATIENCE_S
    ) as made:
        yield made
