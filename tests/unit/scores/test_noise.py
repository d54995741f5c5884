import numpy as np
import pytest

from video2reward.artifacts.selection import SeedNoise
from video2reward.scores.noise import difference_sd, sureness, tied


def test_what_is_nearer_than_two_trainings_of_one_reward_is_tied():
    noise = SeedNoise(0.01, 10)
    assert difference_sd(noise) == pytest.approx(0.01414, abs=1e-5)
    assert tied(noise, 0.05, 0.064) and tied(noise, 0.064, 0.05) and not tied(noise, 0.05, 0.0645)
    assert not tied(None, 0.05, 0.05) and not tied(noise, None, 0.05)


def test_sureness_is_how_often_the_order_holds_when_it_is_all_there_is_to_go_by():
    """Against draws: true difference unknown beforehand, one training each, noise known."""
    rng = np.random.default_rng(0)
    noise = SeedNoise(0.01, 100_000)
    assert sureness(noise, 0.05, 0.05) == 0.5 and sureness(noise, 0.0, 0.1) > 0.999
    truth = rng.uniform(-0.2, 0.2, 2_000_000)  # flat: no opinion
    seen = truth + rng.normal(0, difference_sd(noise), truth.shape)
    near = np.abs(seen - 0.012) < 0.001
    assert sureness(noise, 0.062, 0.05) == pytest.approx((truth[near] > 0).mean(), abs=0.02)


def test_a_noise_known_from_few_seeds_is_less_sure():
    assert sureness(SeedNoise(0.01, 2), 0.05, 0.08) < sureness(SeedNoise(0.01, 20), 0.05, 0.08)
