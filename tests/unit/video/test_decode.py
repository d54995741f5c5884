import os
import re
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.video.films import HEIGHT, WIDTH, number_of, numbered, write

from video2reward.errors import UserError
from video2reward.video.decode import clip, decode, expected_frames

STEADY = [40 * i for i in range(12)]
ROTATE_CLOCKWISE = {
    0: None,
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def times(pictures):
    return [picture.time for picture in pictures]


def numbers(pictures):
    return [number_of(picture.bgr) for picture in pictures]


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.mov", "film.ts"])
def test_constant_frame_rate_is_exact(film, name):
    pictures = list(decode(film(STEADY, name)))
    assert times(pictures) == pytest.approx([0.04 * i for i in range(12)], abs=1e-12)
    assert numbers(pictures) == list(range(12))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=14),
    st.integers(0, 2000),
    st.sampled_from(["mp4", "mkv"]),
)
def test_variable_frame_rate_keeps_every_frame_at_its_own_time(steps, start, kind):
    stamps = np.concatenate([[start], start + np.cumsum(steps)]).tolist()
    with tempfile.TemporaryDirectory() as folder:
        pictures = list(decode(write(Path(folder) / f"film.{kind}", stamps)))
    assert times(pictures) == pytest.approx([(s - start) / 1000 for s in stamps], abs=1e-9)
    assert numbers(pictures) == [i % 16 for i in range(len(stamps))]


@pytest.mark.parametrize("counterclockwise", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_pictures_come_upright(tmp_path, counterclockwise, mirrored):
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.set_display_rotation(counterclockwise, hflip=mirrored)
        for index in range(3):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(index), format="rgb24")))
        film.mux(stream.encode())
    turn = ROTATE_CLOCKWISE[-counterclockwise % 360]
    shown = numbered(1) if turn is None else cv2.rotate(numbered(1), turn)
    shown = shown[:, ::-1] if mirrored else shown
    picture = list(decode(path))[1]
    assert picture.bgr.shape == shown.shape
    assert np.abs(picture.bgr.astype(int) - shown).mean() < 6
    if not mirrored:
        assert picture.rotation == -counterclockwise % 360


def test_odd_angles_are_refused(film):
    with pytest.raises(UserError, match="not a multiple of 90"):
        list(decode(film(STEADY, matrix=[46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30])))


def test_oblong_pixels_become_square(film):
    picture = next(decode(film(STEADY, aspect=Fraction(3, 2))))
    assert picture.bgr.shape == (HEIGHT, WIDTH * 3 // 2, 3)


@pytest.mark.parametrize(
    ("start_s", "end_s", "first", "last"),
    [(0.0, None, 0, 11), (0.2, None, 5, 11), (0.2, 0.32, 5, 8), (0.19, 0.33, 5, 8), (0.0, 0.48, 0, 11)],
)
def test_trim_keeps_both_ends(film, start_s, end_s, first, last):
    pictures = list(clip(film(STEADY), (start_s, end_s)))
    assert numbers(pictures) == list(range(first, last + 1))
    assert pictures[0].time == pytest.approx(0.04 * first)


@pytest.mark.parametrize(
    ("start_s", "end_s", "message"),
    [
        (5, None, "lasts 0.48 s: trim [5, null] is outside it"),
        (0.2, 9, "lasts 0.48 s: trim [0.2, 9] is outside it"),
        (0.2, 0.1, "trim [0.2, 0.1] must end after it starts"),
        (0.21, 0.25, "1 frame(s) within trim [0.21, 0.25]"),
    ],
)
def test_trim_outside_the_clip(film, start_s, end_s, message):
    with pytest.raises(UserError, match=re.escape(message)):
        list(clip(film(STEADY), (start_s, end_s)))


def test_missing(tmp_path):
    with pytest.raises(UserError, match="does not exist; correct video.file"):
        list(decode(tmp_path / "nothing.mp4"))


def test_empty(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(UserError, match=r"empty.mp4 is empty \(0 bytes\); copy"):
        list(decode(tmp_path / "empty.mp4"))


@pytest.mark.parametrize("name", ["notes.mp4", "notes.txt"])
def test_not_a_video(tmp_path, name):
    (tmp_path / name).write_text("no film at all\n" * 100)
    with pytest.raises(UserError, match="is a text file, not a video|it is not a video, or damaged"):
        list(decode(tmp_path / name))


PLAYLISTS = {
    "concat.ffconcat": "ffconcat version 1.0\nfile 'neighbour.mp4'\n",
    "concat.mp4": "ffconcat version 1.0\nfile neighbour.mp4\n",
    "list.m3u8": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nneighbour.mp4\n#EXT-X-ENDLIST\n",
    "list.mpd": '<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>neighbour.mp4</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "stream.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_lists_of_films_are_not_followed(film, tmp_path, name):
    film(range(0, 400, 40)).rename(tmp_path / "neighbour.mp4")
    assert len(list(decode(tmp_path / "neighbour.mp4"))) == 10
    (tmp_path / name).write_text(PLAYLISTS[name])
    with pytest.raises(UserError, match="is a text file, not a video"):
        list(decode(tmp_path / name))
    assert expected_frames(tmp_path / name) == 0


def test_names_that_look_like_protocols(film, tmp_path):
    path = film(range(0, 400, 40)).rename(tmp_path / "concat:a|b.mp4")
    assert len(list(decode(path))) == 10


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", Path("/dev/zero")):
        with pytest.raises(UserError, match="is not a file"):
            list(decode(path))


def test_audio_only(audio):
    with pytest.raises(UserError, match="has no pictures, only audio"):
        list(decode(audio))


def test_one_frame(film):
    with pytest.raises(UserError, match="has only one frame"):
        list(clip(film([0])))


def test_a_still_picture(tmp_path):
    cv2.imwrite(str(tmp_path / "still.png"), numbered(1))
    with pytest.raises(UserError, match="has only one frame"):
        list(clip(tmp_path / "still.png"))


@settings(max_examples=20, deadline=None)
@given(st.floats(0.02, 0.75), st.sampled_from(["mp4", "mkv", "faststart.mp4"]))
def test_truncated_anywhere(part, kind):
    options = {"movflags": "faststart"} if kind.startswith("fast") else {}
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"film.{kind}", [40 * i for i in range(60)], options=options)
        path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
        with pytest.raises(UserError, match="cut off"):
            list(decode(path))


def test_truncated_behind_the_trim_is_no_matter(film):
    path = film([40 * i for i in range(60)], "film.mkv")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert len(list(clip(path, (0.0, 0.4)))) == 11


def test_frames_out_of_order_are_refused(tmp_path):
    path = tmp_path / "bframes.avi"  # AVI cannot say when an H.264 B-frame is shown
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(12):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(index), format="rgb24")))
        film.mux(stream.encode())
    with pytest.raises(UserError, match="out of order at .*; convert it to MP4"):
        list(decode(path))


def test_expected_frames_follow_header_and_trim(film, audio):
    assert expected_frames(film(STEADY)) == 12
    assert expected_frames(film(STEADY, "film.mkv")) == 12
    assert expected_frames(film(STEADY), (0.2, 0.4)) == 5
    assert expected_frames(film(STEADY), (3.0, None)) == 0
    assert expected_frames(audio) == 0
