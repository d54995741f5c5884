import numpy as np
import pytest

from video2reward.artifacts.rollout import Rollout
from video2reward.rollout import film
from video2reward.rollout.record import no_rollout
from video2reward.skeletons import AP10K


@pytest.fixture
def rollout(made_reference):
    """Three agents walking straight on, held in the default height; the second is the typical one."""
    steps, names = 60, made_reference.keypoint_names
    time = np.arange(steps) * 0.02
    speeds = np.array([0.5, 1.0, 1.5])
    qpos = np.zeros((3, steps, 19))
    qpos[..., 0], qpos[..., 2], qpos[..., 3] = speeds[:, None] * time, 0.54, 1.0
    standing = made_reference.standing * 0.72
    keypoints = np.zeros((3, steps, len(names), 3))
    keypoints[..., 0] = qpos[..., :1] + standing[:, 0]
    keypoints[..., 2] = 0.54 + standing[:, 1]
    velocity = np.zeros((3, steps, 3))
    velocity[..., 0] = speeds[:, None]
    return Rollout(
        qpos=qpos, keypoints=keypoints, heading=np.zeros((3, steps)), commands=np.tile([1.2, 0, 0], (3, 1)),
        velocity=velocity, fell_at=np.full(3, steps), dt=0.02, keypoint_names=names, robot="anymal_c",
    )  # fmt: skip


def test_the_typical_agent_is_the_median_of_the_survivors(rollout):
    assert film.typical_agent(rollout) == 1
    rollout.fell_at[1] = 5
    assert film.typical_agent(rollout) in (0, 2)


def test_without_opengl_a_stick_figure_is_drawn_and_one_sentence_said(
    rollout, robot_folder, monkeypatch, capsys
):
    monkeypatch.setenv("MUJOCO_GL", "nonsense")
    pictures = list(
        film.rollout_pictures(rollout, AP10K, robot_folder / "robot.yaml", robot_folder / "anymal_c.xml", 1.0)
    )
    assert len(pictures) == 25
    assert all(p.shape == (360, 640, 3) and p.dtype == np.uint8 for p in pictures)
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and "libegl1" in said[0] and "nonsense" in said[0]
    assert (pictures[0] != pictures[10]).any()


def test_stick_figure_shows_every_mapped_bone(rollout):
    (picture,) = film.drawn(rollout, 1, np.array([10]), AP10K)
    orange = (np.abs(picture.astype(int) - [230, 140, 30]).sum(-1) < 30).sum()
    blue = (np.abs(picture.astype(int) - [60, 110, 180]).sum(-1) < 30).sum()
    assert orange > 500 and blue > 500


def test_rendered_pictures_show_the_robot(rollout, robot_folder):
    files = robot_folder / "robot.yaml", robot_folder / "anymal_c.xml"
    try:
        pictures = list(film.rendered(rollout, 1, np.arange(0, 60, 20), *files))
    except film.NoPicturesError as error:
        pytest.skip(f"no OpenGL here: {error}")
    assert len(pictures) == 3
    for picture in pictures:
        blue = (picture[..., 2].astype(int) - picture[..., 0] > 60).sum()
        assert picture.std() > 20 and blue > 500  # the right legs, nearest to the camera
    # The camera follows: the robot stays in the middle of the picture.
    columns = [np.argwhere(p[..., 2].astype(int) - p[..., 0] > 60)[:, 1].mean() for p in pictures]
    assert np.allclose(columns, 320, atol=40)


def test_a_round_without_a_policy_gives_one_picture(robot_folder):
    failed = no_rollout(19, 0.02, "anymal_c", ["Neck"], "every candidate failed: the reward is NaN")
    pictures = list(
        film.rollout_pictures(failed, AP10K, robot_folder / "robot.yaml", robot_folder / "anymal_c.xml", 1.0)
    )
    assert len(pictures) == 1 and pictures[0].min() < 100
