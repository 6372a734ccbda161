"""What every test shares: how hypothesis looks for counter-examples, and a home of its own."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.running_watcher import RunningWatcher

# Time is measured in bench/, never asserted in tests: a slow machine is no counter-example.
settings.register_profile("desk", deadline=None)
settings.register_profile("landing", deadline=None, derandomize=True)
settings.load_profile("landing" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep settings and records that a test makes, and the user's own, apart.

    Programs that tests start inherit it. The cache of compiled kernels stays where it is.
    """
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        patch.delenv("HASHQUAKE_DB", raising=False)
        yield


@pytest.fixture(autouse=True)
def _no_watcher_is_left() -> Iterator[None]:
    yield
    RunningWatcher.kill_all()
