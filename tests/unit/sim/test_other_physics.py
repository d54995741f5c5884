"""Every physics of the catalogue differs from the training's in what its words say, and in nothing else."""

import copy
from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

from video2reward.errors import UserError
from video2reward.policy.network import load_policy
from video2reward.registry import OTHER_PHYSICS, SIMULATORS, simulator_of
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.robots.terrain import TERRAINS, field_heights
from video2reward.settings.evaluation import Evaluation
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.sim.locomotion import make_env
from video2reward.sim.mujoco_physics import MujocoPhysics
from video2reward.sim.other_physics import changed, make_env_in, physics_in_words
from video2reward.sim.physics import Plant

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "resources" / "robots" / "anymal_c"
ROBOT = load_robot(FOLDER / "robot.yaml")
MJCF = FOLDER / ROBOT.mjcf
BASE = load_policy(FOLDER / "base.pth")
ENVIRONMENT = {  # what of the environment each entry changes: the model's options and contacts, the physics step
    "cg": {"solver": mujoco.mjtSolver.mjSOL_CG},
    "pgs": {"solver": mujoco.mjtSolver.mjSOL_PGS},
    "half_step": {"timestep": 0.005},
    "double_step": {"timestep": 0.02},
    "elliptic": {"cone": mujoco.mjtCone.mjCONE_ELLIPTIC},
    "hard_contacts": {"timestep": 0.005, "solref": 0.01},
    "soft_contacts": {"solref": 0.05},
    "friction_0.5": {"friction": 0.5},
    "friction_1.2": {"friction": 1.2},
    **{name: {"top": pytest.approx(field_heights(name).max())} for name in TERRAINS},
}


def told(model):
    """What of a model the catalogue may change."""
    assert np.ptp(model.pair_friction[:, :2]) == np.ptp(model.pair_solref[:, 0]) == 0
    return {
        "solver": model.opt.solver, "cone": model.opt.cone, "timestep": pytest.approx(model.opt.timestep),
        "friction": pytest.approx(model.pair_friction[0, 0]), "solref": pytest.approx(model.pair_solref[0, 0]),
        "top": model.hfield_size[0, 2] if model.nhfield else 0.0,
    }  # fmt: skip


def rolled(env, seconds=1.0):
    """Positions of agents that walk under the base policy."""
    env.set_commands(torch.tensor([0.8, 0.0, 0.0]).repeat(env.num_envs, 1))
    observation = env.reset()
    for _ in range(round(seconds / env.dt)):
        observation = env.step(BASE(observation)).observation
    found = env.qpos()
    env.close()
    return found


def there(name, reference, training=None, task=None, agents=4):
    return make_env_in(name, training or Training(), ROBOT, MJCF, task or Task(), reference, None, agents, 0)


def test_the_catalogue_is_the_one_tested_here():
    assert set(OTHER_PHYSICS.targets) == set(ENVIRONMENT)
    assert not set(OTHER_PHYSICS.targets) & set(SIMULATORS.targets)
    words = [physics_in_words(name) for name in [*OTHER_PHYSICS.targets, *SIMULATORS.targets]]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_an_entry_changes_what_it_says_and_the_walk(name, made_reference):
    plain = make_env("mujoco", ROBOT, MJCF, Task(), made_reference, None, 4, 0)
    env, seen = there(name, made_reference), []
    assert (env.dt, env.episode_steps, env.observation_names) == (
        plain.dt, plain.episode_steps, plain.observation_names,
    )  # fmt: skip

    def keep(plant, agents, threads):
        seen.append(plant.model)
        return MujocoPhysics(plant, agents, threads)

    before = told(copy.copy(env.model))
    changed(keep, OTHER_PHYSICS.load(name))(Plant(env.model, ROBOT, MJCF, False, 2), 1, 1).close()
    assert told(seen[0]) == told(plain.model) | ENVIRONMENT[name]
    assert told(env.model) == before  # the environment's own model stays as it is
    apart = (rolled(env) - rolled(plain)).abs().amax(0)
    assert apart.max() > 1e-9 and (apart[7:].max() < 1.0 if name in TERRAINS else apart.max() < 1.0)


@pytest.mark.parametrize("trained", ["flat", "slopes"])
def test_a_terrain_is_judged_at_full_size(made_reference, trained):
    env = there("stairs", made_reference, task=Task(terrain=trained))
    rows = env.model.hfield_data.reshape(env.model.hfield_nrow[0], -1)
    assert rows == pytest.approx(field_heights("stairs") / field_heights("stairs").max(), abs=1e-6)


def test_a_simulator_of_its_own_name_is_that_simulator(made_reference):
    plain = make_env("mujoco", ROBOT, MJCF, Task(), made_reference, None, 4, 0)
    assert torch.equal(rolled(there("mujoco", made_reference)), rolled(plain))
    assert simulator_of("cg") == "mujoco" and simulator_of("server") == "server"


def test_a_server_is_judged_in(made_reference):
    training = Training(server=ROOT / "resources" / "simulators" / "single.py")
    plain = make_env("mujoco", ROBOT, MJCF, Task(), made_reference, None, 2, 0)
    served = there("server", made_reference, training, agents=2)
    assert rolled(served, 0.2).numpy() == pytest.approx(rolled(plain, 0.2).numpy(), abs=1e-3)
    with pytest.raises(UserError, match=r"needs training\.server"):
        there("server", made_reference)


def test_ice_lets_feet_slip_farther(made_reference):
    model = build_model(ROBOT, MJCF)
    ways = []
    for name in ("friction_0.5", "friction_1.2"):
        physics = changed(MujocoPhysics, OTHER_PHYSICS.load(name))(Plant(model, ROBOT, MJCF, False, 2), 1, 1)
        qpos = torch.tensor(model.qpos0)[None].clone()
        qpos[0, 2], pose = ROBOT.spawn_height, torch.tensor([[ROBOT.default_pose[j] for j in ROBOT.joints]])
        qpos[0, 7:] = pose
        physics.write(torch.tensor([0]), qpos, torch.zeros(1, model.nv))
        physics.step(pose, 100)
        stood, speed = physics.qpos.clone(), physics.qvel.clone()
        speed[0, 1] += 1.5
        physics.write(torch.tensor([0]), stood, speed)
        physics.step(pose, 60)
        ways.append(float(physics.qpos[0, 1] - stood[0, 1]))
        physics.close()
    assert ways[0] > ways[1]


def test_steps_that_cannot_be_halved_are_a_sentence(made_reference):
    with pytest.raises(UserError, match=r"'double_step' takes 0\.5 times .* which are 1"):
        there("double_step", made_reference, task=Task(substeps=1))


def test_the_setting_knows_the_names():
    assert Evaluation().physics == ()
    assert Evaluation(physics="all").physics == tuple(ENVIRONMENT)
    assert Evaluation(physics=["cg", "mujoco_warp_cpu", "cg"]).physics == ("cg", "mujoco_warp_cpu")
    with pytest.raises(ValueError, match="unknown physics 'gc'.* Did you mean 'cg'.* Or all"):
        Evaluation(physics=["gc"])
