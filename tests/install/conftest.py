"""One build of the packages for all tests of installing."""

import pytest
from tests.install.built import Packages, build


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Build the packages once."""
    return build(tmp_path_factory.mktemp("built"), mask=0o022, modified_s=1_700_000_000.0)
