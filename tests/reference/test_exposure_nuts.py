"""The exposure model against NumPyro's sampler, which takes none of its shortcuts.

The same model is written down again: every pool's log rate in every cell of time, blocks in lit and
dark cells alike, no Laplace, no segments. Limits must agree within three Monte Carlo standard
errors of the two samplers and a hundredth for what Laplace's approximation of the walks costs.
"""

import numpy as np
import pytest
from tests.made_outages import make_outage

from hashquake.explain._exposure_density import Data
from hashquake.explain._exposure_draws import HyperPrior
from hashquake.explain._exposure_episode import Episode
from hashquake.explain._exposure_paths import MOVES_LOG_PER_SQRT_DAY
from hashquake.explain.pool_exposure import ExposurePrior, _data, count_episode, fit_exposures

SHARES = (0.45, 0.35, 0.2)
DARK = np.array([0.05, 0.55, 0.25])
DRAWS = 3000
LEVELS = (0.05, 0.5, 0.95)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_limits_agree_with_a_sampler_that_takes_no_shortcut() -> None:
    pytest.importorskip("numpyro", reason="numpyro is not installed; it is in [oracles]")
    made = make_outage(np.random.default_rng(21), shares=SHARES, dark_shares=DARK, moves=0.02)
    episode = count_episode(made.blocks, (made.intensity,), made.coverage)
    shares = {made.intensity.event: made.map_share}
    data = _data(episode, shares, (), None, ExposurePrior())
    found = fit_exposures([episode], map_shares=shares, rng=np.random.default_rng(1), draws=DRAWS)
    theirs, effective = _nuts(episode, data)
    for at, row in enumerate(found.rows):
        ours = row.dark[0].dark_share
        for level, limit in zip(LEVELS, (ours.low, ours.median, ours.high), strict=True):
            error = _quantile_error(theirs[:, at], level, effective[at])
            error = np.hypot(error, _quantile_error(theirs[:, at], level, DRAWS / 2))
            told = float(np.quantile(theirs[:, at], level))
            print(row.pool, level, round(limit, 4), round(told, 4), round(error, 4))  # noqa: T201  figures for the theory page
            assert abs(limit - told) < 3.0 * error + 0.01


def _quantile_error(draws: np.ndarray, level: float, n: float) -> float:
    """Return the standard error of a quantile, its density read off the draws."""
    low, high = np.quantile(draws, [max(level - 0.02, 0.001), min(level + 0.02, 0.999)])
    density = 0.04 / max(high - low, 1e-9)
    return float(np.sqrt(level * (1.0 - level) / n) / density)


def _nuts(episode: Episode, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Draw the dark shares of the network and the pools; and how many draws they are worth."""
    import jax
    import numpyro
    from numpyro.diagnostics import effective_sample_size
    from numpyro.infer import MCMC, NUTS

    numpyro.enable_x64()
    mcmc = MCMC(
        NUTS(_model, target_accept_prob=0.9),
        num_warmup=600,
        num_samples=1000,
        num_chains=3,
        chain_method="sequential",
        progress_bar=False,
    )
    mcmc.run(jax.random.PRNGKey(0), episode, data)
    draws = {
        name: np.asarray(mcmc.get_samples(group_by_chain=True)[name])
        for name in ("dark", "network")
    }
    columns = np.concatenate([draws["network"][..., None], draws["dark"]], axis=-1)
    worth = np.array([float(effective_sample_size(columns[..., k])) for k in range(4)])
    return columns.reshape(-1, columns.shape[-1]), worth


def _model(episode: Episode, data: Data) -> None:
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    n_pools, n_cells = episode.n_blocks.shape
    middle_d = (episode.edges_s[1:] + episode.edges_s[:-1]) / 2.0 / 86_400.0
    gaps_d = np.diff(middle_d)
    prior = HyperPrior()
    against = np.eye(n_pools) - np.outer(np.ones(n_pools), episode.share_before)
    # The fit weighs three sizes of moves; here the size runs over the same range.
    log_moves = numpyro.sample(
        "log_moves",
        dist.Uniform(np.log(MOVES_LOG_PER_SQRT_DAY[0]), np.log(MOVES_LOG_PER_SQRT_DAY[2])),
    )
    root = jnp.linalg.cholesky(
        0.009**2 * jnp.ones((n_pools, n_pools))
        + jnp.exp(2.0 * log_moves) * jnp.asarray(against @ against.T)
    )
    first = numpyro.sample("first", dist.Normal(0.0, 2.0).expand([n_pools]).to_event(1))
    kicks = numpyro.sample("kicks", dist.Normal().expand([n_cells - 1, n_pools]).to_event(2))
    walk = jnp.cumsum((kicks @ root.T) * np.sqrt(gaps_d)[:, None], axis=0)
    level = jnp.concatenate([jnp.zeros((1, n_pools)), walk]) + first
    fresh = numpyro.sample("fresh", dist.Normal().expand([n_cells]).to_event(1))
    kept = np.exp(-gaps_d / 0.7)
    transient = [0.02 * fresh[0]]
    for at in range(1, n_cells):
        transient.append(
            kept[at - 1] * transient[-1] + 0.02 * np.sqrt(1.0 - kept[at - 1] ** 2) * fresh[at]
        )
    onset_d = episode.intensities[0].span.start_s / 86_400.0
    log_rate = (
        np.log(episode.share_before)
        + 0.001 * (middle_d - onset_d)[:, None]
        + level
        + jnp.stack(transient)[:, None]
    )
    concentration = numpyro.sample(
        "concentration", dist.LogNormal(np.log(prior.concentration), prior.concentration_log_sd)
    )
    place = numpyro.sample("place", dist.Normal(data.map_logit[0], data.map_sd[0]))
    complete = 1.0 / (1.0 + jnp.exp(-numpyro.sample("complete", dist.Normal(0.6, 1.5))))
    mean = 1.0 / (1.0 + jnp.exp(-place))
    exposed = numpyro.sample(
        "exposed",
        dist.Beta(concentration * mean, concentration * (1.0 - mean)).expand([n_pools]).to_event(1),
    )
    dark = numpyro.deterministic("dark", exposed * complete)
    gone = jnp.asarray(episode.segment >= 0)[:, None] * dark
    seen = np.asarray(episode.lit | (episode.segment >= 0))
    rate = jnp.exp(log_rate) * episode.exposure[:, None] * (1.0 - gone)
    with numpyro.handlers.mask(mask=seen[:, None]):
        numpyro.sample("blocks", dist.Poisson(rate), obs=episode.n_blocks.T.astype(np.int64))
    weight = jnp.mean(jnp.exp(log_rate)[np.asarray(episode.segment >= 0)], axis=0)
    numpyro.deterministic("network", jnp.sum(weight * dark) / jnp.sum(weight))
