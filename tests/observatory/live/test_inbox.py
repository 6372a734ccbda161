"""The inbox: blocks first, nobody for ever last, bounded, in order."""

from queue import Empty, Full
from threading import Thread

import pytest

from hashquake.observatory.live.inbox import Inbox


def test_what_comes_first_passes_what_waits() -> None:
    inbox: Inbox[str] = Inbox(8)
    for name in ("KZ", "IR", "MM"):
        inbox.put(name, first=False, timeout_s=0.0)
    inbox.put("block", first=True, timeout_s=0.0)
    assert [inbox.get(0.0) for _ in range(4)] == ["block", "KZ", "IR", "MM"]


def test_a_long_back_fill_does_not_keep_the_others_waiting() -> None:
    inbox: Inbox[str] = Inbox(100)
    for at in range(40):
        inbox.put(f"block {at}", first=True, timeout_s=0.0)
    inbox.put("KZ", first=False, timeout_s=0.0)
    taken = [inbox.get(0.0) for _ in range(41)]
    assert taken.index("KZ") <= 10
    assert [one for one in taken if one != "KZ"] == [f"block {at}" for at in range(40)]


def test_it_is_bounded_and_may_be_empty() -> None:
    inbox: Inbox[int] = Inbox(1)
    with pytest.raises(Empty):
        inbox.get(0.01)
    inbox.put(1, first=False, timeout_s=0.0)
    with pytest.raises(Full):
        inbox.put(2, first=False, timeout_s=0.01)
    inbox.put(3, first=True, timeout_s=0.0)  # readings that wait do not shut blocks out


def test_whoever_waits_for_room_gets_it() -> None:
    inbox: Inbox[int] = Inbox(1)
    inbox.put(1, first=True, timeout_s=0.0)
    waiting = Thread(target=inbox.put, args=(2,), kwargs={"first": True, "timeout_s": 10.0})
    waiting.start()
    assert inbox.get(1.0) == 1
    assert inbox.get(10.0) == 2
    waiting.join(10.0)
    assert not waiting.is_alive()
