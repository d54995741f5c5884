"""Which row of a file is which frame of the film: read, or asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.artifacts.frames import Frames
from video2reward.errors import UserError
from video2reward.keypoints.imports.matching import rows_in
from video2reward.keypoints.imports.numbering import Numbering
from video2reward.keypoints.imports.recording import Recording


def clip(count, start=0, film=None, fps=25.0, names=()):
    """`count` frames of a film from number `start` on; it has `film` frames, if that is known."""
    times = np.arange(count) / fps
    return Frames("f", times, fps, (64, 48), 0, "clip.mp4", "d", {}, start / fps, start, film, tuple(names))


def rows(frames, first, last, base=None, first_frame=None, unseen=0, **how):
    """The rows of a file with the frames `first` to `last`, the last `unseen` of them empty."""
    keypoints = np.ones((1, last - first + 1, 2, 3))
    keypoints[0, len(keypoints[0]) - unseen :] = (np.nan, np.nan, 0)
    recording = Recording(keypoints, ("a", "b"), numbering=Numbering(first, base, **how))
    return rows_in(recording, frames, first_frame, "a.json").tolist()


def span(start, count):
    return list(range(start, start + count))


WHOLE = clip(100, film=100)
READ = {
    "all, from 0": (WHOLE, (0, 99), {}, 0),
    "all, from 1": (WHOLE, (1, 100), {}, 0),
    "all of DeepLabCut, from 1": (WHOLE, (1, 100), {"base": 0}, 0),
    "a film's part, whose numbers were kept": (WHOLE, (500, 599), {"base": 0}, 0),
    "ends inside the film": (WHOLE, (0, 79), {}, 0),
    "begins inside it, AlphaPose": (WHOLE, (20, 99), {"base": 0}, -20),
    "begins inside it, from 1, to the last": (WHOLE, (21, 100), {}, -20),
    "begins inside it, the demo script": (WHOLE, (21, 90), {"base": 1}, -20),
    "a list of pictures from 1": (WHOLE, (1, 80), {"listed": True}, 0),
    "empty rows beyond the film": (WHOLE, (0, 119), {"unseen": 20}, 0),
    "begins and ends inside, said": (WHOLE, (20, 89), {"first_frame": 1}, -19),
    "beyond the film, said": (WHOLE, (0, 119), {"first_frame": 0}, 0),
    "negative, said": (WHOLE, (0, 79), {"first_frame": -10}, -10),
    "trimmed, the whole film's": (clip(50, start=30, film=100), (0, 99), {}, 30),
    "trimmed at both ends": (clip(50, start=30), (0, 99), {}, 30),
    "trimmed, the clip's": (clip(50, start=30), (0, 49), {}, 0),
    "trimmed, the clip's from 1": (clip(50, start=30), (1, 50), {}, 0),
    "trimmed, the clip's, the film's numbers": (clip(50, start=30), (30, 79), {}, 0),
    "trimmed, the clip's, the film's numbers from 1": (clip(50, start=30), (31, 80), {}, 0),
    "trimmed, the film's from 1": (clip(50, start=30, film=80), (1, 80), {}, 30),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_rows_are_read(case):
    frames, (first, last), how, offset = READ[case]
    assert rows(frames, first, last, **how) == span(offset, len(frames.times))


ASKED = {
    "begins inside, 0 or 1": (WHOLE, (20, 89), {}, "numbers its frames 20 to 89 without saying whether it counts from 0 or 1"),
    "begins with 1, ends inside": (WHOLE, (1, 80), {}, "pose.first_frame: 0 or pose.first_frame: 1"),
    "trimmed, from 1": (clip(50, start=30), (1, 90), {}, "the clip is frames 30 to 79 of the video, counted from 0"),
    "more rows than frames": (WHOLE, (0, 119), {}, "has frames 0 to 119 (of 120), the video has 100 frames, 0 to 99"),
    "more rows, from 1": (WHOLE, (1, 101), {"base": 1}, "has frames 1 to 101 (of 101), the video has 100 frames, 1 to 100"),
    "another part of the film": (clip(50, start=30), (40, 89), {"base": 0}, "numbers its 50 frames 40 to 89; the clip has as many, beginning with frame 30 of its video"),
    "too little of the clip": (WHOLE, (0, 39), {}, "ends with frame 39, the clip is frames 0 to 99"),
    "too late for the clip": (WHOLE, (60, 99), {"base": 0}, "begins with frame 60, the clip is frames 0 to 99"),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_what_can_be_read_in_two_ways_or_in_none_ends_with_a_sentence(case):
    frames, (first, last), how, message = ASKED[case]
    with pytest.raises(UserError, match=r"^a.json ") as caught:
        rows(frames, first, last, **how)
    assert message in str(caught.value)


def test_the_way_out_that_is_named_is_one():
    frames = clip(50, start=30)
    with pytest.raises(UserError, match="0 if it counts the video's frames, 10 if its rows are the clip's"):
        rows(frames, 40, 89, base=0)
    assert rows(frames, 40, 89, base=0, first_frame=0) == span(-10, 50)
    assert rows(frames, 40, 89, base=0, first_frame=10) == span(0, 50)


def test_a_folders_pictures_are_matched_by_their_names_whatever_their_numbers():
    names = [f"img{n:03d}.jpg" for n in (5, 7, 8, 12)]
    pictures = {f"img{n:03d}": n for n in (5, 8, 12, 40)}
    assert rows(clip(4, film=4, names=names), 5, 40, pictures=pictures) == [0, -1, 3, 7]


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(40, 99), st.integers(0, 1), st.booleans())
def test_a_frame_is_never_given_another_frames_row(first, last, base, known):
    """Whatever is cut off a complete file of the film: the rows are the right ones, or a sentence asks."""
    if last - first < 20:
        return
    try:
        found = rows(WHOLE, first + base, last + base, base=base if known else None)
    except UserError as error:
        assert "pose.first_frame" in str(error) or "they do not match" in str(error)
        return
    assert found == span(-first, 100)


def timed(frames, times, origin=0.0):
    recording = Recording(
        np.ones((1, len(times), 2, 3)), ("a", "b"), numbering=None, times=times, origin_s=origin
    )
    return rows_in(recording, frames, None, "a.npz").tolist()


def test_times_are_the_films_and_not_the_files():
    late = np.arange(50) / 25
    assert timed(clip(50, film=50), late) == span(0, 50)
    assert timed(clip(50, start=25), late) == span(0, 50)  # as many as the clip has: its own
    assert timed(clip(20, start=30), np.arange(60) / 25, origin=0.4) == span(20, 20)
    assert timed(clip(20, start=30), np.arange(60) / 25, origin=None) == span(30, 20)
    assert timed(clip(50, film=50), late, origin=1e9) == span(0, 50)  # a clock's
    with pytest.raises(
        UserError, match=r"has 50 frames over 1.96 s from 1.00 s on, the clip 50 from 0.00 to 1.96 s"
    ):
        timed(clip(50, film=50), late, origin=1.0)
