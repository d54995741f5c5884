import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.dog_jump import jump_keypoints
from synthesis.jump import Jump
from video2reward.artifacts.reference import read_reference, write_reference
from video2reward.errors import UserError
from video2reward.motion.describe import describe_motion
from video2reward.motion.trunk_path import GRAVITY, neutral_jump, trunk_path
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject

DOG = Subject(species="dog", leg_length_m=0.5)
CLIP = Jump()
MOTION = describe_motion(jump_keypoints(CLIP), DOG, MotionSettings(), 0.3, camera="fixed")


@settings(max_examples=20, deadline=None)
@given(leg=st.floats(0.1, 2.0), body=st.floats(0.2, 2.0))
def test_what_carries_over_is_the_rise_by_the_leg_length_and_flights_stay_free_falls(leg, body):
    path = trunk_path(MOTION, leg, body)
    rise, distance = path.trunk[:, 1].max() * body / leg, path.trunk[-1, 0] * body / leg
    assert rise == pytest.approx(MOTION.gait_figures["rise"] / MOTION.leg_length, rel=0.02)
    assert distance == pytest.approx(MOTION.gait_figures["distance"] / MOTION.leg_length, rel=1e-6)
    period = MOTION.period_s * np.sqrt(leg / DOG.leg_length_m)
    seconds = np.diff(path.flight)[0] * period
    # Up and down under gravity in the time of the flight: g t^2 / 8, as in the clip.
    assert rise * leg == pytest.approx(GRAVITY * seconds**2 / 8, rel=0.15)


def test_the_way_begins_and_ends_at_the_standing_height_and_stays_where_it_landed():
    path = trunk_path(MOTION, 0.5, 0.6457)
    assert path.trunk[0] == pytest.approx([0, 0], abs=1e-9) and abs(path.trunk[-1, 1]) < 0.01
    assert (np.diff(path.trunk[:, 0]) > -0.005).all()
    lowest = path.trunk[: int(path.flight[0] * len(path.trunk)), 1].min()
    assert lowest == pytest.approx(-CLIP.dip / 0.6457, abs=0.02)
    assert np.abs(path.lean).max() < 2.0  # its trunk stays level


def test_a_jump_without_a_clip_is_a_free_fall_too(jump_reference):
    made = neutral_jump(jump_reference, 0.54)
    seconds = np.diff(made.flight)[0] * made.period_s
    rise = made.trunk[:, 1].max() * made.body_length_m
    assert rise == pytest.approx(0.25 * 0.54, rel=0.02)
    assert rise == pytest.approx(GRAVITY * seconds**2 / 8, rel=0.02)
    assert made.kind == "single" and made.speed == 0 and made.trunk[-1] == pytest.approx([0, 0])


def test_a_reference_of_a_jump_is_written_and_read_and_an_old_one_is_refused(
    jump_reference, made_reference, tmp_path
):
    path = tmp_path / "reference.h5"
    write_reference(path, jump_reference)
    read = read_reference(path)
    for name in ("trunk", "lean", "flight"):
        assert getattr(read, name) == pytest.approx(getattr(jump_reference, name))
    with h5py.File(path, "a") as file:
        for name in ("trunk", "lean", "flight"):
            del file[name]
    with pytest.raises(UserError, match=r"reference.h5: an earlier version.*delete the file"):
        read_reference(path)
    write_reference(path, made_reference)
    with h5py.File(path, "a") as file:
        for name in ("trunk", "lean", "flight"):
            del file[name]
    assert read_reference(path).kind == "cyclic" and not read_reference(path).flies
