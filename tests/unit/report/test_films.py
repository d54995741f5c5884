import base64
from dataclasses import replace

import numpy as np
import pytest

from video2reward.report import films
from video2reward.report.films import Workshop, make_film, side_by_side
from video2reward.report.player import make_player, stances
from video2reward.rollout.film import typical_agent
from video2reward.similarity.phase import video_phase
from video2reward.video.decode import decode
from video2reward.video.film import write_film

FPS = 25.0


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
        loop.video_folder.overlay,
        (np.full((60, 192, 3), 40 + i, np.uint8) for i in range(frames)),
        loop.motion.fps,
    )
    red = (np.full((72, 128, 3), [40 + i, 0, 0], np.uint8) for i in range(150))
    write_film(loop.folder.path / "iter1" / "rollout.mp4", red, FPS)
    return loop


def test_a_film_holds_both_at_the_moments_that_belong_together(loop, workshop, tmp_path):
    film = make_film(loop.footage(), workshop, 1e6)
    assert (film.edges, film.height) == ((384, 384 + 214), 120)
    (tmp_path / "film.mp4").write_bytes(base64.b64decode(film.address.partition(",")[2]))
    frames = list(pictures(tmp_path / "film.mp4"))
    assert len(frames) == film.frames == len(loop.motion.times)
    for i in (0, 40, film.frames - 1):
        left, right = frames[i][60, 200], frames[i][60, film.edges[0] + 100]
        assert left == pytest.approx(np.full(3, 40 + i), abs=4)
        assert right[0] == pytest.approx(40 + film.pairing.robot[i] * FPS, abs=5)
        assert right[0] > right[1] + 30


def test_a_motion_that_begins_later_shows_its_own_pictures(loop, workshop, tmp_path):
    motion = loop.motion
    later = replace(
        motion,
        first_frame=20,
        **{
            name: getattr(motion, name)[20:]
            for name in ("times", "paper", "body", "confidence", "phase", "trunk")
        },
    )
    film = make_film(replace(loop, motion=later).footage(), workshop, 1e6)
    (tmp_path / "film.mp4").write_bytes(base64.b64decode(film.address.partition(",")[2]))
    frames = list(pictures(tmp_path / "film.mp4"))
    assert len(frames) == film.frames == len(motion.times) - 20
    assert frames[0][60, 200] == pytest.approx(np.full(3, 60), abs=4)


@pytest.mark.slow
def test_films_keep_within_their_share(loop, workshop):
    whole = make_film(loop.footage(), workshop, 1e6)
    size = len(base64.b64decode(whole.address.partition(",")[2]))
    less = make_film(loop.footage(), workshop, 0.8 * size)
    assert len(less.address) < 0.8 * len(whole.address) + 100
    assert less.frames == whole.frames
    assert make_film(loop.footage(), workshop, 500) is None


def test_without_a_robot_the_video_is_shown_alone_and_why(results, loop, workshop):
    failed = results.loop([["training"]], seed=1)
    film = make_film(failed.footage(), workshop, 1e6)
    assert film.pairing is None and len(film.edges) == 1
    assert "There is no robot to show" in make_player(film, failed.footage()).sentences[0]
    (loop.folder.path / "iter1" / "rollout.mp4").unlink()
    assert "rollout.mp4 does not exist" in make_film(loop.footage(), workshop, 1e6).no_robot


def test_the_player_says_how_the_halves_go_together(loop, workshop):
    film = make_film(loop.footage(), workshop, 1e6)
    player = make_player(film, loop.footage())
    assert player.sentences[0] == "Both halves are at the same phase of the stride in every picture."
    assert f"{film.pairing.faster:.2f} times as fast as it walks" in player.sentences[1]
    assert len(player.times["video"]) == len(player.times["robot"]) == film.frames
    other = replace(film.pairing, faster=0.5, in_phase=False, jumps=2)
    slower = replace(film, pairings=(other,), left_out=3.0)
    said = " ".join(make_player(slower, loop.footage()).sentences)
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
    made = list(side_by_side([tall, flat], [60, 214], 120))
    assert len(made) == 2  # as many as the shorter has
    assert made[0].shape == (120, 274, 3)
    assert made[0][:, :58].mean() == 50 and made[0][:, 62:].mean() == 200
