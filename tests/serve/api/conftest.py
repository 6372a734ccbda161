"""The bundled record served once for all tests that only ask."""

from collections.abc import Iterator

import httpx
import pytest
from tests.serve.api.served import client, served

from hashquake.observatory import open_observatory


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served(open_observatory("bundled")) as url:
        yield url


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with client(address) as made:
        yield made
