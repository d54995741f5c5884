"""What people film and download: containers, codecs, depths, rates, folders; whole and broken."""

import re
import shutil
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.video.films import MILLISECOND, number_of, numbered, write

from video2reward.artifacts.frames import read_frames
from video2reward.errors import UserError
from video2reward.settings.video import Video
from video2reward.video.decode import clip, decode, expected_frames
from video2reward.video.frames import extract_frames

KINDS = {
    "phone.mp4": ("libx264", "yuv420p"),
    "phone_hdr.mov": ("libx265", "yuv420p10le"),
    "camera.mov": ("prores_ks", "yuv422p10le"),
    "ten_bit.mkv": ("libx264", "yuv420p10le"),
    "lossless.mkv": ("ffv1", "yuv420p"),
    "av1.mp4": ("libsvtav1", "yuv420p10le"),
    "old.avi": ("mpeg4", "yuv420p"),
    "web.webm": ("libvpx-vp9", "yuv420p"),
    "moving.gif": ("gif", "rgb8"),
    "moving.png": ("apng", "rgb24"),
    "broadcast.ts": ("libx264", "yuv420p"),
    "camcorder.m2ts": ("libx264", "yuv420p"),
    "flash.flv": ("flv1", "yuv420p"),
}  # fmt: skip
FORMATS = {"moving.png": "apng"}


def film_of(path, count=40):
    """A film of numbered pictures, 25 a second, of the kind its name stands for."""
    codec, pixels = KINDS[path.name]
    with av.open(str(path), "w", format=FORMATS.get(path.name)) as film:
        stream = film.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        if codec == "libx265":
            stream.options = {"x265-params": "log-level=none"}
        for index in range(count):
            picture = av.VideoFrame.from_ndarray(numbered(index, 64, 64), format="rgb24")
            film.mux(stream.encode(picture.reformat(format=pixels)))
        film.mux(stream.encode())
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_its_pictures_at_their_times(tmp_path, kind):
    frames = list(decode(film_of(tmp_path / kind, 12)))
    assert [number_of(frame.bgr) for frame in frames] == list(range(12))
    assert [frame.time for frame in frames] == pytest.approx(np.arange(12) / 25, abs=1e-3)
    assert [frame.number for frame in frames] == list(range(12))
    assert frames[0].bgr.dtype == np.uint8 and frames[0].bgr[2, 2].min() > 200


WHOLE_ONLY = [kind for kind in KINDS if kind != "old.avi"]  # an AVI without its index has all its pictures


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(WHOLE_ONLY), st.floats(0.05, 0.9))
def test_films_cut_short_are_told_from_whole_ones(tmp_path_factory, kind, part):
    whole = tmp_path_factory.getbasetemp() / "whole" / kind
    if not whole.exists():
        whole.parent.mkdir(exist_ok=True)
        film_of(whole)
    path = tmp_path_factory.mktemp("cut") / kind
    keep = int(part * whole.stat().st_size)
    path.write_bytes(whole.read_bytes()[: keep + (keep % 4 == 0)])  # 188 and 192 are multiples of 4
    with pytest.raises(UserError, match=r"cut off") as caught:
        list(decode(path))
    assert "\n" not in str(caught.value)


def test_an_avi_without_its_end(tmp_path):
    path = film_of(tmp_path / "old.avi")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UserError, match="cut off"):
        list(decode(path))


def test_a_gif_cut_anywhere(tmp_path):
    content = film_of(tmp_path / "moving.gif", 3).read_bytes()
    for keep in range(20, len(content) - 1, 7):
        (tmp_path / "cut.gif").write_bytes(content[:keep])
        with pytest.raises(UserError, match="cut off"):
            list(decode(tmp_path / "cut.gif"))
    (tmp_path / "more.gif").write_bytes(content + b"\0\0")  # some programs leave a remainder
    assert len(list(decode(tmp_path / "more.gif"))) == 3


def test_what_follows_the_trim_may_be_missing(tmp_path):
    path = film_of(tmp_path / "moving.gif")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert len(list(clip(path, (0.0, 0.4)))) == 11


def test_a_gif_of_uneven_delays(tmp_path):
    path = tmp_path / "uneven.gif"
    stamps = [0, 70, 90, 250, 300]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("gif", rate=100)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        stream.codec_context.time_base = MILLISECOND
        for index, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(numbered(index), format="rgb24").reformat(format="rgb8")
            frame.pts, frame.time_base = stamp, MILLISECOND
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    assert [frame.time for frame in decode(path)] == pytest.approx([s / 1000 for s in stamps], abs=0.006)


def test_ten_bits_turned_and_uneven_at_once(tmp_path):
    """As a phone writes it: HEVC 10-bit, display matrix, variable frame rate."""
    path = tmp_path / "phone.mov"
    stamps = [0, 30, 90, 100, 180]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx265", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        stream.options = {"x265-params": "log-level=none"}
        stream.codec_context.time_base = MILLISECOND
        stream.set_display_rotation(270)
        for index, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(numbered(index), format="rgb24").reformat(format="yuv420p10le")
            frame.pts, frame.time_base = stamp, MILLISECOND
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    frames = list(decode(path))
    assert [frame.time for frame in frames] == pytest.approx([s / 1000 for s in stamps], abs=1e-6)
    assert {(frame.bgr.shape, frame.rotation) for frame in frames} == {((64, 48, 3), 90)}
    assert [number_of(frame.bgr) for frame in frames] == list(range(5))


def folder_of(path, count=12, name="{}.png", start=0):
    path.mkdir(exist_ok=True)
    for index in range(count):
        cv2.imwrite(str(path / name.format(start + index)), numbered(index))
    return path


@pytest.mark.parametrize(
    "name", ["{}.png", "frame_{:04d}.jpg", "Frame{}.JPG", "b{} (2).bmp", "{}.tiff", "{}.webp"]
)
def test_a_folder_of_pictures_in_the_order_of_its_numbers(tmp_path, name):
    folder = folder_of(tmp_path / "pictures", name=name, start=95)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_text("a dog")
    frames = extract_frames(folder, Video(fps=50, trim=(0.1, None)), tmp_path / "frames", {})
    assert frames.times == pytest.approx(np.arange(7) / 50)
    assert (frames.start_frame, frames.start_s, frames.source) == (5, pytest.approx(0.1), "pictures")
    assert [number_of(cv2.imread(str(frames.picture(i)))) for i in range(7)] == list(range(5, 12))
    assert read_frames(tmp_path / "frames").start_frame == 5
    assert expected_frames(folder, (0.1, None), 50) == 7


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    folder = folder_of(tmp_path / "photos", 2, "{}.jpg")
    for path in folder.iterdir():
        # An EXIF segment with one entry, orientation 6: to be turned clockwise.
        tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        body = b"Exif\0\0" + tiff
        jpeg = path.read_bytes()
        path.write_bytes(jpeg[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:])
    first = next(clip(folder, fps=25))
    assert first.bgr.shape == (64, 48, 3)
    assert first.bgr[2, -3].min() > 200 > first.bgr[2, 2].max()


@pytest.mark.parametrize("name", ["{}.png", "{}.jpg"])
def test_a_picture_cut_off_is_named(tmp_path, name):
    folder = folder_of(tmp_path / "pictures", 3, name)
    broken = folder / name.format(1)
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    cv2.imwrite(str(broken), noise)
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size * 2 // 3])
    with pytest.raises(
        UserError, match=re.escape(f"{broken} is") + " (cut off|not a picture, or damaged); copy it again"
    ):
        list(clip(folder, fps=25))
    broken.write_bytes(b"")
    with pytest.raises(UserError, match="is empty; copy it again"):
        list(clip(folder, fps=25))
    broken.write_text("no picture")
    with pytest.raises(UserError, match="is not a picture, or damaged; copy it again"):
        list(clip(folder, fps=25))


def test_folders_that_are_no_film(tmp_path):
    with pytest.raises(UserError, match="holds no pictures"):
        list(clip(tmp_path, fps=25))
    folder = folder_of(tmp_path / "pictures", 3)
    with pytest.raises(
        UserError, match=r"folder of pictures: set their frame rate in the video's YAML, for example fps: 30"
    ):
        list(clip(folder))
    with pytest.raises(UserError, match=r"lasts 0.12 s: trim \[1, null\] is outside it"):
        list(clip(folder, (1.0, None), 25))
    cv2.imwrite(str(folder / "9.png"), numbered(1, 32, 32))
    with pytest.raises(UserError, match="changes its picture size from 64x48 to 32x32 at 0.12 s"):
        extract_frames(folder, Video(fps=25), tmp_path / "frames", {})
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    with pytest.raises(UserError, match="has only one frame"):
        list(clip(folder, fps=25))


def test_one_picture_size(tmp_path):
    """Oblong pixels of a camcorder become square ones."""
    path = write(tmp_path / "dv.mp4", [0, 40, 80], aspect=Fraction(16, 15))
    assert next(decode(path)).bgr.shape == (48, 68, 3)
    shutil.copy(path, tmp_path / "name without suffix")
    assert len(list(decode(tmp_path / "name without suffix"))) == 3
