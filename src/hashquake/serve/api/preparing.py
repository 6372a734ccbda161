"""The engine of the laboratory made ready before anybody asks: compiled once, kept on disk.

``python -m hashquake.serve.api.preparing`` runs a simulation of each kind with a handful of
futures, at the lowest priority; `hashquake serve` starts it. Where nothing can be kept on disk
there is nothing to prepare: each simulation compiles for itself.
"""

import asyncio
import os
import sys
from contextlib import suppress

import numpy as np

_LOWEST_PRIORITY = 19
_AFTER_S = 3.0
"""The first pages come first."""
_PATHS = 64
SCENARIOS = ("kazakhstan-2022", "halving")
"""One whose machines answer to the Internet alone, and one whose machines answer to money."""


async def prepare() -> None:
    """Run the preparation in a process of its own, which ends with the server."""
    await asyncio.sleep(_AFTER_S)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def main() -> None:
    """Compile at the lowest priority."""
    with suppress(OSError):
        os.nice(_LOWEST_PRIORITY)
    compile_engine()


def compile_engine() -> None:
    """Compile what simulations need, unless it is on disk already."""
    from hashquake.core.kernels import compiled_folder

    if compiled_folder() is None:
        return
    from hashquake.forward.propagation import stale_rates
    from hashquake.observatory import scenario_choice, simulating
    from hashquake.serve.simulation.document import simulation_document

    for name in SCENARIOS:
        scenario = scenario_choice.scenario_named(name)
        simulation_document(
            simulating.simulate(scenario, paths=_PATHS, seed=1, settings={}, keep_paths=_PATHS)
        )
    stale_rates(np.array([0.5, 0.5]), 1.0, np.random.default_rng(1), n_blocks=_PATHS)


if __name__ == "__main__":
    main()
