"""Pairs of pictures: the same phase, the same scale, both to the right."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.prompt import Prompt, pictures_in
from video2reward.critique.framing import frame_clip, frame_robot
from video2reward.critique.moments import Moments, choose_moments, show_fall
from video2reward.critique.pictures import (
    ClipView,
    Framing,
    arrange_grid,
    draw_pairs,
    from_keypoints,
    from_picture,
    write_pair_film,
    write_pictures,
)
from video2reward.critique.question import Shown, critique_question, pictures_seen
from video2reward.critique.verdict import Measurements
from video2reward.settings.llm import LLM
from video2reward.similarity.phase import pair, video_phase
from video2reward.skeletons import skeleton
from video2reward.video.decode import decode
from video2reward.video.draw import draw_skeleton
from video2reward.video.film import write_film

TEMPLATE = Path(__file__).resolve().parents[3] / "resources" / "prompts" / "critique.j2"
WELL = Measurements(0.0, 0.1, 1.2, 1.2, 0.65, 0.65)


@pytest.fixture
def walked(sine_gait, sine_rollout, sine_motion, sine_reference):
    """A clip, a robot that follows it 0.35 strides later, and their pairing."""
    motion = sine_motion(sine_reference.target)
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765 + 0.35)[None])
    return motion, rollout, pair(motion, sine_reference, rollout, 0, 8.0)


def apart(a, b):
    return np.abs((np.asarray(a) - b + 0.5) % 1 - 0.5)


def test_both_are_at_the_phase_that_is_written_above_them(walked):
    motion, _, pairing = walked
    moments = choose_moments(motion, pairing, 8)
    assert moments.in_phase and np.allclose(moments.phase, np.arange(8) / 8)
    assert (
        apart(video_phase(motion)[moments.frames], moments.phase).max()
        < 0.5 / (motion.period_s * motion.fps) + 0.01
    )
    assert apart(moments.robot / 0.765 + 0.35, moments.phase).max() < 0.04
    assert (np.diff(moments.frames) > 0).all() and (np.diff(moments.robot) > 0).all()


def test_a_clip_of_less_than_a_stride_is_shown_as_a_whole(walked):
    motion, _, pairing = walked
    few = round(0.7 * motion.period_s * motion.fps)
    short = replace(motion, times=motion.times[:few], body=motion.body[:few])
    moments = choose_moments(short, replace(pairing, robot=pairing.robot[:few]), 4)
    assert moments.frames[0] == 0 and moments.frames[-1] == few - 1


def test_legs_have_one_length_and_both_go_to_the_right(tmp_path):
    clip = np.zeros((200, 300, 3), np.uint8)
    clip[100:150, 95:105] = (0, 0, 255)  # a leg of 50 px on the ground at y = 150
    clip[100:110, 60:95] = (0, 255, 0)  # the head, to the left
    robot = np.full((120, 160, 3), 200, np.uint8)
    view = ClipView(50.0, np.array([[100.0, 150.0]]), mirrored=True)
    (drawn,) = draw_pairs([from_picture(clip)], [robot], view, Framing(25.0, 100.0), ["phase 0.00"])
    half = drawn[28:, :160].astype(int)
    leg = np.argwhere((half[..., 2] > 200) & (half[..., 1] < 60))
    assert abs(leg[:, 0].max() - 100) <= 2 and abs(np.ptp(leg[:, 0]) - 25) <= 2
    assert abs(leg[:, 1].mean() - 80) <= 2
    head = np.argwhere((half[..., 1] > 200) & (half[..., 2] < 60))
    assert head[:, 1].min() > leg[:, 1].max() - 2
    assert (drawn[28:, -160:] == 200).all()
    (file,) = write_pictures(tmp_path / "pictures", [drawn], "pair")
    assert file.name == "pair_01.jpg" and cv2.imread(str(file)).shape == drawn.shape


def test_a_grid_holds_all_pairs_two_beside_each_other():
    pairs = [np.full((100, 200, 3), shade, np.uint8) for shade in (10, 60, 110)]
    grid = arrange_grid(pairs)
    assert grid.shape == (120, 240, 3)
    assert [int(grid[y, x, 0]) for y, x in ((5, 5), (5, 130), (70, 5), (70, 130))] == [10, 60, 110, 255]


def test_the_subject_is_found_where_its_keypoints_are(walked):
    motion, _, _ = walked
    joints = skeleton(motion.skeleton).joints
    points = np.full((len(motion.times), len(joints), 3), 0.9)
    points[..., 0], points[..., 1] = 400.0, 300.0
    boxes = np.tile([350.0, 200.0, 470.0, 330.0], (len(points), 1))
    keypoints = Keypoints(points, motion.times, joints, motion.skeleton, (960, 540), boxes, "markers")
    view = frame_clip(keypoints, motion, np.array([0, 5]))
    assert view.places.tolist() == [[410.0, 300.0]] * 2
    assert view.leg == pytest.approx(motion.leg_length * motion.body_length_px)


def test_a_stick_figure_and_a_rendered_robot_are_told_apart(walked, sine_reference):
    motion, rollout, _ = walked
    stick = np.full((360, 640, 3), 245, np.uint8)
    rendered = np.random.default_rng(0).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    one, other = (frame_robot(film, rollout, sine_reference, motion, 0) for film in (stick, rendered))
    assert one.ground == 0.85 * 360 and other.ground != one.ground
    leg_m = sine_reference.time_scale**2 * motion.leg_length_m
    assert other.leg / leg_m == pytest.approx(360 / (2 * 1.9 * np.tan(np.pi / 8)))


def question(walked, folder, measured=WELL, kind="pairs", figure=False, **changes) -> Prompt:
    motion, _, pairing = walked
    black = [np.zeros((10, 12, 3), np.uint8)] * (1 if kind == "grid" else 2)
    files = (
        write_pair_film(folder / "pictures", black, write_film)
        if kind == "film"
        else write_pictures(folder / "pictures", black, "pair")
    )
    moments = replace(choose_moments(motion, pairing, 2), **changes)
    shown = Shown(moments, tuple(files), kind, (1286, 388), (1286, 388), figure)
    return critique_question(TEMPLATE, "to walk.", motion, shown, measured, ["upright"], folder)


def test_the_question_says_what_the_pictures_are_and_what_was_measured(walked, tmp_path):
    text = question(walked, tmp_path).text
    assert "2 pictures, in the order of time" in text and "same phase of the stride" in text
    assert "falls: 0 % of the robots fell\nspeed: 1.20 m/s, wanted 1.20 m/s\nstride period: 0.65 s" in text
    assert "components of the present reward function: upright" in text
    assert "[picture 2: pictures/pair_02.jpg]" in text
    assert "Verdict: falls=<yes | no>, speed=<slow | right | fast>, steps=<rare | right | often>" in text
    assert "One picture with 2 pairs" in question(walked, tmp_path, kind="grid").text
    assert "is a figure drawn from its keypoints" in question(walked, tmp_path, figure=True).text
    assert "figure" not in text
    assert "equal times, not at equal phases" in question(walked, tmp_path, in_phase=False).text


@pytest.mark.parametrize("fell_s", [0.1, 1.4, 2.9])
def test_a_fall_is_shown_where_there_is_no_phase_to_keep(fell_s):
    out_of_phase = Moments(np.arange(8), 0.6 + 0.07 * np.arange(8), np.arange(8) / 8, in_phase=False)
    shown = show_fall(out_of_phase, fell_s, filmed_s=3.0)
    assert shown.around_fall and np.allclose(np.diff(shown.robot), 0.07)
    assert shown.robot[0] >= 0 and shown.robot[-1] <= 3.0 and (shown.robot >= fell_s).sum() >= 1
    if fell_s == 1.4:
        assert (shown.robot < fell_s - 1e-9).sum() == 2 and np.array_equal(shown.frames, out_of_phase.frames)
    for kept in (replace(out_of_phase, in_phase=True), out_of_phase):
        assert show_fall(kept, 3.0, filmed_s=3.0) is kept
    assert show_fall(replace(out_of_phase, in_phase=True), fell_s, 3.0).in_phase


def test_the_question_says_that_a_fall_is_shown(walked, tmp_path):
    text = question(walked, tmp_path, in_phase=False, around_fall=True).text
    assert "The robot fell: its halves show that moment" in text and "equal times" not in text


def test_falls_cannot_be_overlooked(walked, tmp_path):
    measured = Measurements(0.4, 0.1, None, 1.2, None, 0.65)
    text = question(walked, tmp_path, measured).text
    assert "40 % of the robots fell, more than the 10 % allowed. Falling is the first problem" in text
    assert "speed: not measured" in text and "the robot has none" in text


def test_a_film_is_asked_about_with_all_its_frames(walked, tmp_path):
    prompt = question(walked, tmp_path, kind="film")
    assert "One film of 2 pairs" in prompt.text and "[film 1: pictures/film_01.mp4]" in prompt.text
    assert pictures_in(prompt.messages[0]) == 2
    frames = list(decode(tmp_path / "pictures" / "film_01.mp4"))
    assert len(frames) == 2 and frames[1].time == pytest.approx(0.5)


def test_the_critique_knows_what_its_pictures_cost(walked, tmp_path):
    prompt = question(walked, tmp_path)
    seen = pictures_seen(prompt, LLM(model="gpt-4o", picture_budget=700))
    assert (seen["tokens"], seen["rule"], seen["budget"], seen["count"]) == (595, "gpt-4o", 700, 2)
    assert pictures_seen(prompt, LLM(model="llava"))["tokens"] is None
    assert pictures_seen(Prompt((), {}), LLM()) == {}


def test_a_figure_lies_on_plain_paper_at_the_place_of_the_keypoints():
    kind = skeleton("coco17")
    joints = np.full((len(kind.joints), 3), np.nan)
    joints[:, 2] = 0.0
    joints[kind.index("left_hip")], joints[kind.index("left_knee")] = (100, 60, 0.9), (100, 110, 0.9)
    half = from_keypoints(joints, partial(draw_skeleton, skeleton=kind))
    drawn = half(np.array([[0.5, 0, 0], [0, 0.5, 10]]), (120, 90)).astype(int)
    inked = np.argwhere(np.abs(drawn - 245).max(axis=2) > 3)
    assert inked[:, 1].min() >= 50 - 6 and inked[:, 1].max() <= 50 + 6
    assert abs(inked[:, 0].min() - 40) <= 6 and abs(inked[:, 0].max() - 65) <= 6
