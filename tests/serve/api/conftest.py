"""The bundled record served once for all tests that only ask."""

from collections.abc import Iterator

import httpx
import pytest
from tests.serve.api.served import client, served

from hashquake.core.site import Site
from hashquake.observatory import open_observatory

SITES = (
    Site(id="ekibastuz", name="Ekibastuz", country="KZ", grid="KZ", hashrate_hps=7.5e17),
    Site(id="texas", name="Texas", country="US", region="US-TX", grid="US-TX", asns=(7018,)),
)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served(open_observatory("bundled"), sites=SITES) as url:
        yield url


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with client(address) as made:
        yield made
