"""The record's own tests again, on PostgreSQL: all that do not look into a SQLite file."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest
from tests.e2e.postgresql import Cluster
from tests.store import conftest, test_append, test_outbox, test_reorgs

from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
chain = conftest.chain
name_of = conftest.name_of


@pytest.fixture
def record(cluster: Cluster) -> Iterator[SqlRecord]:
    with open_record(cluster.database(), create=True) as opened:
        yield opened


def _of_any_record(module: ModuleType) -> dict[str, object]:
    return {
        name: test
        for name, test in vars(module).items()
        if name.startswith("test_")
        and "record" in inspect.signature(test).parameters
        and "path" not in inspect.signature(test).parameters
    }


for _module in (test_append, test_outbox, test_reorgs):
    globals().update(_of_any_record(_module))
