"""Robot and clip shown to a critic: in pictures, in a film, with a figure in the place of a person."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from video2reward.artifacts.keypoints import Keypoints
from video2reward.critique.showing import SideBySide, Studio, show_beside
from video2reward.errors import UserError
from video2reward.rollout.film import FPS, typical_agent
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.llm import LLM
from video2reward.skeletons import skeleton
from video2reward.video.decode import decode, film_pictures
from video2reward.video.draw import draw_skeleton
from video2reward.video.film import write_film

STUDIO = Studio(film_pictures, write_film, typical_agent, FPS, draw_skeleton)


@pytest.fixture
def scene(sine_gait, sine_rollout, sine_motion, sine_reference, tmp_path):
    """A clip whose pictures do not exist, only its keypoints, and a robot's film of eight seconds."""
    motion = sine_motion(sine_reference.target)
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765 + 0.35)[None])
    joints = skeleton(motion.skeleton).joints
    points = np.full((len(motion.times), len(joints), 3), 0.9)
    points[..., 0] = 300.0 + 10 * np.arange(len(joints))
    points[..., 1] = 200.0 + 10 * np.arange(len(joints))
    boxes = np.tile([300.0, 200.0, 470.0, 370.0], (len(points), 1))
    keypoints = Keypoints(points, motion.times, joints, motion.skeleton, (960, 540), boxes, "markers")
    write_film(tmp_path / "film.mp4", [np.full((360, 640, 3), 200, np.uint8)] * 200, FPS)
    return SideBySide(tmp_path / "gone", keypoints, motion, sine_reference, rollout, tmp_path / "film.mp4")


def shown(scene, folder, llm=None, figure=True, **wanted):
    return show_beside(scene, CritiqueSettings(**wanted), llm or LLM(), figure, STUDIO, folder / "pictures")


def test_a_figure_is_shown_without_a_look_at_the_clips_pictures(scene, tmp_path):
    beside = shown(scene, tmp_path, count=3)
    assert beside.figure and len(beside.files) == beside.count == 3
    half = cv2.imread(str(beside.files[0]))[28:, :640].astype(int)
    inked = np.abs(half - 245).max(axis=2) > 30
    assert 0.001 < inked.mean() < 0.2  # thin lines on plain paper
    with pytest.raises(UserError):  # the pictures are needed where they are shown
        shown(scene, tmp_path, figure=False, count=3)


def test_without_keypoints_there_is_no_figure_and_no_picture_instead(scene, tmp_path):
    unseen = scene.keypoints.keypoints.copy()
    unseen[..., 2] = 0.0
    bare = replace(scene, keypoints=replace(scene.keypoints, keypoints=unseen))
    with pytest.raises(UserError, match=r"vlm\.send_people = figure: no keypoints are seen in frames \d+, "):
        shown(bare, tmp_path, count=3)
    assert not (tmp_path / "pictures").exists()


@pytest.mark.parametrize("kind", ["pairs", "grid", "film"])
def test_pictures_keep_the_budget_of_who_looks_at_them(scene, tmp_path, kind):
    small = LLM(picture_rule="qwen2-vl", picture_budget=300)
    beside = shown(scene, tmp_path, small, count=4, pictures=kind)
    width, height = beside.size
    assert beside.drawn[0] / beside.drawn[1] == pytest.approx(width / height, rel=0.02)
    assert width < beside.drawn[0]
    if kind == "film":
        assert [frame.bgr.shape for frame in decode(beside.files[0])] == [
            (height // 2 * 2, width // 2 * 2, 3)
        ] * 4
    else:
        assert all(cv2.imread(str(file)).shape == (height, width, 3) for file in beside.files)
    assert beside.count == (1 if kind == "grid" else 4)
