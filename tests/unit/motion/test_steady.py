"""Clips whose subject does not go one way at one pace, under every camera: which part is described."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.cases import Condition, body_speed, make_case
from synthesis.journey import Leg, followed_by, make_journey, mirrored, on_treadmill, unseen
from synthesis.more_gaits import GAITS
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.errors import UserError
from video2reward.motion.describe import describe_motion
from video2reward.motion.steady import SteadyPart, cut, runs, say_part, steady_parts
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject
from video2reward.skeletons import skeleton

VIDEOS = Path(__file__).resolve().parents[3] / "resources" / "videos"
WALK = GAITS["human", "walk"]
CAMERAS = {
    "fixed": Condition("fixed", fps=30.0, noise=0.01),
    "fixed, no background": Condition("fixed", fps=30.0, noise=0.01, seen=False),
    "panning": Condition("pan", fps=30.0, noise=0.01, pan=True),
    "panning, no background": Condition("pan", fps=30.0, noise=0.01, pan=True, seen=False),
}
JOURNEYS = {
    "there and back": [Leg(3.6), Leg(3.6, heading=180)],
    "back and there": [Leg(3.6, heading=180), Leg(3.6)],
    "three times": [Leg(2.5), Leg(4.0, heading=-180), Leg(2.5)],
    "a pause": [Leg(2.5), Leg(1.5, pace=0), Leg(4.0)],
    "a stop": [Leg(4.0), Leg(1.5, pace=0)],
    "from standstill": [Leg(1.5, pace=0), Leg(4.0)],
    "turns while it stands": [
        Leg(2.5),
        Leg(1.0, pace=0),
        Leg(1.0, pace=0, heading=180),
        Leg(4.0, heading=180),
    ],
}
LONGEST = {"there and back": None, "back and there": None, "three times": (2.5, 6.5), "a pause": (4.0, 8.0)} | {
    "a stop": (0.0, 4.0), "from standstill": (1.5, 5.5), "turns while it stands": (4.5, 8.5),
}  # fmt: skip


def described(keypoints, background=None, species="human", **known):
    return describe_motion(
        keypoints, Subject(species=species), MotionSettings(), 0.3, background, "clip.h5", **known
    )


def steady_clip(species="human", name="walk", **condition):
    return make_case(species, GAITS[species, name], Condition("steady", fps=30.0, **condition))


def parts_of(case, keypoints=None, background=None):
    keypoints = case.keypoints if keypoints is None else keypoints
    return steady_parts(keypoints, skeleton(keypoints.skeleton), 0.3, background, False)


def joined(first, second, at):
    """The first clip up to a frame, then the second from there on."""
    return followed_by(cut(first, SteadyPart(0, at)), cut(second, SteadyPart(at, len(second.times))))


@pytest.mark.slow
@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_the_longest_steady_part_is_described(journey, camera):
    keypoints, background = make_journey("human", WALK, JOURNEYS[journey], CAMERAS[camera])
    found = described(keypoints, background)
    assert found.gait == "walk" and found.kind == "cyclic"
    assert found.period_s == pytest.approx(WALK.period_s, rel=0.015)
    assert found.speed == pytest.approx(body_speed("human", WALK), rel=0.05)
    assert found.warnings[0].startswith(f"Only {found.times[0]:.2f} to {found.times[-1]:.2f} s of the clip")
    assert np.array_equal(found.times, keypoints.times[list(found.frames)])
    begin, end = LONGEST[journey] or ((0.0, 3.6) if found.first_frame == 0 else (3.6, 7.2))
    assert (found.times[0], found.times[-1]) == pytest.approx((begin, end), abs=0.5)
    heading = JOURNEYS[journey][
        np.searchsorted(np.cumsum([leg.seconds for leg in JOURNEYS[journey]]), begin + 1)
    ].heading
    assert found.mirrored == (heading != 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("species", "name"), [("dog", "walk"), ("dog", "trot"), ("dog", "gallop"), ("human", "run")]
)
@pytest.mark.parametrize("camera", ["fixed", "panning, no background"])
def test_every_gait_turns_round(species, name, camera):
    gait = GAITS[species, name]
    legs = [Leg(3.5 * gait.period_s), Leg(5.0 * gait.period_s, heading=180)]
    keypoints, background = make_journey(species, gait, legs, CAMERAS[camera])
    found = described(keypoints, background, species)
    assert (found.gait, found.mirrored) == (name, True)
    assert found.speed == pytest.approx(body_speed(species, gait), rel=0.08)
    assert "turns round at" in found.warnings[0]


@pytest.mark.parametrize(("species", "name"), list(GAITS))
@pytest.mark.parametrize("camera", CAMERAS)
def test_a_clip_that_is_steady_is_left_whole(species, name, camera):
    case = make_case(species, GAITS[species, name], replace(CAMERAS[camera], noise=0.03))
    assert parts_of(case, background=case.background) == [[SteadyPart(0, len(case.keypoints.times))]]


@pytest.mark.slow
@pytest.mark.parametrize(("species", "name"), [("human", "walk"), ("dog", "trot"), ("dog", "hop")])
@pytest.mark.parametrize("background", [True, False])
def test_a_treadmill_is_left_whole(species, name, background):
    keypoints = on_treadmill(steady_clip(species, name, noise=0.02).keypoints)
    still = np.zeros((len(keypoints.times), 2)) if background else None
    found = described(keypoints, still, species)
    assert len(found.times) == len(keypoints.times) and found.gait == name


@pytest.mark.slow
def test_a_track_that_goes_on_with_another_subject_ends_there():
    right, left = steady_clip(noise=0.01).keypoints, steady_clip(heading=-1, noise=0.01).keypoints
    count = len(right.times)
    for track, words in (
        (joined(right, left, 2 * count // 3), "track jumps to another place at"),
        (joined(right, left, count // 2), "turns round at"),  # where they cross
        (followed_by(right, right), "track jumps to another place at"),
    ):
        found = described(track)
        assert words in found.warnings[0]
        assert found.speed == pytest.approx(body_speed("human", WALK), rel=0.02)


def test_a_glitch_and_a_glance_backwards_end_nothing():
    case = steady_clip(noise=0.01)
    points = case.keypoints.keypoints.copy()
    points[40:42, :, 0] += 400
    face = [case.keypoints.joint_names.index(joint) for joint in ("nose", "left_ear", "right_ear")]
    points[60:90, face, 0] = (
        2 * points[60:90, face[1:], 0].mean(axis=1, keepdims=True) - points[60:90, face, 0]
    )
    assert parts_of(case, replace(case.keypoints, keypoints=points)) == [[SteadyPart(0, len(points))]]


def test_the_panning_clip_there_and_back_as_keypoints_is_a_walk():
    truth = read_keypoints(VIDEOS / "human_walk_pan.truth.h5")
    for first, second in ((truth, mirrored(truth)), (mirrored(truth), truth)):
        found = described(followed_by(first, second))
        assert (found.gait, found.camera) == ("walk", "moving")
        assert found.speed_m_s == pytest.approx(1.31, rel=0.05)
        assert "turns round at 3.5" in found.warnings[0] or "turns round at 3.6" in found.warnings[0]


def test_half_a_minute_of_nobody_costs_the_fixed_clip_nothing():
    """The case that gave 2.13 instead of 2.61 body lengths/s: a fifth of the frames at either end."""
    truth = read_keypoints(VIDEOS / "human_walk.truth.h5")
    for length in (30, 900):
        nobody = replace(unseen(truth, slice(None)), times=truth.times)
        around = cut(nobody, SteadyPart(0, min(length, len(truth.times))))
        clip = truth
        for _ in range(-(-length // len(around.times))):
            clip = followed_by(followed_by(around, clip), around)
        assert described(clip).speed == pytest.approx(2.61, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("heading", [1, -1])
@pytest.mark.parametrize(("begin", "end"), [(30, 30), (0, 45), (45, 0)])
def test_frames_in_which_nobody_is_seen_are_no_part_of_it(begin, end, heading):
    case = steady_clip(heading=heading)
    count = len(case.keypoints.times) + begin + end
    longer = replace(
        case.keypoints,
        times=np.arange(count) / 30.0,
        **{
            name: np.pad(
                getattr(case.keypoints, name),
                [(begin, end)] + [(0, 0)] * (getattr(case.keypoints, name).ndim - 1),
            )
            for name in ("keypoints", "boxes")
        },
    )
    found = described(longer)
    assert list(found.frames) == list(range(begin, count - end))
    assert found.speed == pytest.approx(described(case.keypoints).speed, rel=1e-6)
    assert "nobody is seen" in found.warnings[0] and found.camera == "fixed"


@pytest.mark.slow
def test_a_short_gap_ends_nothing_a_long_one_does_unless_too_little_is_left():
    case = steady_clip()
    assert parts_of(case, unseen(case.keypoints, slice(60, 70))) == [
        [SteadyPart(0, len(case.keypoints.times))]
    ]
    found = described(unseen(case.keypoints, slice(40, 60)))
    assert found.first_frame == 60 and "nobody is seen before 2.00 s" in found.warnings[0]
    trot = steady_clip("dog", "trot")
    found = described(unseen(trot.keypoints, slice(20, 38)), species="dog")
    assert len(found.times) == len(trot.keypoints.times)
    assert found.speed == pytest.approx(described(trot.keypoints, species="dog").speed, rel=0.02)


def test_legs_too_short_for_a_stride_are_refused_with_the_moment():
    legs = [Leg(1.2, heading=180.0 * (k % 2)) for k in range(5)]
    keypoints, background = make_journey("human", WALK, legs, CAMERAS["panning"])
    with pytest.raises(UserError, match=r"clip\.h5: Only .* turns round at \d\.\d\d s.*no stride period"):
        described(keypoints, background)


@pytest.mark.slow
def test_of_two_ways_alike_in_length_the_one_that_repeats_better_is_taken():
    clean, rough = (
        steady_clip(heading=heading, noise=noise).keypoints for heading, noise in ((1, 0.0), (-1, 0.04))
    )
    count = len(clean.times)
    assert described(followed_by(clean, rough)).first_frame == 0
    assert described(followed_by(rough, clean)).first_frame == pytest.approx(count, abs=2)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_runs_are_where_it_is_true(values):
    there = np.array(values)
    found = np.zeros(len(there), bool)
    for first, stop in runs(there):
        assert there[first:stop].all() and stop > first
        found[first:stop] = True
    assert (found == there).all()


@given(st.lists(st.integers(0, 99), min_size=2, max_size=8, unique=True).map(sorted))
def test_what_is_left_out_and_what_is_left_make_up_the_whole(edges):
    out = list(zip(edges[::2], edges[1::2], strict=False))
    kept = SteadyPart(0, 100).split(out, ("after {}", "before {}"))
    frames = [frame for part in kept for frame in range(part.first, part.stop)]
    left_out = {frame for first, stop in out for frame in range(first, stop)}
    assert sorted({*frames, *left_out}) == list(range(100)) and not left_out & set(frames)
    assert (kept[0].before == "") == (kept[0].first == 0)


def test_the_sentence_names_both_ends_and_a_whole_clip_needs_none():
    times = np.arange(100) / 10
    assert say_part(SteadyPart(0, 100), times) == []
    (said,) = say_part(SteadyPart(20, 80, "nobody is seen before {}", "it turns round at {}"), times)
    assert "Only 2.00 to 7.90 s" in said
    assert said.endswith("nobody is seen before 2.00 s and it turns round at 7.90 s.")
