from dataclasses import replace

import numpy as np
import pytest
import torch

from video2reward.feedback.falls import UNSTABLE, Fall, Falls, falls_text, find_falls, lean
from video2reward.robots.description import load_robot
from video2reward.rollout.record import roll_out
from video2reward.settings.task import Task
from video2reward.sim.locomotion import make_env


def turned(axis, degrees):
    half = np.radians(degrees) / 2
    return np.array([np.cos(half), *(np.sin(half) * np.array(axis))])


@pytest.fixture(scope="module")
def robot(robot_folder):
    return load_robot(robot_folder / "robot.yaml")


@pytest.fixture(scope="module")
def pushed(robot, robot_folder, made_reference):
    """Agents that are thrown about until many fall; the last one is left in peace."""
    env = make_env("mujoco", robot, robot_folder / robot.mjcf, Task(), made_reference, None, 12, seed=0)
    generator = torch.Generator().manual_seed(0)
    spin = 12 * (torch.rand(11, 3, generator=generator) - 0.5).numpy()

    def push(observation):
        env.physics.qvel.numpy()[:11, 3:6] = spin
        return torch.zeros(12, 12)

    yield roll_out(env, push, 1.0, robot.name, made_reference.keypoint_names)
    env.close()


@pytest.mark.parametrize(
    ("axis", "degrees", "expected"),
    [
        ((0, 1, 0), 60, "nose down"),
        ((0, 1, 0), -60, "nose up"),
        ((1, 0, 0), 60, "to its right"),
        ((1, 0, 0), -60, "to its left"),
        ((1, 0, 0), 10, "upright"),
        ((0, 0, 1), 120, "upright"),
    ],
)
def test_how_a_trunk_leans(axis, degrees, expected):
    assert lean(turned(axis, degrees)) == expected


def test_who_falls_has_a_body_that_touched(pushed, robot, robot_folder):
    found = find_falls(pushed, robot, robot_folder / robot.mjcf)
    assert pushed.fell.sum() >= 5 and not pushed.fell[-1]
    assert len(found.falls) == pushed.fell.sum() and found.agents == 12
    assert {fall.body for fall in found.falls} <= set(robot.terminate_on_contact)
    times = (pushed.fell_at[pushed.fell] + 1) * pushed.dt
    assert [fall.seconds for fall in found.falls] == pytest.approx(times.tolist())


@pytest.mark.parametrize(("roll", "body", "side"), [(100, "RF_THIGH", "right"), (-100, "LF_THIGH", "left")])
def test_the_deepest_body_is_named(pushed, robot, robot_folder, roll, body, side):
    state = pushed.qpos[-1, -1].astype(float)
    state[2], state[3:7] = 0.22, turned((1, 0, 0), roll)
    lying = replace(
        pushed, qpos=np.tile(state, (1, 5, 1)), fell_at=np.array([2]),
        **{name: getattr(pushed, name)[:1] for name in ("keypoints", "heading", "commands", "velocity")},
    )  # fmt: skip
    (fall,) = find_falls(lying, robot, robot_folder / robot.mjcf).falls
    assert fall.body in (body, body.replace("F_", "H_")) and fall.lean == f"to its {side}"


def test_an_agent_far_from_the_ground_was_unstable(pushed, robot, robot_folder):
    qpos = pushed.qpos.copy()
    qpos[..., 2] += 2.0
    found = find_falls(replace(pushed, qpos=qpos), robot, robot_folder / robot.mjcf)
    assert {(fall.body, fall.lean) for fall in found.falls} == {(UNSTABLE, UNSTABLE)}


def test_nobody_fell(pushed, robot, robot_folder):
    steps = pushed.qpos.shape[1]
    found = find_falls(
        replace(pushed, fell_at=np.full(12, steps)), robot, robot_folder / "needs no model.xml"
    )
    assert found == Falls((), 12, pytest.approx(1.0))
    assert falls_text(found, {}) == (
        "Falls: none of 12 agents in 1 s at the video's speed; all went on until time ran out."
    )


def test_causes_are_counted_the_commonest_first():
    falls = (
        Fall(0.5, "base", "nose down"), Fall(1.0, "LF_THIGH", "upright"), Fall(3.0, "LF_THIGH", "to its left"),
        Fall(2.0, UNSTABLE, UNSTABLE),
    )  # fmt: skip
    text = falls_text(Falls(falls, 64, 20.0), {"terminated_fraction": np.linspace(2.0, 0.0, 21)})
    assert (
        "4 of 64 agents in 20 s at the video's speed, 0.5 to 3.0 s after the start, half of them before 1.5 s"
        in text
    )
    assert (
        "60 went on until time ran out. What ended them: LF_THIGH touched the ground 2 times (trunk to its left 1, "
        "upright 1); base touched the ground once (trunk nose down 1); the simulation became unstable once."
    ) in text
    assert text.endswith("Falls per agent and update of the training: 1.95 at first, 0.05 at the end.")
