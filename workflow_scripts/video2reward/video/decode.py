"""Decoding a video: every frame, upright, with its exact presentation time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from video2reward.errors import UserError
from video2reward.video.upright import upright

if TYPE_CHECKING:
    import av

# Containers whose header states how long the film is meant to be; of others FFmpeg only guesses it.
_STATES_DURATION = ("mov", "mp4", "matroska", "webm", "avi")
# FFmpeg's demuxer for text terminals takes any text file for a film.
_NOT_FILMS = ("tty", "bin", "xbin", "adf", "idf")
_CONVERT = "convert it to MP4 (ffmpeg -i IN -c:v libx264 OUT.mp4)"


@dataclass(frozen=True)
class Picture:
    """One decoded frame.

    time: s after the video's first frame
    bgr: (H, W, 3) uint8, upright, square pixels
    rotation: degrees clockwise that were applied, 0, 90, 180 or 270
    """

    time: float
    bgr: np.ndarray
    rotation: int


def decode(video: Path) -> Iterator[Picture]:
    """Yield the frames of `video` in the order of presentation, times strictly increasing.

    Sequential decoding and the frames' own time stamps make this exact on variable frame rate. The
    container's rotation (and mirroring, and oblong pixels) is applied.

    Raises:
        UserError: the file is missing, empty, no video, audio only, or damaged or cut off before its end
    """
    import av

    if not video.exists():
        raise UserError(f"video {video} does not exist; correct video.file in the configuration")
    if video.stat().st_size == 0:
        raise UserError(f"video {video} is empty (0 bytes); copy or download it again")
    try:
        with av.open(str(video)) as container:
            yield from _frames(container, video)
    except av.error.FFmpegError as error:
        raise UserError(
            f"video {video} cannot be decoded ({error.strerror}): it is not a video, or damaged or cut off; "
            "copy or download it again, or convert it to MP4"
        ) from None


def clip(video: Path, start_s: float, end_s: float | None) -> Iterator[Picture]:
    """Yield the frames from `start_s` to `end_s` (both included, s after the video's first frame).

    Raises:
        UserError: as `decode`; the trim lies outside the video or leaves fewer than two frames
    """
    if end_s is not None and end_s <= start_s:
        raise UserError(f"video {video}: end_s = {end_s:g} must be greater than start_s = {start_s:g}")
    total, kept, last, before = 0, 0, 0.0, 0.0
    for picture in decode(video):
        if end_s is not None and picture.time > end_s + 1e-6:
            break
        total, before, last = total + 1, last, picture.time
        if picture.time >= start_s - 1e-6:
            kept += 1
            yield picture
    else:  # the whole video was read, so its length is known
        if total == 1:
            raise UserError(f"video {video} has one frame only; a motion needs a film, not a still picture")
        end = last + (last - before)
        if start_s > last or (end_s is not None and end_s > end + 1e-3):
            raise UserError(
                f"video {video} lasts {end:.2f} s: start_s = {start_s:g}"
                + (f" or end_s = {end_s:g} lies" if end_s is not None else " lies")
                + " outside it; correct the trim or leave it out"
            )
    if kept < 2:
        raise UserError(
            f"video {video}: {kept} frame(s) between start_s = {start_s:g} and end_s = {end_s}, "
            "a motion needs at least two; widen the trim"
        )


def expected_frames(video: Path, start_s: float, end_s: float | None) -> int:
    """Return about how many frames `clip` will give, 0 if the header does not say; for progress only."""
    import av

    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            seconds = (container.duration or 0) / av.time_base
            rate = stream.frames / seconds if stream.frames and seconds else float(stream.average_rate or 0)
    except (av.error.FFmpegError, IndexError):
        return 0
    return max(0, round((min(seconds, seconds if end_s is None else end_s) - start_s) * rate))


def _frames(container: av.container.InputContainer, video: Path) -> Iterator[Picture]:
    """Demux and decode the film's one video stream, and check that nothing is missing at the end."""
    import av

    stream = _film_stream(container, video)
    stream.thread_type = "AUTO"
    origin: Fraction | None = None
    last, widest, end = -math.inf, 0.0, -math.inf
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
            yield Picture(time, bgr, rotation)
    if origin is None:
        raise UserError(
            f"video {video} holds no decodable frame; it is damaged or cut off, copy or download it again"
        )
    _check_complete(container, video, end, max(0.1, 2 * widest))


def _film_stream(container: av.container.InputContainer, video: Path) -> Any:
    """Return the video stream, passing over the cover pictures of music files."""
    from av.stream import Disposition

    names = container.format.name.split(",")
    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if any(name in _NOT_FILMS for name in names):
        raise UserError(f"{video} is a text file, not a video; correct video.file in the configuration")
    if not films:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise UserError(
            f"video {video} holds no pictures, only {kinds}; give a file with a video stream, or copy it again if it is cut off"
        )
    return films[0]


def _check_complete(
    container: av.container.InputContainer, video: Path, end: float, tolerance: float
) -> None:
    """Raise a `UserError` if the header promises more seconds than all streams together held."""
    import av

    names = container.format.name.split(",")
    if container.duration is None or not any(name in _STATES_DURATION for name in names):
        return
    # Matroska counts the duration from time 0, the others from the first frame.
    start = 0 if "matroska" in names else container.start_time or 0
    promised = (start + container.duration) / av.time_base
    if end < promised - tolerance:
        raise UserError(
            f"video {video} is cut off: its header promises {promised:.2f} s, the data end at {end:.2f} s; "
            f"copy or download it again, or set end_s below {end:.2f}"
        )


def _stamp(frame: av.VideoFrame, video: Path) -> Fraction:
    if frame.pts is None or frame.time_base is None:
        raise UserError(f"video {video} has frames without time stamps; {_CONVERT}")
    return frame.pts * frame.time_base
