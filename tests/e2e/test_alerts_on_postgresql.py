"""Alerts of a record on PostgreSQL: raised, delivered by one process, the other standing by."""

import pytest
from tests.e2e.postgresql import Cluster
from tests.outbox import outbox_of
from tests.serve.alerts.made_alert import made_settings
from tests.serve.alerts.receiver import receiving
from tests.serve.alerts.test_service import HOOK, RULE, faults, in_order, running, until

from hashquake.observatory import open_observatory

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


def test_one_process_delivers_and_another_takes_over(cluster: Cluster) -> None:
    db = cluster.database()
    with open_observatory(db, create=True) as ask, receiving() as receiver:
        settings = made_settings(HOOK | {"url": receiver.url}, rules=[RULE])
        outbox = outbox_of(ask)
        with running(db, settings):
            until(lambda: outbox.cursor() is not None)
            second = running(db, settings)
            notes = second.__enter__()
            until(lambda: any("standing by" in one for one in notes))
            faults(ask, "a", "down", "ok")
            receiver.wait_for(lambda: len(receiver.taken()) == 2)
        faults(ask, "a", "down")
        receiver.wait_for(lambda: len(receiver.taken()) == 3)
        second.__exit__(None, None, None)
        in_order(receiver)
        assert outbox.depth().waiting == 0
