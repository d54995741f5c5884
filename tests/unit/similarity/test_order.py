"""No motion but an honest one scores well: made gaits, and dogs' motion capture where it is."""

import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from synthesis.cases import Condition, make_case
from synthesis.faults import MADE, Made, make_rollout
from synthesis.more_gaits import GAITS
from synthesis.moves import DT, clip, flailing, sides_swapped
from video2reward.motion.describe import describe_motion
from video2reward.motion.retarget import retarget
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject
from video2reward.similarity import gait_similarity, paper_similarity

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))
from mocap_to_keypoints import film, hip_height, read_mocap  # noqa: E402

RECORDINGS = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "mocap"
SYMMETRIC = (("dog", "amble"), ("dog", "trot"), ("human", "walk"), ("human", "run"))
# The least by which the worst honest gait is above the best of the others, in similarity.
MARGIN = 0.04


@cache
def of_gait(species, name):
    case = make_case(species, GAITS[species, name], Condition("as it is"))
    return on_robot(case.keypoints, species, {"dog": 0.5, "human": 0.93}[species], case.background)


def on_robot(keypoints, species, leg_length, background=None):
    """Return the motion and its reference on a robot of its kind."""
    subject = Subject(species=species, leg_length_m=leg_length)
    motion = describe_motion(keypoints, subject, MotionSettings(), 0.3, background=background)
    folder = ROOT / "resources" / "robots" / {"dog": "anymal_c", "human": "humanoid"}[species]
    robot = load_robot(folder / "robot.yaml")
    standing = standing_keypoints(folder / robot.mjcf, robot, motion.skeleton)
    return motion, retarget(motion, robot, *standing, robot.reach)


def similarity(made, reference):
    return gait_similarity(make_rollout(made, reference, agents=4, seconds=4.0), reference).similarity


def assert_in_order(reference):
    found = {made: similarity(made, reference) for made in MADE}
    honest = min((value, made.name) for made, value in found.items() if made.group in ("same", "honest"))
    bad = max((value, made.name) for made, value in found.items() if made.group == "bad")
    assert honest[0] > bad[0] + MARGIN, f"{honest[1]} {honest[0]:.3f}, but {bad[1]} {bad[0]:.3f}"
    assert honest[0] > 0.75
    # What does not move the joints in a gait scores as standing does, or worse.
    for made, value in found.items():
        if made.name.startswith(("standing", "sliding", "trembling", "flailing", "all agents")):
            assert value < 0.12, f"{made.name}: {value:.3f}"


@pytest.mark.parametrize(("species", "name"), [*SYMMETRIC, ("dog", "gallop")])
@pytest.mark.slow
def test_an_honest_gait_is_above_all_others(species, name):
    assert_in_order(of_gait(species, name)[1])


@pytest.mark.local_data
@pytest.mark.skipif(not RECORDINGS.exists(), reason="V2R_LOCAL_DATA has no mocap")
@pytest.mark.parametrize(("name", "first", "last"), [("dog_walk00", 150, 400), ("dog_walk03", 440, 547)])
def test_the_order_holds_on_dogs(name, first, last):
    points = read_mocap(RECORDINGS / f"{name}_joint_pos.txt", first, last)
    assert_in_order(on_robot(film(points), "dog", hip_height(points))[1])


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
def test_the_clip_scores_nothing_from_its_start_and_little_from_any(species, name):
    reference = of_gait(species, name)[1]
    # A period of whole steps, so that every segment begins at a start phase that is tried.
    even = replace(reference, period_s=20 * DT * round(reference.period_s / (20 * DT)))
    rollout = make_rollout(Made("the clip", "same", clip), even, agents=1)
    shifted = make_rollout(Made("the clip", "same", lambda r, p, g: clip(r, p - 0.313 + 0.35, g)), even, 1)
    found = gait_similarity(shifted, even)
    assert found.distance < 0.01 * found.standing
    anywhere = gait_similarity(rollout, even)
    assert anywhere.distance < 0.1 * anywhere.standing


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
def test_swapped_sides_are_the_same_gait_where_it_is_symmetric(species, name):
    assert similarity(Made("sides swapped", "same", sides_swapped), of_gait(species, name)[1]) > 0.9


def test_a_gallop_on_the_other_lead_is_another_gait():
    reference = of_gait("dog", "gallop")[1]
    assert similarity(Made("sides swapped", "bad", sides_swapped), reference) < 0.5


@pytest.mark.parametrize("size", [0.3, 1.5])
def test_falling_is_never_better_than_standing(size):
    reference = of_gait("dog", "amble")[1]
    down = gait_similarity(
        make_rollout(Made("", "bad", flailing(size, 0.08), falls=1.0), reference), reference
    )
    assert down.distance >= down.standing * (1 - 1e-9)


def test_every_agent_counts_and_the_fallen_as_much_as_the_others():
    reference = of_gait("dog", "amble")[1]
    found = [
        gait_similarity(make_rollout(Made("", "bad", clip, falls=part), reference), reference)
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    distances = [one.distance for one in found]
    assert distances == sorted(distances)
    assert distances[2] == pytest.approx(0.5 * (distances[0] + found[0].standing), rel=0.05)


def test_a_flailing_robot_keeps_its_distance_when_it_falls_at_once():
    reference = of_gait("dog", "amble")[1]
    rollout = make_rollout(Made("", "bad", flailing(1.5, 0.08)), reference)
    upright = gait_similarity(rollout, reference)
    for step in (60, 390):
        down = gait_similarity(replace(rollout, fell_at=np.full(8, step)), reference)
        assert down.distance == pytest.approx(upright.distance, rel=0.1)
        assert down.similarity < -0.3


def test_the_papers_definition_does_not_see_coordination():
    motion, reference = of_gait("dog", "amble")
    own, swapped = (
        paper_similarity(make_rollout(made, reference), motion, reference, agents=1, segments=1).per_sample
        for made in MADE
        if made.name in ("the clip", "hind legs swapped")
    )
    assert swapped < 1.2 * own


def test_the_warping_alone_hides_a_wrong_tempo(monkeypatch):
    reference = of_gait("dog", "amble")[1]
    quick, honest = (
        next(made for made in MADE if made.name.startswith(name))
        for name in ("tempo 0.85", "all three: larger")
    )
    with monkeypatch.context() as patch:
        patch.setattr("video2reward.similarity.gait.off_tempo", lambda distances, *_: distances)
        uncharged = gait_similarity(make_rollout(quick, reference), reference).similarity
    assert uncharged > gait_similarity(make_rollout(honest, reference), reference).similarity
    assert gait_similarity(make_rollout(quick, reference), reference).similarity < uncharged - 0.1
