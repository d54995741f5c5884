"""The imitation baseline's reward: what it pays for."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from video2reward.reward.compile import compile_reward

REWARD = Path(__file__).resolve().parents[3] / "resources" / "rewards" / "tracking.py"
PHASES = 64


@pytest.fixture(scope="module")
def pay(made_reference):
    """Mean total of one stride in which the keypoints are the reference's after a change, all else perfect."""
    reward = compile_reward(REWARD)
    cycle = torch.tensor(made_reference.cycle, dtype=torch.float32)
    rate = (cycle.roll(-1, 0) - cycle.roll(1, 0)) * PHASES / (2 * made_reference.period_s)
    still = torch.zeros(PHASES, 3)

    def of(change=lambda motion: motion, velocity=0.0, tilt=0.0, action=0.0):
        signals = {
            "base_lin_vel": still + velocity, "base_ang_vel": still, "commands": still,
            "projected_gravity": torch.tensor([tilt, 0.0, -1.0]).repeat(PHASES, 1),
            "keypoints": change(cycle), "keypoint_velocities": change(rate),
            "reference_keypoints": cycle, "reference_velocities": rate,
            "actions": torch.full((PHASES, 12), action), "last_actions": torch.zeros(PHASES, 12),
            "torques": torch.zeros(PHASES, 12), "dt": 0.02,
        }  # fmt: skip
        total, terms = reward(signals)
        assert total.shape == (PHASES,) and all(term.shape == (PHASES,) for term in terms.values())
        return float(total.mean())

    return of


def test_the_reference_itself_pays_most(pay, made_reference):
    names = made_reference.keypoint_names
    swapped = [names.index(n.replace("L_", "X_").replace("R_", "L_").replace("X_", "R_")) for n in names]
    others = {
        "late": pay(lambda motion: motion.roll(8, 0)),
        "half the amplitude": pay(lambda motion: motion.mean(0) + 0.5 * (motion - motion.mean(0))),
        "still": pay(lambda motion: motion.mean(0).expand_as(motion)),
        "sides swapped": pay(lambda motion: motion[:, swapped]),
        "reversed": pay(lambda motion: motion.flip(0)),
        "off the commanded speed": pay(velocity=0.5),
        "tilted": pay(tilt=0.3),
        "jerky": pay(action=1.0),
    }
    assert pay() == pytest.approx((4.0 + 2.0 + 1.5 + 0.5 + 0.2) * 0.02)
    assert max(others.values()) < 0.99 * pay(), others


def test_it_has_a_slope_all_the_way_from_standing(pay):
    def grown(part):
        return pay(lambda motion: motion.mean(0) + part * (motion - motion.mean(0)))

    paid = [grown(part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(later > 1.01 * earlier for earlier, later in pairwise(paid)), paid
