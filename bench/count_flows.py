"""How many functions a block, a reading and a setting pass through, and in how many forms.

Run with ``python bench/count_flows.py``. A function counts once, however often it is called; forms
are the classes of this package whose values are handed from one function to another.
"""

import sys
from collections.abc import Callable
from inspect import CO_VARARGS
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

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


def counted(run: Callable[[], Any]) -> tuple[set[str], set[str]]:
    """Run something; return the functions of this package it called, and the forms handed on."""
    functions: set[str] = set()
    forms: set[str] = set()

    def note(value: Any) -> None:
        if type(value).__module__.startswith("hashquake."):
            forms.add(type(value).__qualname__)

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if not code.co_filename.startswith(ROOT) or code.co_name.startswith("<"):
            return
        if event == "call":
            functions.add(f"{code.co_filename[len(ROOT) + 1 :]}:{code.co_qualname}")
            n = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & CO_VARARGS)
            for name in code.co_varnames[:n]:
                if name not in ("self", "cls"):
                    note(frame.f_locals.get(name))
        elif event == "return":
            note(argument)

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return functions, forms


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
    for name, (functions, forms) in flows.items():
        print(f"{name}: {len(functions)} functions, {len(forms)} forms")
        if "-v" in sys.argv:
            print("  " + "\n  ".join(sorted(functions)))
            print("  forms: " + ", ".join(sorted(forms)))


if __name__ == "__main__":
    main()
