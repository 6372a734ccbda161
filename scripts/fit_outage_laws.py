"""Fit how outages last and recur to real ones, and print the bundled laws.

Usage: python scripts/fit_outage_laws.py > src/hashquake/forward/connectivity/outage_laws.toml

Durations rest on the cases to learn from (countries are parted, `judge.real_outages`); how often
each class happens, on all of them, the days of one exam period being one.
"""

from collections import Counter

from hashquake.core.times import HOUR_S
from hashquake.datasets.real_outages import RealOutage, load_real_outages
from hashquake.judge.real_outages import (
    RealCase,
    fit_durations,
    on_the_mark_share,
    real_cases,
    series_of_cases,
    split_cases,
)


def main() -> None:
    """Fit and print."""
    every = load_real_outages()
    cases = real_cases(every)
    learn, _ = split_cases(cases)
    windows = [one for case in learn for one in case.windows if one.duration_s is not None]
    ordered = [one for one in windows if one.cause in {"ordered", "exam"}]
    print("# Written by scripts/fit_outage_laws.py from real_outages.csv.")
    print("# Lengths are log-normal; shares of edges on the hour or half hour are over chance.")
    for name, lengths in (
        ("kill_switch", _whole_s(learn, "kill_switch")),
        ("night", [one.duration_s for one in _of(learn, "curfew") if one.duration_s]),
        ("cable", _whole_s(learn, "cable")),
        ("power", [*_whole_s(learn, "power"), *_storms_s(every)]),
    ):
        law = fit_durations(lengths)
        print(f"\n[{name}]")
        print(f"median_hours = {law.median_s / HOUR_S:.2f}")
        print(f"log_sd = {law.log_sd:.2f}")
        print(f"n = {law.n}")
    starts = [one.began_s for one in ordered]
    ends = [one.began_s + (one.duration_s or 0.0) for one in ordered]
    print("\n[order]")
    print(f"starts_on_the_mark_share = {on_the_mark_share(starts):.2f}")
    print(f"ends_on_the_mark_share = {on_the_mark_share(ends):.2f}")
    print("\n[cases]")
    for name, n in sorted(Counter(right for right, _ in series_of_cases(cases)).items()):
        print(f"{name} = {n}")


def _of(cases: tuple[RealCase, ...], right: str) -> list[RealOutage]:
    return [one for case in cases if case.right == right for one in case.windows]


def _storms_s(outages: tuple[RealOutage, ...]) -> list[float]:
    """Return how long every second outage by weather lasted: storms take the grid, for days."""
    lengths = [one.duration_s for one in outages if one.cause == "weather" and one.duration_s]
    return lengths[::2]


def _whole_s(cases: tuple[RealCase, ...], right: str) -> list[float]:
    return [case.features.duration_s for case in cases if case.right == right]


if __name__ == "__main__":
    main()
