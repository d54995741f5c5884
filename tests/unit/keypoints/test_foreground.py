from dataclasses import replace

import pytest

from video2reward.keypoints.follow import overlap
from video2reward.keypoints.foreground import moving_subject


@pytest.mark.parametrize("clip", ["dog_amble", "dog_run", "human_walk", "human_run"])
def test_the_moving_subject_is_boxed(clips, clip):
    frames, truth = clips(clip)
    index, box = moving_subject(frames)
    true = truth.boxes[index]
    assert overlap(box, true) > 0.9
    assert (box[2:] - box[:2]).prod() < 1.6 * (true[2:] - true[:2]).prod()
    assert (true[:2] > 0).all() and (true[2:] < frames.size).all()  # whole in the picture


def test_a_moving_camera_tells_nothing_of_the_subject_alone(clips):
    frames, truth = clips("dog_amble_pan")
    found = moving_subject(frames)
    assert found is None or overlap(found[1], truth.boxes[found[0]]) > 0.5


def test_nothing_moves(clips):
    frames, _ = clips("dog_amble")
    still = replace(frames)
    object.__setattr__(still, "picture", lambda i: frames.folder / "000000.jpg")
    assert moving_subject(still) is None
