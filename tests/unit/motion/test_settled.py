"""Legs named wrongly or drawn onto one another: the stride stays what it is, and what was mistaken is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthesis.cases import Condition, make_case
from synthesis.mistakes import (
    far_onto_near,
    joints_by_place,
    named_by_place,
    noisy,
    onto_the_one_ahead,
)
from synthesis.more_gaits import GAITS
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.artifacts.motion import read_motion, write_motion
from video2reward.motion.assignment import ONTO, Assignment, Legs
from video2reward.motion.describe import describe_motion
from video2reward.motion.hypotheses import Hypothesis
from video2reward.motion.settled import doubt
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject

VIDEOS = Path(__file__).resolve().parents[3] / "resources" / "videos"
LEGS = {"dog": 0.5, "human": 0.93}


def described(species, name, mistake, noise=0.0, **condition):
    case = make_case(species, GAITS[species, name], Condition("case", **({"fps": 30.0} | condition)))
    subject = Subject(species=species, leg_length_m=LEGS[species])
    keypoints = noisy(mistake(case.keypoints), noise)
    return describe_motion(keypoints, subject, MotionSettings(), 0.3, case.background)


def period_of(species, name):
    return pytest.approx(GAITS[species, name].period_s, rel=0.02)


def behind(k):
    return named_by_place(k, ahead=False)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [named_by_place, behind, joints_by_place])
@pytest.mark.parametrize("name", ["walk", "run"])
@pytest.mark.parametrize("noise", [0.0, 0.04])
@pytest.mark.parametrize("heading", [1, -1])
def test_people_whose_leg_in_front_has_one_name_walk_and_run(mistake, name, noise, heading):
    motion = described("human", name, mistake, noise, heading=heading)
    assert (motion.gait, motion.period_s) == (name, period_of("human", name))
    assert motion.legs_confidence > 0.95
    assert motion.speed_m_s == pytest.approx(GAITS["human", name].speed, rel=0.1)
    assert not any("slow motion" in sentence for sentence in motion.warnings)
    assert any("exchanged with the other side" in sentence for sentence in motion.warnings)


@pytest.mark.slow
@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_the_leg_in_front_is_told_at_other_frame_rates(fps):
    motion = described("human", "walk", named_by_place, 0.02, fps=fps)
    assert (motion.gait, motion.period_s) == ("walk", period_of("human", "walk"))


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [named_by_place, behind, far_onto_near])
@pytest.mark.parametrize("fps", [12.0, 15.0])
def test_strides_of_few_frames(mistake, fps):
    motion = described("human", "run", mistake, 0.02, fps=fps)
    assert (motion.gait, motion.period_s) == ("run", period_of("human", "run"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["walk", "amble", "trot", "pace", "canter"])
@pytest.mark.parametrize("ends", [("fore",), ("hind",), ("fore", "hind")])
def test_each_end_of_an_animal_may_be_named_by_place(name, ends):
    motion = described("dog", name, lambda k: named_by_place(k, ends), 0.02)
    assert motion.period_s == period_of("dog", name)
    expected = [0.0 if name == "canter" else 0.5] * 2
    figures = motion.gait_figures
    if name != "canter":
        assert [figures["fore_pair"], figures["hind_pair"]] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("name", ["walk", "run"])
@pytest.mark.parametrize("noise", [0.0, 0.04])
def test_a_far_leg_drawn_onto_the_near_one_makes_no_hop(name, noise):
    motion = described("human", name, far_onto_near, noise)
    assert (motion.gait, motion.period_s) == (name, period_of("human", name))
    assert motion.gait_figures["pair"] == pytest.approx(0.5, abs=0.02)
    assert any("detected on one leg in 100% of the frames" in sentence for sentence in motion.warnings)


@pytest.mark.parametrize(("species", "name"), [("human", "walk"), ("human", "run"), ("dog", "trot")])
@pytest.mark.parametrize("ahead", [True, False])
def test_both_legs_drawn_onto_the_one_ahead_do_not_halve_the_stride(species, name, ahead):
    motion = described(species, name, lambda k: onto_the_one_ahead(k, ahead=ahead), 0.02)
    assert motion.period_s == period_of(species, name)
    assert any("detected on one leg" in sentence for sentence in motion.warnings)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("species", "name"), [("human", "hop"), ("dog", "hop"), ("dog", "gallop"), ("dog", "canter")]
)
@pytest.mark.parametrize("noise", [0.0, 0.04])
def test_legs_that_do_move_together_stay_together(species, name, noise):
    motion = described(species, name, lambda k: k, noise)
    assert (motion.gait, motion.period_s) == (name, period_of(species, name))


def test_how_sure_it_is_survives_the_file(tmp_path):
    motion = described("human", "walk", named_by_place)
    write_motion(tmp_path / "motion.h5", motion)
    assert read_motion(tmp_path / "motion.h5").legs_confidence == motion.legs_confidence


@pytest.mark.parametrize(("ahead", "told"), [(0.5, True), (5.0, False)])
def test_what_is_as_likely_is_said_in_words(ahead, told):
    phase = np.arange(60) / 30.0
    end = Assignment(np.zeros(60, int), np.zeros((60, 2, 2, 2)), 0.0, 0.0, 0.5, np.zeros((64, 2)), 0.0)
    walk = Hypothesis(1.08, phase, (end,), {"legs": ahead})
    hop = Hypothesis(0.54, 2 * phase, (replace(end, lag=0.0),), {"legs": 0.0})
    chance, said = doubt(walk, [walk, hop])
    assert chance == pytest.approx(1 / (1 + np.exp(-ahead)))
    assert bool(said) == told
    if told:
        assert (
            "alternating, with a stride of 1.08 s" in said[0]
            and "not alternating, with a stride of 0.54 s" in said[0]
        )
    assert doubt(walk, [walk]) == (1.0, ())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["walk", "trot"])
@pytest.mark.parametrize("ends", [("fore",), ("hind",)])
def test_an_end_named_by_place_is_taken_to_walk_or_trot(name, ends):
    motion = described("dog", name, lambda k: named_by_place(k, ends), 0.02)
    assert motion.gait == name
    assert any("a trot may look like a pace" in sentence for sentence in motion.warnings)


def test_a_subject_that_comes_nearer_keeps_its_stride():
    motion = described("human", "walk", named_by_place, 0.02, angle=45.0)
    assert (motion.gait, motion.period_s) == ("walk", period_of("human", "walk"))


def legs(seed=0, frames=120, noise=0.03):
    """Two legs that swing half a stride apart, (T, 2, 2, 2), and their phase."""
    phase = np.arange(frames) / 30.0
    at = np.stack([phase, phase - 0.5], axis=1)[:, :, None]
    size = np.array([0.35, 0.7])
    x = size * np.cos(2 * np.pi * at)
    y = -2 * size - 0.3 * size * np.clip(np.sin(2 * np.pi * at), 0, None)
    points = np.stack([x, y], axis=-1)
    return points + noise * np.random.default_rng(seed).standard_normal(points.shape), phase


@pytest.mark.parametrize("seed", range(5))
def test_each_frame_is_assigned(seed):
    drawn, phase = legs(seed)
    true = (np.arange(len(phase)) // 17) % 2
    drawn[true == 1] = drawn[true == 1][:, ::-1]
    drawn[60:66, 0] = drawn[60:66, 1]
    fit = Legs(drawn, 0.04, 0.5)
    found = fit.assign(phase, true, None, 8)
    apart = np.linalg.norm(drawn[:, 0] - drawn[:, 1], axis=-1).max(axis=-1) > 0.3
    assert (found.states[apart] == true[apart]).mean() > 0.97
    assert np.isin(found.states[61:65], ONTO).all()
    assert found.lag == pytest.approx(0.5, abs=0.02)


def test_legs_that_coincide_are_known():
    drawn, _ = legs()
    assert not Legs(drawn, 0.04, 0.5).coincide
    assert Legs(np.repeat(drawn[:, :1], 2, axis=1), 0.04, 0.5).coincide


def test_unseen_joints_are_no_matter():
    swapped = named_by_place(read_keypoints(VIDEOS / "human_walk.truth.h5"))
    subject = Subject(species="human", leg_length_m=0.93)
    motion = describe_motion(swapped, subject, MotionSettings(), 0.3)
    assert (motion.gait, motion.period_s) == ("walk", pytest.approx(1.08, rel=0.02))
