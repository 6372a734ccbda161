"""How many functions a block, a reading and a setting pass through, and in how many forms.

Run with ``python bench/count_flows.py``. A function counts once, however often it is called.
Counted are all functions of this package that run; those among them that carry the datum, which
take or return a value of this package (a dataclass or a named tuple, alone or in a sequence); and
the classes of these values, the forms.
"""

import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from inspect import CO_VARARGS
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NamedTuple

import hashquake as hq
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.opinion_documents import outage_json, quake_json
from hashquake.serve.simulation.document import simulation_document

ROOT = str(Path(hq.__file__).parent)
N_BLOCKS = 3_000


class Flow(NamedTuple):
    """What ran on the way of a datum.

    Parameters
    ----------
    functions, carriers : set of str
        All functions, and those that take or return a value of this package.
    forms : set of str
        Names of the classes of these values.
    """

    functions: set[str]
    carriers: set[str]
    forms: set[str]


def _forms_of(value: Any) -> set[str]:
    """Return the class of a value of this package, or those of a sequence of such values."""
    kind = type(value)
    if kind.__module__.startswith("hashquake.") and (
        is_dataclass(value) or hasattr(kind, "_fields")
    ):
        return {kind.__qualname__}
    several = isinstance(value, list | tuple) and not hasattr(kind, "_fields")
    return {name for one in value[:50] for name in _forms_of(one)} if several else set()


def counted(run: Callable[[], Any]) -> Flow:
    """Run something, and note the functions of this package it called and what they handed on."""
    flow = Flow(set(), set(), set())

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if not code.co_filename.startswith(ROOT) or code.co_name.startswith("<"):
            return
        name = f"{code.co_filename[len(ROOT) + 1 :]}:{code.co_qualname}"
        found: set[str] = set()
        if event == "call":
            flow.functions.add(name)
            n = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & CO_VARARGS)
            for given in code.co_varnames[:n]:
                if given not in ("self", "cls"):
                    found |= _forms_of(frame.f_locals.get(given))
        elif event == "return":
            found = _forms_of(argument)
        if found:
            flow.carriers.add(name)
            flow.forms.update(found)

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return flow


def block_to_list(observatory: Observatory) -> Callable[[], Any]:
    """Feed one block, and list the quakes as JSON."""
    block = bundled_blocks().take(slice(N_BLOCKS, N_BLOCKS + 1))

    def run() -> Any:
        observatory.feed(Batch(blocks=block), source="node")
        return [quake_json(one) for one in observatory.quakes()]

    return run


def reading_to_list(observatory: Observatory) -> Callable[[], Any]:
    """Feed one reading that opens an outage, and list the outages as JSON."""

    def reading(at: int, value: float) -> Reading:
        return Reading(
            subject="country:KZ",
            quantity="connectivity_share",
            window=Window(start_s=at * 3600.0, end_s=(at + 1) * 3600.0),
            value=value,
            normal=1.0,
            source="probe",
        )

    usual = tuple(reading(at, 1.0) for at in range(450_000, 450_024))
    observatory.feed(Batch(readings=usual), source="probe")

    def run() -> Any:
        observatory.feed(Batch(readings=(reading(450_024, 0.02),)), source="probe")
        return [outage_json(one) for one in observatory.outages()]

    return run


def setting_to_json() -> Any:
    """Simulate a scenario with a share set, and turn it into JSON."""
    made = hq.simulate("kazakhstan-2022", settings={"country:KZ.share": "0.2"}, paths=64)
    return simulation_document(made)


def main() -> None:
    """Print the counts."""
    with TemporaryDirectory() as folder:
        with open_observatory(f"{folder}/r.db", create=True) as observatory:
            observatory.feed(Batch(blocks=bundled_blocks().take(slice(0, N_BLOCKS))), source="node")
            flows = {
                "block -> list of quakes": counted(block_to_list(observatory)),
                "reading -> list of outages": counted(reading_to_list(observatory)),
            }
        flows["setting -> JSON"] = counted(setting_to_json)
    for name, flow in flows.items():
        print(
            f"{name}: {len(flow.functions)} functions, {len(flow.carriers)} of them carry values, "
            f"{len(flow.forms)} forms"
        )
        if "-v" in sys.argv:
            marked = (("* " if one in flow.carriers else "  ") + one for one in flow.functions)
            print("\n".join(sorted(marked, key=lambda line: line[2:])))
            print("  forms: " + ", ".join(sorted(flow.forms)))


if __name__ == "__main__":
    main()
