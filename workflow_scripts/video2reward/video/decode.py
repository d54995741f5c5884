"""Decoding a video: every frame, upright, with its exact timestamp."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from video2reward.errors import UserError
from video2reward.video.complete import check_complete
from video2reward.video.folder import picture_files, read_pictures
from video2reward.video.upright import upright

if TYPE_CHECKING:
    import av

# Containers that are read: video, still pictures and audio (the latter for clear errors). Excluded are lists of other
# files (ffconcat, HLS, DASH, SDP, IMF ...), which would be read too, and tty, which takes any text for a video.
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,flv,live_flv,asf,wmv,ogg,gif,"
    "apng,mxf,nut,dv,mjpeg,yuv4mpegpipe,rm,wtv,avs2,vc1,swf,gxf,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,"
    "mp3,wav,flac,aac,ac3,aiff,w64,caf,amr"
)
_READING = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
_CONVERT = "convert it to MP4 (ffmpeg -i IN -c:v libx264 OUT.mp4)"


@dataclass(frozen=True)
class Picture:
    """One decoded frame.

    time: s after the video's first frame
    bgr: (H, W, 3) uint8, upright, square pixels
    rotation: applied rotation, degrees clockwise, 0, 90, 180 or 270
    number: frame number in the video, from 0
    name: file name, if the video is a folder of pictures
    """

    time: float
    bgr: np.ndarray
    rotation: int
    number: int = 0
    name: str = ""


def decode(video: Path) -> Iterator[Picture]:
    """Yield the frames of `video` in presentation order, with strictly increasing times.

    Sequential decoding with the frames' timestamps is exact for variable frame rates. The container's rotation,
    mirroring and pixel aspect ratio are applied.

    Raises:
        UserError: the file is missing, empty, not a video, audio only, damaged or cut off
    """
    import av

    if not video.exists():
        raise UserError(f"video {video} does not exist; correct video.file in the configuration")
    if not video.is_file():
        raise UserError(f"video {video} is not a file; give a video file, or a folder of pictures")
    if video.stat().st_size == 0:
        raise UserError(f"video {video} is empty (0 bytes); copy or download it again")
    try:
        with open_film(video) as container:
            yield from _frames(container, video)
    except av.error.FFmpegError as error:
        if _is_text(video):
            raise UserError(
                f"{video} is a text file, not a video (lists of files, such as ffconcat and m3u8, are not followed); "
                "correct video.file in the configuration"
            ) from None
        raise UserError(
            f"video {video} cannot be decoded ({error.strerror}): it is not a video, or damaged or cut off; "
            "copy or download it again, or convert it to MP4"
        ) from None


def open_film(video: Path) -> av.container.InputContainer:
    """Open a single video file; files that it refers to are not read."""
    import av

    return av.open(f"file:{video.absolute()}", options=dict(_READING))


def _is_text(file: Path) -> bool:
    with file.open("rb") as content:
        head = content.read(4096)
    try:
        return all(letter.isprintable() or letter.isspace() for letter in head.decode())
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 > 0  # cut within a character


def show(folder: Path, fps: float | None) -> Iterator[Picture]:
    """Yield a folder's pictures at `fps` frames per second.

    Raises:
        UserError: no rate, no pictures, or a damaged one
    """
    if fps is None:
        raise UserError(
            f"{folder} is a folder of pictures: set their frame rate in the video's YAML, for example fps: 30"
        )
    names = [path.name for path in picture_files(folder)]
    for number, (name, bgr) in enumerate(zip(names, read_pictures(folder), strict=True)):
        yield Picture(number / fps, bgr, 0, number, name)


def clip(
    video: Path, trim: tuple[float, float | None] = (0.0, None), fps: float | None = None
) -> Iterator[Picture]:
    """Yield the frames within `trim` (ends included, s after the first frame).

    video: a video file, or a folder of pictures with the frame rate `fps`

    Raises:
        UserError: as `decode` or `show`; the trim is outside the video or leaves fewer than two frames
    """
    start_s, end_s = trim
    if end_s is not None and end_s <= start_s:
        raise UserError(f"video {video}: trim {trim_in_words(trim)} must end after it starts")
    total, kept, last, before = 0, 0, 0.0, 0.0
    for picture in show(video, fps) if video.is_dir() else decode(video):
        if end_s is not None and picture.time > end_s + 1e-6:
            break
        total, before, last = total + 1, last, picture.time
        if picture.time >= start_s - 1e-6:
            kept += 1
            yield picture
    else:  # the whole video was read, so its length is known
        if total == 1:
            raise UserError(f"video {video} has only one frame; a motion needs a video, not a still picture")
        end = last + (last - before)
        if start_s > last or (end_s is not None and end_s > end + 1e-3):
            raise UserError(
                f"video {video} lasts {end:.2f} s: trim {trim_in_words(trim)} is outside it; correct it or leave it out"
            )
    if kept < 2:
        raise UserError(
            f"video {video}: {kept} frame(s) within trim {trim_in_words(trim)}, a motion needs at least two; widen it"
        )


def film_pictures(film: Path) -> Iterator[np.ndarray]:
    """Yield a film's pictures, (H, W, 3) RGB."""
    return (picture.bgr[:, :, ::-1] for picture in decode(film))


def trim_in_words(trim: tuple[float, float | None]) -> str:
    """Return a trim as written in the configuration."""
    return f"[{trim[0]:g}, {'null' if trim[1] is None else f'{trim[1]:g}'}]"


def expected_frames(
    video: Path, trim: tuple[float, float | None] = (0.0, None), fps: float | None = None
) -> int:
    """Return the approximate number of frames of `clip`, for progress display; 0 if the header does not tell."""
    import av

    start_s, end_s = trim
    if video.is_dir():
        count = len(picture_files(video))
        return max(0, round((min(count / (fps or 1), end_s or math.inf) - start_s) * (fps or 1)))
    try:
        with open_film(video) as container:
            stream = container.streams.video[0]
            seconds = (container.duration or 0) / av.time_base
            rate = stream.frames / seconds if stream.frames and seconds else float(stream.average_rate or 0)
    except (av.error.FFmpegError, IndexError):
        return 0
    return max(0, round((min(seconds, seconds if end_s is None else end_s) - start_s) * rate))


def _frames(container: av.container.InputContainer, video: Path) -> Iterator[Picture]:
    """Demux and decode the video stream, and check that the file is complete."""
    import av

    stream = _film_stream(container, video)
    stream.thread_type = "AUTO"
    origin: Fraction | None = None
    last, widest, end, number = -math.inf, 0.0, -math.inf, 0
    for packet in container.demux():
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if packet.stream.index != stream.index:
            continue
        for frame in packet.decode():
            assert isinstance(frame, av.VideoFrame)
            stamp = _stamp(frame, video)
            origin = stamp if origin is None else origin
            time = float(stamp - origin)
            if time <= last:
                raise UserError(f"video {video} has frames out of order at {time:.3f} s; {_CONVERT}")
            widest = max(widest, time - last) if math.isfinite(last) else widest
            last = time
            bgr, rotation = upright(frame, stream.sample_aspect_ratio, video)
            yield Picture(time, bgr, rotation, number)
            number += 1
    if origin is None:
        raise UserError(
            f"video {video} has no decodable frame; it is damaged or cut off, copy or download it again"
        )
    check_complete(container, video, end, max(0.1, 2 * widest))


def _film_stream(container: av.container.InputContainer, video: Path) -> Any:
    """Return the video stream, ignoring cover pictures of audio files."""
    from av.stream import Disposition

    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not films:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise UserError(
            f"video {video} has no pictures, only {kinds}; give a file with a video stream, or copy it again if it is cut off"
        )
    return films[0]


def _stamp(frame: av.VideoFrame, video: Path) -> Fraction:
    if frame.pts is None or frame.time_base is None:
        raise UserError(f"video {video} has frames without time stamps; {_CONVERT}")
    return frame.pts * frame.time_base
