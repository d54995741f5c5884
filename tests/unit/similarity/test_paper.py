from dataclasses import replace

import numpy as np
import pytest

from video2reward.similarity import paper_similarity

TROT = (0.0, 0.5, 0.5, 0.0)


def phase(steps: int, period: float = 0.765) -> np.ndarray:
    return np.arange(steps) * 0.02 / period


@pytest.mark.parametrize("camera", ["fixed", "moving"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_clips_own_gait_is_nearest(
    camera, mirrored, sine_gait, sine_rollout, sine_motion, sine_reference
):
    motion = sine_motion(sine_reference.target, camera, mirrored)
    # At this speed the robot covers as many of its lengths a stride as the clip's subject.
    speed = 300 / 200 * 0.9 * 0.62 / 0.765
    same = sine_rollout(sine_gait(phase(300))[None], heading=1.1, speed=speed)
    trot = sine_rollout(sine_gait(phase(300), TROT)[None], heading=1.1, speed=speed)
    near, far = (paper_similarity(rollout, motion, sine_reference) for rollout in (same, trot))
    assert near.camera == camera
    assert near.period_s == pytest.approx(0.765, rel=0.01)
    assert near.per_sample < 0.02
    assert near.per_sample < 0.5 * far.per_sample
    # A path through n and m samples has at least the longer side's pairs and fewer than both sides'.
    longer, both = round(2 * 0.765 / 0.02), round(2 * 0.765 / 0.02) + round(2 * 0.62 * 60)
    assert longer * near.per_sample * 0.9 < near.raw_sum < both * near.per_sample * 1.1
    assert near.joints.keys() == set(sine_reference.keypoint_names)


def test_tempo_is_not_seen(sine_gait, sine_rollout, sine_motion, sine_reference):
    motion = sine_motion(sine_reference.target)
    quick = paper_similarity(sine_rollout(sine_gait(phase(300, 0.45))[None]), motion, sine_reference)
    assert quick.period_s == pytest.approx(0.45, rel=0.01)
    assert quick.per_sample < 0.02


def test_only_survivors_are_compared(sine_gait, sine_rollout, sine_motion, sine_reference):
    motion = sine_motion(sine_reference.target)
    rollout = sine_rollout(np.stack([sine_gait(phase(300)), sine_gait(phase(300), TROT)]))
    one = paper_similarity(replace(rollout, fell_at=np.array([300, 10])), motion, sine_reference)
    assert one.agents == 1 and one.per_sample < 0.02
    none = paper_similarity(replace(rollout, fell_at=np.array([10, 10])), motion, sine_reference)
    assert none.agents == none.segments == 0 and np.isnan(none.raw_sum)


def test_says_what_it_is(sine_gait, sine_rollout, sine_motion, sine_reference):
    motion = sine_motion(sine_reference.target, "fixed")
    found = paper_similarity(sine_rollout(sine_gait(phase(300))[None]), motion, sine_reference).as_dict()
    assert "FastDTW" in found["definition"] and "picture" in found["unit"]
