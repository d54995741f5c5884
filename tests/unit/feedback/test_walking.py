from dataclasses import replace

import numpy as np
import pytest

from video2reward.feedback.walking import walk, walk_text

STEPS = np.arange(600) * 0.02


@pytest.fixture
def going(sine_gait, sine_rollout):
    rollout = sine_rollout(sine_gait(STEPS / 0.765)[None].repeat(2, axis=0))
    commands = np.tile([1.2, 0.0, 0.0], (2, 1))
    velocity = np.zeros((2, 600, 3))
    velocity[0] = np.stack(
        [1.0 + 0.3 * np.sin(2 * np.pi * STEPS / 0.5), 0 * STEPS - 0.1, 0 * STEPS + 0.05], -1
    )
    return replace(rollout, commands=commands, velocity=velocity, fell_at=np.array([600, 40]))


def test_only_who_stays_up_counts_and_sway_averages_out(going):
    found = walk(going, 0.5)
    assert found.velocity == pytest.approx((1.0, -0.1, 0.05), abs=0.01)
    assert found.command == pytest.approx((1.2, 0, 0))
    # Squared errors: 0.2^2 + 0.1^2 steady, 0.3^2 / 2 sway.
    assert found.sway == pytest.approx(0.045 / 0.095, abs=0.02)
    text = walk_text(found)
    assert "1.00 m/s ahead where 1.20 m/s are commanded, drifts 0.10 m/s to its right" in text
    assert "turns 0.05 rad/s to its left" in text and "47 %" in text


def test_who_goes_straight_neither_drifts_nor_turns(going):
    straight = replace(going, velocity=going.velocity * [1.0, 0.0, 0.0])
    text = walk_text(walk(straight, 0.5))
    assert "drifts" not in text and "turns" not in text


def test_nobody_upright_says_nothing(going):
    assert walk_text(walk(replace(going, fell_at=np.array([5, 40])), 0.5)) == ""
