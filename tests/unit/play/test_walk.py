"""One agent of the evaluation's environment, steered, pushed, on ice, for one motion."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from video2reward.play.walk import LIES_S, LiveWalk, Walker
from video2reward.policy.network import load_policy
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.sim.locomotion import LocomotionEnv, make_env
from video2reward.sim.mujoco_physics import MujocoPhysics
from video2reward.sim.other_physics import PhysicsChange, changed

ROBOT = Path(__file__).resolve().parents[3] / "resources" / "robots" / "anymal_c"
BASE = load_policy(ROBOT / "base.pth")


def walker_of(reference, task=None, act=BASE, single=False):
    """ANYmal under its base policy."""
    robot, task = load_robot(ROBOT / "robot.yaml"), task or Task()

    def make(friction):
        physics = changed(MujocoPhysics, PhysicsChange(friction=friction))
        env = LocomotionEnv(physics, robot, ROBOT / robot.mjcf, task, reference, None, 1, 0)
        env.auto_reset = False
        return env

    return Walker(make, act, robot.base, single, [0, 0, 0], [1, 0, 0], [0.8, 0.0, 0.0], True, None)


@pytest.fixture
def walk(made_reference):
    made = LiveWalk(walker_of(made_reference))
    yield made
    made.close()


def go(walk, seconds):
    return [walk.step() for _ in range(round(seconds / walk.dt))]


def test_it_walks_as_the_evaluations_environment_does(walk, made_reference):
    env = make_env(
        "mujoco", load_robot(ROBOT / "robot.yaml"), ROBOT / "anymal_c.xml", Task(), made_reference, None, 1, 0
    )
    env.set_commands(torch.tensor([[0.8, 0.0, 0.0]]))
    observation = env.reset()
    for _ in range(50):
        observation = env.step(BASE(observation)).observation
        assert walk.step().qpos == pytest.approx(env.qpos()[0].numpy(), abs=1e-12)
    env.close()


def test_the_command_sets_the_speed(walk):
    go(walk, 2)
    fast = go(walk, 1)[-1].velocity[0]
    walk.command(0.2, 0.0, 0.0)
    go(walk, 2)
    slow = go(walk, 1)[-1].velocity[0]
    assert fast == pytest.approx(0.8, abs=0.15) and slow == pytest.approx(0.2, abs=0.15)


def test_a_push_moves_the_base_as_the_robot_sees_it(walk):
    before = go(walk, 1)[-1]
    walk.push(0.0, 1.0)
    after = walk.step()
    yaw = math.atan2(*(2 * (before.qpos[3] * before.qpos[6] + before.qpos[4] * before.qpos[5]),
                       1 - 2 * (before.qpos[5] ** 2 + before.qpos[6] ** 2)))  # fmt: skip
    moved = (after.qpos[:2] - before.qpos[:2]) / walk.dt
    assert moved @ [-math.sin(yaw), math.cos(yaw)] == pytest.approx(1.0, abs=0.4)


def test_ice_changes_the_walk_and_not_the_moment(walk):
    before = go(walk, 1)[-1]
    walk.ground(0.05)
    after = walk.step()
    assert np.abs(after.qpos - before.qpos).max() < 0.2 and after.phase > before.phase
    go(walk, 2)
    assert go(walk, 1)[-1].velocity[0] < 0.5 or walk.falls


def test_the_clock_runs_in_the_references_period(walk, made_reference):
    first, last = walk.step(), go(walk, 2)[-1]
    assert last.phase - first.phase == pytest.approx(2 / made_reference.period_s, abs=1e-3)


def test_who_falls_lies_a_while_and_starts_anew(made_reference):
    walk = LiveWalk(walker_of(made_reference, act=lambda seen: torch.ones(1, 12)))
    moments = go(walk, 4)
    down = [one.down for one in moments]
    first = down.index(True)
    lies = down[first:].index(False)
    assert lies == pytest.approx(LIES_S / walk.dt, abs=1) and moments[first].falls == 1
    assert moments[first + lies].qpos[2] > 0.4 and np.hypot(*moments[first + lies].qpos[:2]) < 0.1
    walk.close()


def test_a_single_motion_is_begun_anew_when_it_is_done(jump_reference):
    own = walker_of(jump_reference, Task(name="single"), lambda seen: torch.zeros(1, 12), single=True)
    walk = LiveWalk(own)
    phases = [one.phase for one in go(walk, 2.5 * jump_reference.period_s)]
    assert max(phases) < 2 and any(b < a for a, b in pairwise(phases))
    endless = LiveWalk(replace(own, single=False))
    assert max(one.phase for one in go(endless, 2.5 * jump_reference.period_s)) > 2
    walk.close(), endless.close()
