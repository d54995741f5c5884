"""A training that was killed and goes on ends as one that was not: same weights, same curves, bit for bit."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, train_points
from tests.waiting import wait_until

from video2reward.policy.beginning import Beginning
from video2reward.policy.failure import GuardedReward
from video2reward.policy.network import load_policy, write_policy
from video2reward.policy.train import Trained, train
from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.settings.training import Training

ROOT = Path(__file__).resolve().parents[3]
BATCH = TRAINING.num_envs * TRAINING.horizon
EPOCHS = 8
OFTEN = 1e-6  # seconds between checkpoints: one after each epoch


class KilledError(Exception):
    """Stands for the end of the process."""


class KilledIn:
    """A reward that raises at a call; all calls after it, of the training that goes on, are the reward's."""

    def __init__(self, reward, call):
        self.reward, self.call, self.calls = reward, call, 0
        if hasattr(reward, "needed"):
            self.needed = reward.needed

    def __call__(self, signals):
        self.calls += 1
        if self.calls == self.call:
            raise KilledError
        return self.reward(signals)


def noisy(signals):
    """A reward that draws from the global generator, and whose point masses fall and start anew often."""
    near = torch.exp(-4 * signals["offset"].square().sum(-1))
    return near + 0.01 * torch.randn(len(near)), {"near": near}


def points(work, reward=noisy, **options):
    settings = {"checkpoint_s": OFTEN, **options.pop("settings", {})}
    steps = options.pop("steps", EPOCHS * BATCH)
    return train_points(work, steps, reward=reward, settings=settings, **options)


def assert_same(resumed: Trained, undisturbed: Trained):
    assert resumed.status == undisturbed.status == "ok"
    assert resumed.steps == undisturbed.steps and resumed.h_mts == undisturbed.h_mts
    for row, other in zip(resumed.rows, undisturbed.rows, strict=True):
        assert {**row, "seconds": 0} == {**other, "seconds": 0}
    ours, theirs = resumed.policy.state_dict(), undisturbed.policy.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return points(tmp_path_factory.mktemp("undisturbed"), settings={"checkpoint_s": 1e9})


def test_saving_checkpoints_changes_nothing(undisturbed, tmp_path):
    assert_same(points(tmp_path), undisturbed)
    assert (tmp_path / "checkpoint.pt").exists()


@pytest.mark.parametrize("epoch", range(1, EPOCHS))
def test_killed_in_the_epoch_after_any_checkpoint(undisturbed, tmp_path, epoch, capsys):
    with pytest.raises(KilledError):
        points(tmp_path, reward=KilledIn(noisy, epoch * TRAINING.horizon + 5))
    resumed = points(tmp_path)
    assert f"resuming at step {epoch * BATCH:,}" in capsys.readouterr().out
    assert_same(resumed, undisturbed)


def test_killed_again_and_again(undisturbed, tmp_path, capsys):
    for _ in range(EPOCHS - 1):
        with pytest.raises(KilledError):
            points(tmp_path, reward=KilledIn(noisy, TRAINING.horizon + 3))
    assert_same(points(tmp_path), undisturbed)
    assert f"resuming at step {(EPOCHS - 1) * BATCH:,}" in capsys.readouterr().out


def test_warm_started(tmp_path):
    base = tmp_path / "base.pth"
    write_policy(base, points(tmp_path / "base").policy, {})
    undisturbed = points(tmp_path / "a", start=Beginning("base", base))
    with pytest.raises(KilledError):
        points(tmp_path / "b", reward=KilledIn(noisy, 5 * TRAINING.horizon), start=Beginning("base", base))
    assert_same(points(tmp_path / "b", start=Beginning("base", base)), undisturbed)


def test_a_damaged_checkpoint_is_no_checkpoint(undisturbed, tmp_path, capsys):
    points(tmp_path)
    checkpoint = tmp_path / "checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    assert_same(points(tmp_path), undisturbed)
    assert "checkpoint.pt is damaged" in capsys.readouterr().out


def test_nothing_is_left_of_checkpoints(tmp_path):
    result = points(tmp_path)
    (tmp_path / ".checkpoint.pt.half").mkdir()
    (tmp_path / ".checkpoint.pt.half" / "checkpoint.pt").write_bytes(b"half")
    result.forget_checkpoint()
    assert [path.name for path in tmp_path.iterdir()] == ["tensorboard"]


def test_point_masses_keep_their_contract():
    env, other = PointMassEnv(16, seed=3), PointMassEnv(16, seed=4)
    env.reset()
    generator = torch.Generator().manual_seed(0)
    actions = 2 * torch.rand(90, 16, 2, generator=generator) - 1
    for action in actions[:30]:
        env.step(action)
    other.restore(env.state())
    for action in actions[30:]:
        assert torch.equal(env.step(action).observation, other.step(action).observation)
    with pytest.raises(ValueError, match="belongs to another environment"):
        PointMassEnv(8).restore(env.state())


# --- the real robot


@pytest.fixture
def train_robot(robot_folder, made_reference):
    """Train a few real robots for a few epochs on a real reward, in a work folder."""
    from video2reward.sim.locomotion import make_env

    robot = load_robot(robot_folder / "robot.yaml")
    reward_file = ROOT / "resources" / "rewards" / "human_velocity.py"

    def run(work, killed_in=None, threads=1, torch_threads=1, epochs=6, mirror=False, **task):
        training = Training(
            num_envs=24,
            horizon=16,
            minibatches=4,
            mini_epochs=2,
            checkpoint_s=OFTEN,
            threads=torch_threads,
            mirror=mirror,
        )
        reward = GuardedReward(compile_reward(reward_file))
        if killed_in is not None:
            reward = KilledIn(reward, killed_in)
        task = Task(episode_s=0.6, **task)  # agents fall, run out of time and start anew all the while
        env = make_env(
            "mujoco", robot, robot_folder / robot.mjcf, task, made_reference, reward, 24, 5, threads
        )
        try:
            return train(
                env, training, seed=5, start=Beginning(), work=work, steps=epochs * 24 * 16, label="robots"
            )
        finally:
            env.close()

    return run


@pytest.mark.parametrize("epoch", [1, 4])
def test_a_killed_training_of_the_robot(train_robot, tmp_path, epoch):
    undisturbed = train_robot(tmp_path / "undisturbed")
    assert sum(row["terminated_fraction"] for row in undisturbed.rows) > 0.1
    with pytest.raises(KilledError):
        train_robot(tmp_path / "killed", killed_in=epoch * 16 + 9)
    assert_same(train_robot(tmp_path / "killed"), undisturbed)


ROBUST = {"robustness": "full", "observation": "deployable", "history": 3, "mirror": True}


def test_a_killed_training_with_a_critic_of_its_own_on_robots_that_differ(train_robot, tmp_path):
    undisturbed = train_robot(tmp_path / "undisturbed", **ROBUST)
    with pytest.raises(KilledError):
        train_robot(tmp_path / "killed", killed_in=3 * 16 + 9, **ROBUST)
    assert_same(train_robot(tmp_path / "killed", **ROBUST), undisturbed)
    assert float(undisturbed.policy.value_variance) != 1  # returns are normalised, by the critic's statistics


def test_the_simulators_threads_change_nothing(train_robot, tmp_path):
    assert_same(train_robot(tmp_path / "two", threads=2), train_robot(tmp_path / "one", threads=1))


# --- a real process, killed outright


def command(folder, checkpoint_s):
    script = str(Path(__file__).parent / "pointmass.py")
    return [sys.executable, script, str(folder / "work"), "90000", str(checkpoint_s), str(folder)]


def read_rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_a_killed_process(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow_scripts"), "OMP_NUM_THREADS": "1"}
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for times in range(1, 3):  # soon after it began, then after it went on
        process = subprocess.Popen(command(killed, OFTEN), env=environment, stdout=subprocess.PIPE, text=True)
        checkpoint, seen = killed / "work" / "checkpoint.pt", set()

        def written(checkpoint=checkpoint, seen=seen, times=times):
            if checkpoint.exists():
                seen.add(checkpoint.stat().st_mtime_ns)
            return len(seen) >= 3 * times

        wait_until(written, 120, "three more checkpoints", process, every=0.001)
        process.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL and not (killed / "training.csv").exists()
        assert ("resuming at step" in output) == (times > 1)
    for folder, checkpoint_s in ((killed, OFTEN), (whole, 1e9)):
        subprocess.run(command(folder, checkpoint_s), env=environment, capture_output=True, check=True)
    rows, others = read_rows(killed / "training.csv"), read_rows(whole / "training.csv")
    assert [{**row, "seconds": ""} for row in rows] == [{**row, "seconds": ""} for row in others]
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)
    ours, theirs = (load_policy(folder / "policy.pth").state_dict() for folder in (killed, whole))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
