"""What rewards are screened on is consistent: with the reference, with the drives, with the task and with itself."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.known import ROBOTS, clip_on_robot, known_states_of

from make_known_states import make_known_states
from video2reward.artifacts.states import read_known_states, write_known_states
from video2reward.errors import UserError
from video2reward.signals import SIGNALS
from video2reward.sim.known_motions import FALLEN, SCREENED
from video2reward.sim.known_states import screened_pairs
from video2reward.sim.playback import Playback

BOTH = pytest.mark.parametrize(("species", "gait"), ROBOTS)


def rows(states, motion):
    """One motion's signals."""
    at = list(states.motions).index(motion)
    return {name: values[at] for name, values in states.signals.items()}


@BOTH
def test_every_signal_of_every_motion_is_there(species, gait):
    states = known_states_of(species, gait)
    assert set(states.signals) == set(SIGNALS) and list(states.motions) == [one.name for one in SCREENED]
    assert all(np.isfinite(values).all() for values in states.signals.values())
    up = dict(zip(states.motions, states.lasting.mean(axis=(1, 2)), strict=True))
    assert all((share < 0.5) == (name in FALLEN) for name, share in up.items()), up
    assert up["collapsing"] < up["falling"] and up["honest"] == 1


@BOTH
def test_the_honest_one_keeps_the_clock_and_the_others_do_not(species, gait):
    states = known_states_of(species, gait)
    off = {}
    for name in states.motions:
        one = rows(states, name)
        off[name] = float(np.square(one["keypoints"] - one["reference_keypoints"]).mean() ** 0.5)
    assert min(off, key=off.get) == "honest" and off["honest"] < 0.6 * off["standing"], off
    rates = rows(states, "honest")
    apart = np.abs(rates["keypoint_velocities"] - rates["reference_velocities"]).mean()
    assert apart < 0.4 * np.abs(rates["reference_velocities"]).mean()


@BOTH
def test_feet_are_on_the_ground_as_long_as_the_clips(species, gait):
    honest = rows(known_states_of(species, gait), "honest")
    duty = clip_on_robot(species, gait).reference.duty_factor
    assert honest["foot_contacts"].mean() == pytest.approx(duty.mean(), abs=0.12)
    assert honest["foot_contacts"].any(axis=1).all()


@BOTH
def test_drives_exert_the_torques_by_the_actions(species, gait):
    clip, states = clip_on_robot(species, gait), known_states_of(species, gait)
    model = clip.playback.model
    for name in ("honest", "trembling"):
        one = rows(states, name)
        inside = np.abs(one["actions"]) < 1
        target = one["default_joint_pos"] + clip.robot.action_scale * one["actions"]
        exerted = (
            model.actuator_gainprm[:, 0] * (target - one["joint_pos"])
            + model.actuator_biasprm[:, 2] * one["joint_vel"]
        )
        assert np.allclose(exerted[inside], one["torques"][inside], atol=0.1)
        assert (np.abs(one["torques"]) <= one["torque_limits"] + 1e-3).all()
    agents = states.lasting.shape[1]
    actions = rows(states, "honest")["actions"].reshape(agents, -1, len(clip.robot.joints))
    before = rows(states, "honest")["last_actions"].reshape(actions.shape)
    assert np.array_equal(before[:, 1:], actions[:, :-1])
    assert not rows(states, "collapsing")["torques"].any()


@pytest.mark.parametrize("actions", ["torque", "residual"])
def test_actions_mean_what_the_task_says(actions):
    clip = clip_on_robot("human", "run")
    states = make_known_states(
        clip.robot, clip.mjcf, clip.task.model_copy(update={"actions": actions}), clip.reference
    )
    one = rows(states, "honest")
    assert np.isfinite(one["actions"]).all() and np.abs(one["actions"]).max() <= 1
    if actions == "torque":
        assert np.allclose(one["actions"], one["torques"] / one["torque_limits"], atol=1e-5)
        assert not one["default_joint_pos"].any()
    else:  # nearer to the drives' targets than the default pose is
        assert (
            np.square(one["actions"]).mean()
            < np.square(rows(known_states_of("human", "run"), "honest")["actions"]).mean()
        )


def test_what_is_demanded_is_for_task_and_gait_to_say():
    def demanded(species, gait, wanted):
        return {pair.worse for pair in known_states_of(species, gait).pairs if pair.demanded == wanted}

    dog, human = (demanded(*one, "always") for one in ROBOTS)
    assert {"standing", "resting", "trembling", "falling", "collapsing", "half_speed", "hasty"} <= dog
    assert dog - human == {"hasty"}  # the run task asks for speed
    assert demanded("dog", "amble", "gait") == {"hind_swapped", "quick_steps", "sliding"}
    assert "mirrored" not in {pair.worse for pair in known_states_of("dog", "amble").pairs}


def test_hind_legs_that_move_alike_are_not_asked_about():
    clip = clip_on_robot("dog", "amble")
    cycle, names = clip.reference.cycle.copy(), list(clip.reference.keypoint_names)
    for left, right in (("L_Knee", "R_Knee"), ("L_B_Paw", "R_B_Paw")):
        cycle[:, names.index(right)] = cycle[:, names.index(left)]
    bound = replace(clip.reference, cycle=cycle)
    success = dict.fromkeys((one.name for one in SCREENED), 0.0)
    pairs = screened_pairs(Playback(clip.robot, clip.mjcf, clip.task, bound), success)
    worse = {pair.worse: pair.demanded for pair in pairs}
    assert "hind_swapped" not in worse and worse["half_speed"] == "no" and worse["mirrored"] == "no"


def test_the_file_gives_back_what_was_written(tmp_path):
    states, path = known_states_of("dog", "amble"), tmp_path / "known_states.npz"
    write_known_states(path, replace(states, provenance={"code": "x"}))
    read = read_known_states(path)
    assert (read.motions, read.pairs, read.provenance) == (states.motions, states.pairs, {"code": "x"})
    assert np.array_equal(read.lasting, states.lasting)
    assert all(np.array_equal(read.signals[name], states.signals[name]) for name in SIGNALS)
    assert path.stat().st_size < 5e6
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UserError, match="not a readable known_states.npz"):
        read_known_states(path)
