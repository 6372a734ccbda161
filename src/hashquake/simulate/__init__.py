"""The forward model: what blocks do when hash rate does this or that."""

import sys

from hashquake.callable_room import CallableRoom

sys.modules[__name__].__class__ = CallableRoom
