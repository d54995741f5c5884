from dataclasses import replace

import pytest

from video2reward.keypoints.following.follow import overlap
from video2reward.keypoints.following.foreground import mover_at, movers


@pytest.mark.parametrize("clip", ["dog_amble", "dog_run", "human_walk", "human_run"])
def test_the_moving_subject_is_boxed(clips, clip):
    frames, truth = clips(clip)
    ((index, box),) = movers(frames)
    true = truth.boxes[index]
    assert overlap(box, true) > 0.9
    assert (box[2:] - box[:2]).prod() < 1.6 * (true[2:] - true[:2]).prod()
    assert (true[:2] > 0).all() and (true[2:] < frames.size).all()  # whole in the picture


@pytest.mark.parametrize("clip", ["dog_amble_pan", "human_run_pan"])
def test_a_panning_camera_does_not_hide_the_subject(clips, clip):
    frames, truth = clips(clip)
    index, box = movers(frames)[0]
    assert overlap(box, truth.boxes[index]) > 0.8


def test_a_point_on_the_subject_gives_its_box(clips):
    frames, truth = clips("human_walk")
    true = truth.boxes[40]
    assert overlap(mover_at(frames, 40, (true[:2] + true[2:]) / 2), true) > 0.9
    assert mover_at(frames, 40, true[:2] - 100) is None


def test_nothing_moves(clips):
    frames, _ = clips("dog_amble")
    still = replace(frames)
    object.__setattr__(still, "picture", lambda i: frames.folder / "000000.jpg")
    assert movers(still) == []
