"""What sources bring, on its way to the one writer: bounded, blocks before readings.

Twenty countries bring their readings within the same seconds; a block that comes then does not
wait for all of them. Each source's own items stay in order.
"""

from collections import deque
from queue import Empty, Full
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")

_FIRST_IN_A_ROW = 8
"""After so many items of sources that come first, one of the others is taken: a back-fill of blocks
takes hours."""


class Inbox(Generic[Item]):
    """A bounded queue with two lanes, for many threads.

    Parameters
    ----------
    size : int
        Most items that wait in each lane.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._first: deque[Item] = deque()
        self._others: deque[Item] = deque()
        self._in_a_row = 0
        self._changed = Condition()

    def put(self, item: Item, *, first: bool, timeout_s: float) -> None:
        """Add an item at the end of its lane.

        Parameters
        ----------
        item : object
            What is brought.
        first : bool
            Whether it is taken before what waits in the other lane.
        timeout_s : float
            Longest wait for room, seconds.

        Raises
        ------
        queue.Full
            When there was no room in time.
        """
        lane = self._first if first else self._others
        with self._changed:
            if not self._changed.wait_for(lambda: len(lane) < self._size, timeout_s):
                raise Full
            lane.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float) -> Item:
        """Take the next item.

        Parameters
        ----------
        timeout_s : float
            Longest wait, seconds.

        Raises
        ------
        queue.Empty
            When nothing came in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._first or self._others, timeout_s):
                raise Empty
            turn = self._others and self._in_a_row >= _FIRST_IN_A_ROW
            if self._first and not turn:
                self._in_a_row += 1
                item = self._first.popleft()
            else:
                self._in_a_row = 0
                item = self._others.popleft()
            self._changed.notify_all()
            return item
