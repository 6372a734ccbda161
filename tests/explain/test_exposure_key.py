"""The key of an estimate of exposures: equal for equal inputs, different for any other."""

from dataclasses import replace

import numpy as np
from tests.made_outages import make_outage

from hashquake.core.interval import Interval
from hashquake.explain._exposure_draws import HyperPrior
from hashquake.explain.exposure_key import exposure_key
from hashquake.explain.pool_exposure import Episode, ExposurePrior, count_episode, share_around


def _episode() -> Episode:
    made = make_outage(np.random.default_rng(3), shares=(0.5, 0.3, 0.2))
    return count_episode(made.blocks, (made.intensity,), made.coverage)


def test_the_same_question_has_the_same_key() -> None:
    first, again = (
        exposure_key([_episode()], map_shares={"made": share_around(0.2)}, seed=1) for _ in range(2)
    )
    assert first == again
    assert len(first) == 64


def test_whatever_the_estimate_rests_on_changes_the_key() -> None:
    episode = _episode()
    event = episode.intensities[0].event
    counted = episode.n_blocks.copy()
    counted[0, 0] += 1
    shares = {event: share_around(0.2)}
    keys = [
        exposure_key([episode], map_shares=shares, seed=1),
        exposure_key([replace(episode, n_blocks=counted)], map_shares=shares, seed=1),
        exposure_key([episode], map_shares={event: share_around(0.21)}, seed=1),
        exposure_key([episode], map_shares={}, seed=1),
        exposure_key([episode], map_shares=shares, seed=2),
        exposure_key([episode], map_shares=shares, seed=1, draws=10),
        exposure_key([episode, episode], map_shares=shares, seed=1),
        exposure_key(
            [episode],
            map_shares=shares,
            seed=1,
            prior=ExposurePrior(common=HyperPrior(concentration=7.0)),
        ),
    ]
    assert len(set(keys)) == len(keys)


def test_a_share_of_another_place_changes_nothing() -> None:
    episode = _episode()
    other = {"elsewhere": Interval(median=0.1, low=0.05, high=0.2, level=0.9)}
    assert exposure_key([episode], map_shares=other, seed=1) == exposure_key(
        [episode], map_shares={}, seed=1
    )


def test_the_last_digits_of_a_number_do_not_change_the_key() -> None:
    episode = _episode()
    shares = {episode.intensities[0].event: share_around(0.2)}
    key = exposure_key([episode], map_shares=shares, seed=1)
    for factor, same in ((1.0 + 4e-16, True), (1.0 + 1e-9, False)):
        near = replace(
            episode,
            exposure=episode.exposure * factor,
            log_unit_hps=episode.log_unit_hps * factor,
        )
        assert (exposure_key([near], map_shares=shares, seed=1) == key) == same
