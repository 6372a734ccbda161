"""``hq.simulate(...)``: the room of simulations is also the question asked of it."""

from importlib import import_module
from types import ModuleType
from typing import Any


class CallableRoom(ModuleType):
    """A package that may be called.

    The public function and its room share a name, and importing anything of the room makes the
    name mean the room. So the room passes the call on.
    """

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Simulate what would follow; see `hashquake.observatory.simulating.run_scenario`."""
        home = import_module("hashquake.observatory.simulating")
        return home.run_scenario(*arguments, **options)
