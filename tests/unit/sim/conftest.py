import pytest

from video2reward.robots.description import load_robot
from video2reward.settings.task import Task


@pytest.fixture(scope="session")
def robot(robot_folder):
    return load_robot(robot_folder / "robot.yaml")


@pytest.fixture
def make_env(robot, robot_folder, made_reference):
    """Make an environment; keyword arguments go to the task, `reward` and `num_envs` to the environment."""
    from video2reward.sim.locomotion import make_env

    made = []

    def make(num_envs=8, seed=0, reward=None, threads=1, reference=made_reference, **task):
        env = make_env(
            "mujoco",
            robot,
            robot_folder / robot.mjcf,
            Task(**task),
            reference,
            reward,
            num_envs,
            seed,
            threads,
        )
        made.append(env)
        return env

    yield make
    for env in made:
        env.close()


@pytest.fixture(scope="session")
def humanoid_folder(robot_folder):
    return robot_folder.parent / "humanoid"


@pytest.fixture(scope="session")
def rewards_folder(robot_folder):
    return robot_folder.parents[1] / "rewards"
