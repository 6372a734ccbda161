"""Fusing on as bins come gives what fusing everything gives, whatever comes."""

from dataclasses import replace

import numpy as np
import pytest
from tests.made_signals import judged, made

from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.detect import settled_fusion
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, WARNING, AnomalyFlags
from hashquake.detect.fusion import FusedGroup, fuse, fused_groups
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC
from hashquake.detect.settled_fusion import fuse_on

WHOLE = Window(start_s=parse_time("2022-01-01"), end_s=parse_time("2022-04-10"))
SIGNALS = ((PROBING, 600.0), (BGP, 300.0), (TELESCOPE, 300.0), (TRAFFIC, 1800.0))


def random_flags(signal: str, step_s: float, rng: np.random.Generator) -> AnomalyFlags:
    """Return flags with outages, shallow months, silences and flicker of any length."""
    n = round(WHOLE.duration_s / step_s)
    level, ratio = np.full(n, NORMAL, np.int8), 1.0 + 0.01 * rng.standard_normal(n)
    for _ in range(rng.integers(0, 6)):
        first = int(rng.integers(n))
        past = first + int(10.0 ** rng.uniform(3.0, 6.3) / step_s) + 1
        kind = rng.choice(["dark", "shallow", "silent", "flicker", "no level", "sinking"])
        part = slice(first, past)
        size = len(level[part])
        if kind == "sinking":
            # Slightly or clearly low for days, then dark: what comes decides of what was.
            level[part], ratio[part] = WARNING, rng.choice([0.78, 0.93])
            ratio[past - size // 8 : past] = 0.1
            continue
        if kind == "silent":
            level[part], ratio[part] = UNSEEN, np.nan
            continue
        low = rng.random(size) < (0.5 if kind == "flicker" else 0.98)
        depth = {"dark": 0.9, "shallow": 0.24, "flicker": 0.5, "no level": np.nan}[kind]
        level[part] = np.where(low, rng.choice([WARNING, CRITICAL]), level[part])
        ratio[part] = np.where(low, 1.0 - depth, ratio[part])
    return AnomalyFlags(
        subject="country:KZ", signal=signal, start_s=WHOLE.start_s + step_s * rng.integers(50),
        step_s=step_s, lag_s=0.0, ratio=ratio, level=level, made_by="test/1",
        source=signal, quantity=signal,
    )  # fmt: skip


def up_to(flags: AnomalyFlags, at_s: float) -> AnomalyFlags:
    """Return the flags of the bins that ended by an instant."""
    n = max(1, int((at_s - flags.start_s) // flags.step_s))
    return replace(flags, ratio=flags.ratio[:n], level=flags.level[:n])


@pytest.mark.parametrize("seed", range(40))
def test_fusing_on_is_fusing_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = [random_flags(*one, rng) for one in SIGNALS]
    lags_s = rng.choice([0.0, 5400.0, 2 * DAY_S], len(whole))
    settled = None
    for at_s in np.sort(rng.uniform(WHOLE.start_s + DAY_S, WHOLE.end_s, 40)):
        signals = [up_to(one, at_s - lag_s) for one, lag_s in zip(whole, lags_s, strict=True)]
        found, settled = fuse_on(settled, signals)
        assert found == fuse(signals)


def test_what_is_settled_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    dark = (Window(start_s=WHOLE.start_s + 20 * DAY_S, end_s=WHOLE.start_s + 20 * DAY_S + HOUR_S),)
    signals = [judged(made(PROBING, WHOLE, dark=dark)), judged(made(BGP, WHOLE))]
    found, settled = fuse_on(None, signals)
    assert settled is not None
    assert settled.fused == found
    assert settled.until_s >= WHOLE.end_s - 7.0 * DAY_S
    read: list[int] = []

    def noted(part: list[AnomalyFlags]) -> tuple[FusedGroup, ...]:
        read.extend(len(one) for one in part)
        return fused_groups(part)

    monkeypatch.setattr(settled_fusion, "fused_groups", noted)
    assert fuse_on(settled, signals)[0] == found
    assert max(read) <= 25.0 * DAY_S / 300.0


def test_other_signals_are_fused_from_their_beginning() -> None:
    probing, routes = judged(made(PROBING, WHOLE)), judged(made(BGP, WHOLE))
    _, settled = fuse_on(None, [probing])
    found, _ = fuse_on(settled, [probing, routes])
    assert found == fuse([probing, routes])
