"""What is no body is refused: made keypoints that are right, worse, and wrong."""

from dataclasses import replace

import numpy as np
import pytest

from synthesis.cases import CONDITIONS, Condition, make_case
from synthesis.clips import CLIPS, stage, true_keypoints
from synthesis.dog_jump import jump_keypoints
from synthesis.jump import Jump
from synthesis.more_gaits import GAITS
from video2reward.artifacts.keypoints import read_keypoints, write_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.plausibility.causes import SURELY_ASIDE
from video2reward.keypoints.plausibility.plausible import body_figures, check_plausible, faults, sure_joints
from video2reward.skeletons import COCO17, skeleton

PLAIN = CONDITIONS[0]


def said(k):
    """What speaks against the joints, without pictures."""
    return faults(body_figures(k, sure_joints(k)), skeleton(k.skeleton))


def made(species="dog", gait="trot", condition=PLAIN, seed=0):
    return make_case(species, GAITS[species, gait], condition, seed).keypoints


def at(k, xy):
    """Put the joints elsewhere: (T, J, 2) px."""
    return replace(k, keypoints=np.concatenate([xy, k.keypoints[..., 2:]], axis=-1))


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: c.name)
@pytest.mark.parametrize(("species", "gait"), GAITS)
def test_every_gait_is_a_body_under_every_condition(species, gait, condition):
    k = made(species, gait, condition)
    assert said(k) == []
    assert body_figures(k, sure_joints(k))["frames_seen"] == 1


def test_a_jump_is_a_body():
    assert said(jump_keypoints(Jump(), noise=0.02)) == []


@pytest.mark.parametrize("rest", [0.15, 0.3])
def test_a_leap_between_long_rests_does_not_stand_still(rest):
    clip = CLIPS["spider_jump"]
    leap = replace(clip.gait, rest=rest)
    clip = replace(clip, gait=leap, seconds=2 * rest + leap.duration)
    figure, camera = stage(clip)
    k = true_keypoints(clip, figure, camera, np.ones((len(clip.times), len(figure.keypoints))))
    assert not said(k)


@pytest.mark.parametrize("seed", range(3))
def test_noise_occlusion_and_swapped_legs_at_once_are_forgiven(seed):
    worst = Condition("all", fps=30.0, noise=0.03, hidden=True, swaps=True)
    for species, gait in (("dog", "gallop"), ("human", "run")):
        assert said(made(species, gait, worst, seed)) == []


@pytest.mark.parametrize(("species", "gait"), [("dog", "trot"), ("human", "walk")])
@pytest.mark.parametrize("seed", range(5))
def test_random_joints_are_no_body(species, gait, seed):
    k = made(species, gait)
    spots = np.random.default_rng(seed).uniform(0, 400, (*k.keypoints.shape[:2], 2))
    assert any("bones change their length" in words for words in said(at(k, spots)))


@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.parametrize(("species", "gait"), [("dog", "trot"), ("human", "walk")])
def test_a_frozen_skeleton_stands(species, gait, moves):
    k = made(species, gait)
    frozen = np.tile(k.keypoints[:1, :, :2], (len(k.times), 1, 1))
    if moves:
        frozen = frozen + 3.0 * np.arange(len(k.times))[:, None, None] * [1.0, 0.0]
    frozen = frozen + np.random.default_rng(0).normal(0, 1.0, frozen.shape)
    assert any("stands still" in words for words in said(at(k, frozen)))


@pytest.mark.parametrize("gait", ["walk", "run"])
def test_a_human_squeezed_into_a_dogs_box_is_none(gait):
    k, dog = made("human", gait), made("dog", "trot")
    count = min(len(k.times), len(dog.times))
    xy = k.keypoints[:count, :, :2]
    low, high = xy.min(1, keepdims=True), xy.max(1, keepdims=True)
    boxes = dog.boxes[:count]
    squeezed = boxes[:, None, :2] + (xy - low) / (high - low) * (boxes[:, None, 2:] - boxes[:, None, :2])
    wrong = replace(k, keypoints=np.concatenate([squeezed, k.keypoints[:count, :, 2:]], -1), times=k.times[:count])  # fmt: skip
    assert said(wrong)


@pytest.mark.parametrize(("species", "gait"), [("dog", "trot"), ("human", "walk")])
def test_a_body_on_its_side_or_its_head_is_none(species, gait):
    k = made(species, gait)
    xy = k.keypoints[..., :2]
    assert said(at(k, xy[..., ::-1] * [1.0, -1.0]))
    assert any("feet are below" in words for words in said(at(k, xy * [1.0, -1.0])))


@pytest.mark.parametrize(("species", "gait"), [("dog", "trot"), ("dog", "walk"), ("human", "walk")])
@pytest.mark.parametrize("degrees", [0, 30, 45, 60, 80, -30, -45, -60, -80])
def test_from_how_far_aside_a_body_is_seen(species, gait, degrees):
    """Half from the side is not from the front, of dogs as of people."""
    k = made(species, gait, Condition("turned", fps=30.0, noise=0.01, angle=float(degrees)))
    aside = body_figures(k, sure_joints(k))["aside"]
    assert aside == pytest.approx(-degrees, abs=8)
    assert (abs(aside) > SURELY_ASIDE) == (abs(degrees) > 70)


def test_hardly_any_frame_seen_is_told():
    k = made("human", "walk")
    k.keypoints[1:-1:3, :, 2] = 0.0
    assert said(k) == []
    k.keypoints[2:-1:3, :, 2] = 0.0
    assert any("in only 3" in words for words in said(k))


def test_too_little_to_judge_is_not_judged():
    k = made()
    short = replace(k, keypoints=k.keypoints[:6], times=k.times[:6])
    assert body_figures(short, sure_joints(short)) == {}
    k.keypoints[..., 2] = 0.0
    assert body_figures(k, sure_joints(k)) == {}


def test_a_model_that_is_never_sure_is_judged_too():
    k = made()
    k.keypoints[..., 2] = 0.05
    assert body_figures(k, sure_joints(k)) == body_figures(made(), sure_joints(made()))


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["dog_amble", "dog_run_pan", "human_walk_pan", "human_run"])
def test_the_example_clips_truth_lies_on_what_moves(clips, clip):
    frames, truth = clips(clip)
    figures = check_plausible(truth, frames, accept=False)
    assert figures["on_moving"] > 0.6 and figures["moving_covered"] > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["dog_amble", "dog_amble_pan"])
def test_a_body_beside_what_moves_is_refused(clips, clip):
    """The right movements in the wrong place, as of somebody else; only the pictures tell."""
    frames, truth = clips(clip)
    away = truth.keypoints[..., :2] * [0.4, 0.4] + [0.0, 20.0]
    moved = replace(at(truth, away), boxes=truth.boxes * 0.4 + [0, 20, 0, 20])
    assert said(moved) == []
    with pytest.raises(UserError, match=r"only \d+% of it is on moving pixels"):
        check_plausible(moved, frames, accept=False)


def test_a_man_inside_a_dog_leaves_most_of_it_uncovered(clips):
    frames, truth = clips("dog_amble")
    human = made("human", "walk")
    count = len(truth.times)
    xy = human.keypoints[np.arange(count) % len(human.times), :, :2]
    xy = xy - xy.mean(1, keepdims=True)
    height = np.ptp(xy[..., 1], axis=1).max()
    box = truth.boxes
    xy = xy * (box[:, 3] - box[:, 1])[:, None, None] / height * 0.8 + ((box[:, :2] + box[:, 2:]) / 2)[:, None]
    wrong = replace(
        truth,
        keypoints=np.concatenate([xy, np.ones((*xy.shape[:2], 1))], -1),
        joint_names=COCO17.joints,
        skeleton="coco17",
        backend="mediapipe",
    )
    with pytest.raises(UserError, match=r"pose.backend: mediapipe found an implausible human skeleton.*accept") as raised:  # fmt: skip
        check_plausible(wrong, frames, accept=False)
    assert "% of the moving object is near it" in str(raised.value)
    assert "pose.skeleton: ap10k" in str(raised.value)
    assert check_plausible(wrong, frames, accept=True)["moving_covered"] < 0.5


def test_the_figures_are_kept(tmp_path):
    k = replace(made(), figures={"bone_spread": 0.05})
    write_keypoints(tmp_path / "k.h5", k)
    assert read_keypoints(tmp_path / "k.h5").figures == {"bone_spread": 0.05}


def test_what_was_imported_is_pointed_to_its_file(clips):
    frames, truth = clips("dog_amble")
    k = replace(at(truth, truth.keypoints[..., :2] * [1.0, -1.0] + [0.0, 480.0]), backend="import")
    with pytest.raises(UserError, match="Does pose.keypoints belong to this video"):
        check_plausible(k, frames, accept=False)
