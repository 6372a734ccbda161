"""The compiled FOCuS against the library it stands for."""

import numpy as np
import pytest

from hashquake.judge.focus_peer import focus_update

pytestmark = pytest.mark.slow


def test_the_compiled_focus_is_the_librarys() -> None:
    library = pytest.importorskip("changepoint_online")
    rng = np.random.default_rng(9)
    theirs = library.Focus(library.Gamma(scale=1.0, shape=1), side="right")
    memory = np.zeros((3, 512))
    for value in rng.exponential(1.0, 20_000) * np.exp(0.05 * np.sin(np.arange(20_000) / 900)):
        ours = focus_update(memory, value)
        theirs.update(value)
        # The library keeps moments since which intervals were shorter; those count for a rise.
        longer = [piece for piece in theirs.qr.ps[:-1] if piece.argmax(theirs.cs) > 1.0]
        ratio = max((piece.get_max(theirs.cs) for piece in longer), default=0.0)
        assert ours == pytest.approx(ratio, abs=1e-6)
