"""Speed of the outage detectors: a month of 5-minute readings, 250 countries, four signals."""

import time

import numpy as np

from hashquake.detect import seasonal, sliding_median
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC, Series

N_COUNTRIES = 250
N_BINS = 30 * 288


def main() -> None:
    rng = np.random.default_rng(1)
    series = [
        Series(
            subject="country:KZ",
            signal=signal,
            start_s=0.0,
            step_s=300.0,
            values=1000.0 * (1.0 + 0.001 * rng.standard_normal(N_BINS)),
        )
        for signal in (BGP, PROBING, TELESCOPE, TRAFFIC)
        for _ in range(N_COUNTRIES)
    ]
    for name, judge in (("sliding_median", sliding_median.judge), ("seasonal", seasonal.judge)):
        judge(series[0])  # compiles
        began_s = time.process_time()
        for each in series:
            judge(each)
        took_s = time.process_time() - began_s
        print(f"{name}: {len(series)} series of {N_BINS} bins in {took_s:.1f} s of one core")


if __name__ == "__main__":
    main()
