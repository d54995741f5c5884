import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.similarity import gait_similarity
from video2reward.similarity.clocked import TRUNK
from video2reward.similarity.jumps import find_jumps, jump_figures, longest_run, wanted_jump
from video2reward.similarity.phase import pair


def test_a_jump_as_the_clips_has_its_figures(jump_rollout, jump_reference):
    found, wanted = jump_figures(jump_rollout(), jump_reference), wanted_jump(jump_reference)
    assert found.rise == pytest.approx(wanted["rise"], abs=0.005)
    assert found.distance == pytest.approx(wanted["distance"], abs=0.01)
    assert found.flight == pytest.approx(wanted["flight"], abs=0.02)
    assert (found.flew, found.landed) == (1.0, 1.0)
    assert abs(found.late_off) < 0.02 > abs(found.late_down)


@pytest.mark.parametrize("late", [-0.1, 0.14, 0.3])
def test_lateness_is_that_of_take_off_and_landing(jump_rollout, jump_reference, late):
    found = jump_figures(jump_rollout(late_s=late), jump_reference)
    assert found.late_off == pytest.approx(late, abs=0.02) == found.late_down
    assert found.flight == pytest.approx(found.wanted["flight"], abs=0.02)


def test_who_never_leaves_the_ground_has_no_take_off(jump_rollout, jump_reference):
    found = jump_figures(jump_rollout(high=0.0), jump_reference)
    assert found.flight == found.flew == 0 and np.isnan([found.late_off, found.late_down]).all()


def test_a_rollout_without_a_whole_motion_is_refused(jump_rollout, jump_reference, made_reference):
    with pytest.raises(UserError, match=r"rollout of 1\.50 s has no whole motion"):
        find_jumps(jump_rollout(seconds=1.5), jump_reference)
    with pytest.raises(UserError, match="task: {name: single}"):
        find_jumps(jump_rollout(), made_reference)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_the_longest_run(there):
    first, last = longest_run(np.array([there]))[0]
    runs = "".join("x" if one else " " for one in there).split()
    assert last - first == max(map(len, runs), default=0)
    assert all(there[first:last])


def test_nearer_motions_have_smaller_distances_and_timing_counts(jump_rollout, jump_reference):
    made = {
        "as the clip": {},
        "slightly late": {"late_s": 0.06},
        "half as high and far": {"high": 0.5, "far": 0.5},
        "late": {"late_s": 0.3},
        "all fall": {"fell_at": (20, 20, 20)},
    }
    found = {name: gait_similarity(jump_rollout(**how), jump_reference) for name, how in made.items()}
    order = sorted(made, key=lambda name: found[name].distance)
    assert order[0] == "as the clip" and order[-1] in ("all fall", "late")
    assert found["as the clip"].similarity > 0.8
    assert found["all fall"].similarity == pytest.approx(0.0, abs=0.05)
    for one in found.values():
        assert set(one.joints) == {*jump_reference.scored, TRUNK} == set(one.standing_joints)
    whole, half = found["as the clip"].joints, found["half as high and far"].joints
    assert half[TRUNK] > whole[TRUNK] + 0.1 and half["L_Knee"] == pytest.approx(whole["L_Knee"], abs=0.01)


def test_video_and_robot_are_shown_at_the_same_time_of_the_motion(jump_rollout, jump_reference, jump_motion):
    rollout = jump_rollout()
    pairing = pair(jump_motion, jump_reference, rollout, 1, 4.0)
    assert pairing.in_phase and not pairing.jumps
    clock = rollout.phase[1] + pairing.robot / jump_reference.period_s
    moving = (jump_motion.phase > 0) & (pairing.robot < 3.99)
    assert (clock % 1)[moving] == pytest.approx(jump_motion.phase[moving], abs=0.01)
