"""What every simulator must keep to, with every task and every way to drive a robot, whoever added it."""

import sys
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.conformance.presets import own_physics, own_task

from video2reward.errors import UserError
from video2reward.motion.retarget import neutral_reference
from video2reward.registry import SIMULATORS, TASKS, kind_of_task
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.robots.symmetry import symmetry
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.signals import SIGNALS
from video2reward.sim.control import CONTROLS
from video2reward.sim.locomotion import make_env
from video2reward.sim.robustness.table import OF_MODEL

ROOT = Path(__file__).parents[2]
ROBOTS = ROOT / "resources" / "robots"
FOLDERS = sorted(path.parent.name for path in ROBOTS.glob("*/robot.yaml"))
STEADY = ("ant",)
WITH_ALL = ("anymal_c", "humanoid")
AGENTS = 5
FEW = (("anymal_c", "velocity", "position"), ("ant", "velocity", "position"), ("humanoid", "run", "torque"))
"""What is tried where a simulator takes seconds to start."""


def _without_warp():
    return "" if find_spec("mujoco_warp") else "mujoco-warp is not installed"


# Why a simulator cannot run here, by its name: a call that says so, "" if it can. Who needs nothing has no entry.
NEEDS = {
    "mujoco_warp": lambda: "" if torch.cuda.is_available() else "no CUDA GPU",
    "mujoco_warp_cpu": _without_warp,
}


def worlds():
    """Four legs and two with each task and control that robot.yaml has figures for; other robots with their own task."""
    for folder, task, control in product(FOLDERS, TASKS.targets, CONTROLS):
        able = control != "torque" or load_robot(ROBOTS / folder / "robot.yaml").torque_control is not None
        if able and (folder in WITH_ALL or task == own_task(folder)):
            yield folder, task, control


def cases():
    """Every simulator in its worlds."""
    for name in SIMULATORS.targets:
        for world in worlds() if name == "mujoco" else FEW:
            marks = () if name == "mujoco" else pytest.mark.slow
            yield pytest.param((name, world), id="-".join((name, *world)), marks=marks)


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """What a simulator must be told, by its name: the example server; for Isaac Gym a Python with the stand-in."""
    python = tmp_path_factory.mktemp("isaacgym") / "python"
    paths = f"{ROOT / 'workflow_scripts'}:{ROOT / 'tests' / 'standins'}"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return {
        "server": {"server": ROOT / "resources" / "simulators" / "single.py"},
        "isaacgym": {"server_python": str(python)},
    }


@pytest.fixture(scope="session")
def references():
    """A standing reference a robot."""
    found = {}
    for folder in FOLDERS:
        robot = load_robot(ROBOTS / folder / "robot.yaml")
        name = next(iter(robot.skeletons))
        standing = standing_keypoints(ROBOTS / folder / robot.mjcf, robot, name)
        found[folder] = neutral_reference(robot, name, *standing)
    return found


@pytest.fixture(params=cases())
def make(request, settings, references):
    """Make environments of one robot, task and control."""
    simulator, (folder, name, control) = request.param
    if why := NEEDS.get(simulator, str)():
        pytest.skip(why)
    training = Training(simulator=simulator, **settings.get(simulator, {}))
    robot, made = load_robot(ROBOTS / folder / "robot.yaml"), []

    def call(seed=0, reward=None, agents=AGENTS, threads=1, **asked):
        task = Task(**{"name": name, "actions": control} | own_physics(folder) | asked)
        mjcf = ROBOTS / folder / robot.mjcf
        made.append(make_env(training, robot, mjcf, task, references[folder], reward, agents, seed, threads))
        return made[-1]

    call.robot, call.reference, call.task = robot, references[folder], name
    call.repeats = SIMULATORS.load(simulator).deterministic
    yield call
    for env in made:
        env.close()


def drawn(env, seed=0, steps=1):
    """Random actions (steps, N, D) in -1..1."""
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.rand(steps, env.num_envs, env.num_actions, generator=generator) - 1).to(env.device)


def run(env, actions):
    """What an environment gives under actions (T, N, D), step by step."""
    found = []
    for action in actions:
        result = env.step(action)
        found.append((result.observation, result.reward, result.terminated, result.truncated, result.success))
        found[-1] += (env.qpos(), env.keypoints_world())
    return [tuple(part.clone() for part in step) for step in found]


def same(a, b, rows=slice(None)):
    return all(
        torch.equal(x[rows], y[rows])
        for one, other in zip(a, b, strict=True)
        for x, y in zip(one, other, strict=True)
    )


def only_who_falls(make):
    if make.robot.name in STEADY:
        pytest.skip("stays up on its four wide legs, whatever it does with them")


def only_where_it_repeats(make):
    if not make.repeats:
        pytest.skip("the same actions need not give the same bits here")


def test_shapes_types_and_places(make):
    env = make()
    count = (AGENTS, env.num_observations)
    first = env.reset()
    assert first.shape == count and first.dtype == torch.float32 and first.device == torch.device(env.device)
    result = env.step(drawn(env)[0])
    assert result.observation.shape == count and result.observation.dtype == torch.float32
    for values, kind in (
        (result.reward, torch.float32),
        (result.success, torch.float32),
        (result.terminated, torch.bool),
        (result.truncated, torch.bool),
    ):
        assert (
            values.shape == (AGENTS,) and values.dtype == kind and values.device == torch.device(env.device)
        )
    assert not result.reward.any() and result.components == {}  # without a reward
    assert torch.isfinite(result.observation).all() and torch.isfinite(result.success).all()
    assert len(env.observation_names) == len(set(env.observation_names)) == env.num_observations
    assert env.num_actions == len(make.robot.joints) and env.num_envs == AGENTS
    assert env.dt == Task().control_dt and env.episode_steps == round(Task().episode_s / env.dt)
    assert env.action_meaning["action"] and set(env.action_meaning["units"]) <= {*env.action_meaning, "dt"}


def test_poses(make):
    env = make()
    run(env, drawn(env, steps=3))
    assert env.keypoints_world().shape == (AGENTS, len(make.reference.keypoint_names), 3)
    qpos = env.qpos()
    assert len(qpos) == AGENTS and qpos.shape[1] >= 7 + env.num_actions
    np.testing.assert_allclose(qpos[:, 3:7].norm(dim=1).cpu(), 1.0, atol=1e-5)
    np.testing.assert_allclose(qpos[:, 2].cpu(), env.signals(["base_height"])["base_height"].cpu(), atol=1e-5)


def test_the_catalogue_is_complete_and_finite(make):
    env = make()
    sizes = {
        "N": AGENTS,
        "D": env.num_actions,
        "F": len(make.robot.feet),
        "J": len(make.reference.keypoint_names),
    }
    run(env, drawn(env, steps=10))
    signals = env.signals()
    assert set(signals) == set(SIGNALS)
    for name, value in signals.items():
        if not SIGNALS[name].shape:
            assert isinstance(value, float) and np.isfinite(value), name
            continue
        assert value.shape == tuple(sizes.get(n) or int(n) for n in SIGNALS[name].shape), name
        assert value.dtype == torch.float32 and value.device == torch.device(env.device), name
        assert torch.isfinite(value).all(), name
    few = env.signals(["dt", "base_height"])
    assert set(few) == {"dt", "base_height"} and torch.equal(few["base_height"], signals["base_height"])
    assert signals["actions"].abs().max() <= 1 and signals["dt"] == env.dt


def test_signals_stay_as_they_were(make):
    """Who keeps a signal keeps that moment's: nothing is written into it later."""
    env = make(episode_s=0.1)
    kept = env.signals()
    before = {name: torch.as_tensor(value).clone() for name, value in kept.items()}
    run(env, drawn(env, steps=8))
    assert all(torch.equal(torch.as_tensor(kept[name]), value) for name, value in before.items())


def test_the_same_seed_is_the_same_to_the_last_bit(make):
    only_where_it_repeats(make)
    one, again, other, threaded = make(3), make(3), make(4), make(3, threads=2)
    actions = drawn(one, steps=12)
    found = run(one, actions)
    assert same(found, run(again, actions)) and same(found, run(threaded, actions))
    assert not same(found, run(other, actions))


def test_an_agent_goes_its_own_way(make):
    """What one is told changes nothing for the others."""
    only_where_it_repeats(make)
    one, other = make(), make()
    actions = drawn(one, steps=10)
    changed = actions.clone()
    changed[:, 2] = -actions[:, 2]
    found, different = run(one, actions), run(other, changed)
    rest = [0, 1, 3, 4]
    assert same(found, different, rest) and not same(found, different, [2])


def test_actions_are_clipped(make):
    only_where_it_repeats(make)
    one, other = make(), make()
    actions = 3 * drawn(one, steps=5)
    assert same(run(one, actions), run(other, actions.clamp(-1, 1)))


def test_commands_are_held(make):
    env = make(episode_s=0.1)
    wanted = torch.arange(3.0 * AGENTS, device=env.device).view(AGENTS, 3) / 20
    env.set_commands(wanted)
    run(env, drawn(env, steps=12))  # over two ends of episodes
    assert torch.equal(env.signals(["commands"])["commands"], wanted)
    env.reset()
    assert torch.equal(env.signals(["commands"])["commands"], wanted)


@pytest.mark.slow
def test_a_restored_environment_goes_on_as_if_nothing_was(make):
    only_where_it_repeats(make)
    one, other = make(1, episode_s=0.3), make(2, episode_s=0.3)
    one.spread_episodes()
    actions = drawn(one, steps=40)
    run(one, actions[:10])
    saved = one.state()
    kept = {name: value.clone() for name, value in saved.items()}
    found = run(one, actions[10:])  # with new episodes, whose starts and commands are drawn
    assert all(torch.equal(saved[name], value) for name, value in kept.items())
    other.restore(saved)
    assert same(found, run(other, actions[10:]))
    one.restore(kept)
    assert same(found, run(one, actions[10:]))
    with pytest.raises(ValueError, match="another environment"):
        make(agents=AGENTS + 1).restore(saved)


def test_held_commands_are_part_of_the_state(make):
    one, other = make(), make()
    one.set_commands(torch.full((AGENTS, 3), 0.25, device=one.device))
    other.restore(one.state())
    other.reset()
    assert (other.signals(["commands"])["commands"] == 0.25).all()


@pytest.mark.slow
def test_falls_and_ends_are_told_apart(make):
    """Who throws its legs about falls before its time is over; both begin anew, at rest."""
    only_who_falls(make)
    env = make(agents=32, episode_s=2.0)
    height = float(env.qpos()[0, 2])
    fell, ended = torch.zeros(32, dtype=torch.bool), torch.zeros(32, dtype=torch.bool)
    for action in drawn(env, steps=env.episode_steps):
        result = env.step(action.sign())
        assert not (result.terminated & result.truncated).any()
        new = (result.terminated | result.truncated).cpu()
        np.testing.assert_allclose(env.qpos()[new, 2].cpu(), height, atol=1e-5)
        assert not env.signals(["base_lin_vel"])["base_lin_vel"][new].any()
        fell, ended = fell | result.terminated.cpu(), ended | result.truncated.cpu()
    assert fell.any() and torch.equal(ended, ~fell)


@pytest.mark.slow
def test_without_resets_the_fallen_lie_where_they_are(make):
    only_who_falls(make)
    env = make(agents=32, episode_s=0.5)
    env.auto_reset = False
    for action in drawn(env, steps=80):
        result = env.step(action.sign())
    lying = result.terminated
    assert lying.any() and result.truncated[~lying].all()  # past their time, too
    assert (env.qpos()[lying, 2] < float(make().qpos()[0, 2])).all()


def test_the_reward_is_given_what_it_needs(make):
    asked = []

    def reward(signals):
        asked.append(set(signals))
        return 2 * signals["base_height"], {"height": signals["base_height"]}

    reward.needed = ("base_height", "dt")
    env = make(reward=reward)
    env.auto_reset = False
    result = env.step(drawn(env)[0])
    assert asked == [{"base_height", "dt"}]
    assert torch.equal(result.components["height"], env.signals(["base_height"])["base_height"])
    assert torch.equal(result.reward, 2 * result.components["height"])


@pytest.mark.slow
def test_trainings_may_start_in_motion(make):
    env = make(start_speed=1.0, agents=32)
    assert not env.signals(["base_lin_vel"])["base_lin_vel"].any()
    env.training_starts = True
    env.reset()
    speed = env.signals(["base_lin_vel"])["base_lin_vel"][:, 0]
    assert (speed >= 0).all() and speed.max() <= make.reference.speed + 1e-5 and speed.std() > 0.1


def mirrored_state(env, state, task):
    """A state with left and right exchanged and the clock of a gait half a stride on, and its qpos and qvel."""
    sides = symmetry(env.robot, env.model)
    qpos, qvel = env.physics.qpos.clone(), env.physics.qvel.clone()
    base = env.model.joint(env.model.body(env.robot.base).jntadr[0])
    place, rate = int(base.qposadr[0]), int(base.dofadr[0])
    qpos[:, place : place + 7] *= qpos.new_tensor([1, -1, 1, 1, -1, 1, -1])
    qvel[:, rate : rate + 6] *= qvel.new_tensor([1, -1, 1, -1, 1, -1])
    for values, columns in (
        (qpos, [int(env.model.joint(name).qposadr[0]) for name in env.robot.joints]),
        (qvel, [int(env.model.joint(name).dofadr[0]) for name in env.robot.joints]),
    ):
        values[:, columns] = values[:, columns][:, list(sides.joints)] * values.new_tensor(sides.signs)
    later = 0.5 if kind_of_task(task) == "cyclic" else 0.0
    phase = torch.remainder(state["phase"] + later, 1.0)
    commands = state["commands"] * state["commands"].new_tensor([1, -1, -1])
    return {**state, "phase": phase, "commands": commands}, qpos, qvel


def test_mirrored_agents_move_as_mirror_images(make):
    env, image = make(), make()
    mirror = env.mirror()
    state, qpos, qvel = mirrored_state(env, env.state(), make.task)
    image.restore(state)
    image.physics.write(torch.arange(AGENTS, device=image.device), qpos, qvel)
    for action in 0.3 * drawn(env, steps=5):
        seen = mirror.observation(env.step(action).observation)
        torch.testing.assert_close(image.step(mirror.actions(action)).observation, seen, atol=2e-3, rtol=1e-3)
    assert (
        float((seen - env.step(drawn(env)[0]).observation).abs().max()) > 0.05
    )  # the image differs from the original


def test_what_can_vary_differs_from_agent_to_agent(make):
    """Agents on ice and on rubber, heavy and light, strong and weak, each its own way; what cannot is said in a sentence."""
    env = make()
    if not env.physics.varies:
        with pytest.raises(
            UserError, match="this simulator has one robot model for all agents and cannot vary friction"
        ):
            env.disturb({"friction": (0.5, 0.5)})
        return
    assert env.physics.varies == set(OF_MODEL)
    same_start = {k: v for k, v in env.state().items()}
    plain = run(env, drawn(env, steps=6))
    env.disturb({"trunk_mass": (0.5, 1.5), "motor_strength": (0.7, 1.3), "friction": (0.2, 1.0)})
    env.reset()
    varied = env._disturbances
    env.restore({**env.state(), **same_start})
    heavy = run(env, drawn(env, steps=6))
    assert torch.equal(varied.drawn, env._disturbances.drawn) and varied.drawn.std(0).min() > 0
    height = [step[5][:, 2] for step in (plain[-1], heavy[-1])]
    assert (height[0] - height[1]).abs().min() > 1e-5
    env.physics.vary(torch.arange(AGENTS, device=env.device), {})  # the model's own again
    env._disturbances.on = False
    env.restore({**env.state(), **same_start, "disturbed": torch.tensor(False)})
    again = run(env, drawn(env, steps=6))
    torch.testing.assert_close(again[-1][5], plain[-1][5], atol=1e-5, rtol=0)


@pytest.mark.slow
def test_disturbed_agents_repeat_and_go_on_as_if_nothing_was(make):
    only_where_it_repeats(make)
    asked = {"robustness": "full", "observation": "deployable", "episode_s": 0.3}
    one, again, other = make(3, **asked), make(3, **asked), make(4, **asked)
    for env in (one, again, other):
        env.training_starts = True
        env.reset()
    actions = drawn(one, steps=30)
    found = run(one, actions[:10])
    assert same(found, run(again, actions[:10]))
    other.restore(one.state())
    assert same(run(one, actions[10:]), run(other, actions[10:]))
