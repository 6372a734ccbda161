"""The outbox of a record that has one, for tests of alerts."""

from hashquake.core.alert import AlertOutbox
from hashquake.core.record import Record
from hashquake.observatory.observatory import Observatory


def outbox_of(whose: Observatory | Record) -> AlertOutbox:
    outbox = whose.outbox()
    assert outbox is not None
    return outbox
