"""The single task on the real robot: what its signals ask for, how episodes start, and what counts as success."""

from pathlib import Path

import numpy as np
import pytest
import torch

from video2reward.reward.compile import compile_reward
from video2reward.rollout.record import roll_out
from video2reward.sim.tasks.single import SingleTask
from video2reward.similarity.jumps import find_jumps

REWARDS = Path(__file__).resolve().parents[3] / "resources" / "rewards"


@pytest.fixture
def jumper(make_env, jump_reference):
    """Make an environment of the single task."""

    def make(training=False, reference=jump_reference, **given):
        env = make_env(name="single", reference=reference, **given)
        env.training_starts = training
        env.reset()
        return env

    return make


def test_what_is_asked_of_the_trunk_is_the_references_way(jumper, jump_reference):
    env = jumper(num_envs=64, training=True, reference_starts=1.0)
    now = env.signals()
    phase = torch.atan2(now["phase_sin"], now["phase_cos"]).numpy() / (2 * np.pi) % 1
    at = np.arange(64) / 64
    asked = np.interp(phase, at, jump_reference.trunk[:, 1]) * jump_reference.body_length_m
    assert (now["wanted_height"] - now["standing_height"]).numpy() == pytest.approx(asked, abs=0.006)
    off, down = jump_reference.flight
    assert (now["wanted_flight"].numpy() == ((phase >= off) & (phase < down))).all()
    # Height and speed belong together: the way's slope in time.
    high = jump_reference.trunk * jump_reference.body_length_m
    table = env._constants.single.at(torch.arange(64) / 64)
    slope = np.gradient(high[:, 1], jump_reference.period_s / 64)
    assert table[1:-1, 2].numpy() == pytest.approx(slope[1:-1], abs=1e-4)
    # Free fall: between take-off and landing the speed up falls by g every second.
    inside = (at > off + 0.03) & (at < down - 0.03)
    fall = np.polyfit(at[inside] * jump_reference.period_s, table[inside, 2].numpy(), 1)[0]
    assert fall == pytest.approx(-9.81, rel=0.2)


def test_the_trunk_is_measured_at_its_middle_and_stands_at_its_standing_height(jumper):
    env = jumper(num_envs=4)
    for _ in range(40):
        env.step(torch.zeros(4, env.num_actions))
    now = env.signals()
    assert now["trunk_height"].numpy() == pytest.approx(
        now["standing_height"], abs=0.06
    )  # the drives give way
    ends = env.keypoints_world()[:, :2]  # Neck and Root_of_tail
    assert now["trunk_height"].numpy() == pytest.approx(ends[..., 2].mean(1).numpy(), abs=1e-4)
    before = ends.mean(1)
    env.step(torch.ones(4, env.num_actions))
    moved = (env.keypoints_world()[:, :2].mean(1) - before)[:, 2] / env.dt
    assert env.signals()["trunk_velocity"][:, 1].numpy() == pytest.approx(moved.numpy(), abs=0.25)


def test_episodes_begin_in_the_rest_and_training_ones_in_the_jump_with_its_speed(jumper):
    env = jumper(num_envs=64)
    now = env.signals()
    phase = torch.atan2(now["phase_sin"], now["phase_cos"]) / (2 * torch.pi) % 1
    assert ((phase >= 0.7) & (phase <= 0.9)).all()
    now = jumper(num_envs=64, training=True, reference_starts=1.0).signals()
    flies = now["wanted_flight"] > 0.5
    assert flies.any() and not flies.all()
    torch.testing.assert_close(now["trunk_velocity"], now["wanted_velocity"], atol=0.3, rtol=0.1)
    torch.testing.assert_close(now["trunk_height"][flies], now["wanted_height"][flies], atol=0.02, rtol=0)
    assert (now["foot_heights"].amin(1)[flies] > -0.01).all()


@pytest.mark.parametrize(
    ("high", "far", "success"),
    [(1.0, 1.0, 1.0), (0.5, 1.0, 2.5 / 3), (1.0, 0.5, 2.5 / 3), (0.0, 0.0, 0.0), (1.3, 1.4, 1.0)],
)
def test_success_is_how_much_of_the_rise_the_distance_and_the_flight_is_reached(
    jump_rollout, jump_reference, high, far, success
):
    found = SingleTask.rollout_success(jump_rollout(high, far), jump_reference)
    assert found == pytest.approx([success] * 3, abs=0.04)


def test_a_motion_without_a_landing_counts_nothing(jump_rollout, jump_reference):
    whole = find_jumps(jump_rollout(), jump_reference)
    first, count = whole.first, whole.up.shape[1]
    fell_at = (first[0] + whole.steps // 2, first[1] + whole.steps + 5, 10**6)
    success = SingleTask.rollout_success(jump_rollout(fell_at=fell_at), jump_reference)
    assert success == pytest.approx([0.0, 1 / count, 1.0], abs=0.04)


def test_a_recorded_rollout_has_what_success_needs(jumper, jump_reference):
    env = jumper(num_envs=3)
    stand = roll_out(
        env, lambda o: torch.zeros(len(o), env.num_actions), 3.0, "robot", jump_reference.keypoint_names
    )
    assert stand.clearance.shape == stand.qpos.shape[:2] and stand.standing_height == env.standing_height
    assert SingleTask.rollout_success(stand, jump_reference) == pytest.approx([0.0] * 3, abs=0.05)


def test_per_step_success_is_earned_in_flight_and_is_one_over_a_period(jumper, jump_reference):
    env = jumper(num_envs=4)
    phase = (torch.arange(1000) + 0.5) / 1000
    table = env._constants.single.at(phase)
    signals = {
        "wanted_height": table[:, 0], "trunk_height": table[:, 0], "standing_height": env.standing_height,
        "wanted_velocity": table[:, 1:3], "trunk_velocity": table[:, 1:3], "wanted_flight": table[:, 3],
        "flight_share": env._constants.single.flight_share, "foot_heights": torch.full((1000, 4), 0.1),
    }  # fmt: skip
    assert float(env._task.success(signals).mean()) == pytest.approx(1.0, abs=0.02)
    still = signals | {
        "trunk_height": torch.full((1000,), env.standing_height),
        "foot_heights": torch.zeros(1000, 4),
    }
    still["trunk_velocity"] = torch.zeros(1000, 2)
    assert float(env._task.success(still).mean()) < 0.1


@pytest.mark.parametrize("name", ["human_single", "sparse_single"])
def test_rewards_like_a_jump_better_than_standing(jumper, jump_reference, name):
    reward = compile_reward(REWARDS / f"{name}.py")
    env = jumper(num_envs=64, training=True, reference_starts=1.0)
    now = env.signals()
    flies = now["wanted_flight"] > 0.5
    wanted = reward({n: now[n] for n in reward.needed})[0]
    standing = {
        "trunk_height": torch.full((64,), now["standing_height"]),
        "trunk_velocity": torch.zeros(64, 2),
    }
    standing |= {"foot_contacts": torch.ones(64, 4), "foot_heights": torch.zeros(64, 4)}
    rest = reward({n: (now | standing)[n] for n in reward.needed})[0]
    assert (wanted[flies] > rest[flies]).float().mean() > 0.9


def test_a_jump_is_alike_on_both_sides_and_its_mirror_keeps_the_clock(jumper):
    env = jumper(num_envs=2)
    mirror = env.mirror()
    assert mirror is not None
    seen = env.reset()
    twice = mirror.observation(mirror.observation(seen))
    torch.testing.assert_close(twice, seen)
    clock = [env.observation_names.index(f"phase.{part}") for part in ("sin", "cos")]
    torch.testing.assert_close(mirror.observation(seen)[:, clock], seen[:, clock])
