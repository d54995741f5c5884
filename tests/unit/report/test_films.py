import base64
from dataclasses import replace

import numpy as np
import pytest

from video2reward.geometry import sample_cycle
from video2reward.phase import pair, rhythm, video_phase
from video2reward.report import films
from video2reward.report.films import Workshop, beside, make_film
from video2reward.report.player import make_player, stances
from video2reward.rollout.film import typical_agent
from video2reward.video.decode import decode
from video2reward.video.film import write_film

FPS = 25.0


def apart(a, b):
    """The distance between phases, cycles, at most a half."""
    return np.abs((np.asarray(a) - b + 0.5) % 1 - 0.5)


def pictures(film):
    return (picture.bgr[:, :, ::-1] for picture in decode(film))


@pytest.fixture
def workshop():
    return Workshop(pictures, write_film, typical_agent, FPS)


@pytest.fixture
def loop(results, monkeypatch):
    """A loop with real films, small: the video grows brighter frame by frame, the robot's redder."""
    monkeypatch.setattr(films, "_HEIGHT", 120)
    loop = results.loop([["ok"]])
    frames = len(loop.motion.times)
    write_film(
        loop.video_folder / "overlay.mp4",
        (np.full((60, 192, 3), 40 + i, np.uint8) for i in range(frames)),
        loop.motion.fps,
    )
    red = (np.full((72, 128, 3), [40 + i, 0, 0], np.uint8) for i in range(150))
    write_film(loop.folder / "iter1" / "rollout.mp4", red, FPS)
    return loop


def test_the_phase_of_a_movement_is_found_whatever_its_tempo(sine_reference):
    times = np.arange(400) * 0.02
    phase = 0.3 + times / 0.7 + 0.03 * times**2  # it speeds up
    found = rhythm(sample_cycle(sine_reference.cycle, phase), sine_reference.cycle, 35)
    assert apart(found.phase, phase).max() < 0.03
    assert (np.diff(found.phase) >= 0).all()
    assert found.amplitude == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("late", [0.0, 0.35, 0.8])
def test_robot_and_video_are_shown_at_the_same_phase(
    sine_gait, sine_rollout, sine_motion, sine_reference, late
):
    motion = sine_motion(sine_reference.target)
    steps = np.arange(400) * 0.02 / 0.9  # slower than the reference's 0.765 s
    rollout = sine_rollout(sine_gait(steps + late, amplitude=0.7)[None])
    pairing = pair(motion, sine_reference, rollout, 0, 8.0)
    assert pairing.in_phase and not pairing.jumps
    assert apart(pairing.robot / 0.9 + late, motion.times / motion.period_s).max() < 0.03
    assert pairing.faster == pytest.approx(0.9 / motion.period_s, rel=0.02)
    assert pairing.robot.min() >= sine_reference.period_s - 0.02  # getting going is left out


def test_a_short_recording_is_taken_up_whole_strides_earlier(
    sine_gait, sine_rollout, sine_motion, sine_reference
):
    motion = sine_motion(sine_reference.target, strides=8)
    steps = np.arange(200) * 0.02 / 0.765
    pairing = pair(motion, sine_reference, sine_rollout(sine_gait(steps)[None]), 0, 4.0)
    assert pairing.in_phase and pairing.jumps >= 1
    assert apart(pairing.robot / 0.765, motion.times / motion.period_s).max() < 0.05
    assert pairing.robot.max() <= 4.0


def test_what_comes_after_a_fall_is_not_shown(sine_gait, sine_rollout, sine_motion, sine_reference):
    gait = sine_gait(np.arange(400) * 0.02 / 0.765)[None]
    pairing = pair(
        sine_motion(sine_reference.target), sine_reference, sine_rollout(gait, fell_at=150), 0, 8.0
    )
    assert pairing.in_phase
    assert pairing.robot.max() <= 150 * 0.02


@pytest.mark.parametrize("amplitude", [0.0, 0.1])
def test_a_robot_that_hardly_moves_has_no_phase(
    sine_gait, sine_rollout, sine_motion, sine_reference, amplitude
):
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765, amplitude=amplitude)[None])
    pairing = pair(sine_motion(sine_reference.target), sine_reference, rollout, 0, 8.0)
    assert not pairing.in_phase
    assert pairing.faster == sine_reference.time_scale


def test_a_recording_of_less_than_two_strides_is_repeated(
    sine_gait, sine_rollout, sine_motion, sine_reference
):
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765)[None])
    motion = sine_motion(sine_reference.target)
    pairing = pair(motion, sine_reference, rollout, 0, 0.5)
    assert not pairing.in_phase
    assert pairing.robot.min() >= 0 and pairing.robot.max() <= 0.5
    assert pairing.jumps == np.floor(motion.times[-1] * sine_reference.time_scale / 0.5)


def test_a_film_holds_both_at_the_moments_that_belong_together(loop, workshop, tmp_path):
    film = make_film(loop, workshop, 1e6)
    assert (film.width, film.height, film.split) == (384 + 214, 120, 384)
    (tmp_path / "film.mp4").write_bytes(base64.b64decode(film.address.partition(",")[2]))
    frames = list(pictures(tmp_path / "film.mp4"))
    assert len(frames) == film.frames == len(loop.motion.times)
    for i in (0, 40, film.frames - 1):
        left, right = frames[i][60, 200], frames[i][60, film.split + 100]
        assert left == pytest.approx(np.full(3, 40 + i), abs=4)
        assert right[0] == pytest.approx(40 + film.pairing.robot[i] * FPS, abs=5)
        assert right[0] > right[1] + 30


def test_films_keep_within_their_share(loop, workshop):
    whole = make_film(loop, workshop, 1e6)
    size = len(base64.b64decode(whole.address.partition(",")[2]))
    less = make_film(loop, workshop, 0.8 * size)
    assert len(less.address) < 0.8 * len(whole.address) + 100
    assert less.frames == whole.frames
    assert make_film(loop, workshop, 500) is None


def test_without_a_robot_the_video_is_shown_alone_and_why(results, loop, workshop):
    failed = results.loop([["training"]], seed=1)
    film = make_film(failed, workshop, 1e6)
    assert film.pairing is None and film.split == film.width
    assert "There is no robot to show" in make_player(film, failed).sentences[0]
    (loop.folder / "iter1" / "rollout.mp4").unlink()
    assert "rollout.mp4 does not exist" in make_film(loop, workshop, 1e6).no_robot


def test_the_player_says_how_the_halves_go_together(loop, workshop):
    film = make_film(loop, workshop, 1e6)
    player = make_player(film, loop)
    assert player.sentences[0] == "Both halves are at the same phase of the stride in every picture."
    assert f"{film.pairing.faster:.2f} times as fast as it walks" in player.sentences[1]
    assert len(player.times["video"]) == len(player.times["robot"]) == film.frames
    slower = replace(film, pairing=replace(film.pairing, faster=0.5, in_phase=False, jumps=2), left_out=3.0)
    said = " ".join(make_player(slower, loop).sentences)
    assert "at 0.50 of the speed" in said and "not the phase" in said
    assert "jumps back" in said and "last 3.0 s" in said


def test_footfalls_are_runs_of_the_phase(loop):
    phase = np.arange(20) / 10 + 0.05
    assert stances(phase, 0.0, 0.5) == ((0, 5), (10, 5))
    assert stances(phase, 0.8, 0.5) == ((0, 3), (8, 5), (18, 2))
    runs = stances(video_phase(loop.motion), 0.0, 0.6)
    assert sum(length for _, length in runs) == pytest.approx(0.6 * len(loop.motion.times), rel=0.1)


def test_halves_of_any_shape_are_brought_to_one_height():
    tall = [np.full((200, 100, 3), 50, np.uint8)] * 3
    flat = [np.full((90, 160, 3), 200, np.uint8)] * 2
    made = list(beside([tall, flat], [60, 214], 120))
    assert len(made) == 2  # as many as the shorter has
    assert made[0].shape == (120, 274, 3)
    assert made[0][:, :58].mean() == 50 and made[0][:, 62:].mean() == 200
