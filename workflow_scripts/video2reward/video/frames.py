"""Making a frame folder, from a video or, without one, from keypoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import INDEX, Frames
from video2reward.artifacts.io import Provenance, atomic_path, digest, write_json
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.jobs.progress import progress
from video2reward.settings.video import Video
from video2reward.skeletons import skeleton
from video2reward.video.decode import Picture, clip, expected_frames, trim_in_words
from video2reward.video.draw import blank, draw_skeleton

JPEG_QUALITY = 95


def extract_frames(video: Path, settings: Video, folder: Path, provenance: Provenance) -> Frames:
    """Write every frame of the trimmed `video` to `folder`; see `clip` for the errors."""
    expected = expected_frames(video, settings.trim, settings.fps)
    pictures = progress(clip(video, settings.trim, settings.fps), f"decode {video.name}", expected)
    return save(pictures, folder, video, provenance, whole=settings.trim[1] is None)


def draw(k: Keypoints, source: Path, settings: Video, folder: Path, provenance: Provenance) -> Frames:
    """Write a stick figure for every frame of keypoints without a video, trimmed in the same way.

    Raises:
        UserError: the trim leaves fewer than two frames
    """
    start_s, end_s = settings.trim
    since = k.times - k.times[0]
    late = np.inf if end_s is None else end_s
    kept = np.flatnonzero((since >= start_s - 1e-6) & (since <= late + 1e-6))
    if len(kept) < 2:
        raise UserError(
            f"{source} lasts {since[-1]:.2f} s: {len(kept)} frame(s) within trim {trim_in_words(settings.trim)}, a motion "
            "needs at least two; correct it"
        )
    return save(
        progress(_stick_figures(k, kept), f"draw {source.name}", len(kept)), folder, source, provenance
    )


def save(
    pictures: Iterable[Picture], folder: Path, source: Path, provenance: Provenance, whole: bool = False
) -> Frames:
    """Write `pictures` and their index to `folder`, atomically; the first picture's time becomes 0.

    whole: the last picture is also the source's last
    """
    import cv2

    times: list[float] = []
    names: list[str] = []
    size, rotation, first = (0, 0), 0, 0
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR]
    quality.append(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)  # keeps the edges of colour markers
    with atomic_path(folder) as aside:
        aside.mkdir()
        for index, picture in enumerate(pictures):
            height, width = picture.bgr.shape[:2]
            if index and (width, height) != size:
                raise UserError(
                    f"{source} changes its picture size from {size[0]}x{size[1]} to {width}x{height} "
                    f"at {picture.time:.2f} s; trim it to one part or convert it to a constant size"
                )
            size, rotation = (width, height), picture.rotation
            first = first if index else picture.number
            times.append(picture.time)
            names += [picture.name] if picture.name else []
            _, content = cv2.imencode(".jpg", picture.bgr, quality)
            (aside / f"{index:06d}.jpg").write_bytes(content.tobytes())  # imwrite does not report a full disk
        stamps = np.array(times)
        frames = Frames(
            folder=folder,
            times=np.round(stamps - stamps[0], 9),
            fps=float((len(stamps) - 1) / (stamps[-1] - stamps[0])),
            size=size,
            rotation=rotation,
            source=source.name,
            source_digest=digest(source),
            provenance=provenance,
            start_s=float(stamps[0]),
            start_frame=first,
            film_frames=first + len(stamps) if whole else None,
            names=tuple(names),
        )
        write_json(aside / INDEX, frames.index())
    return frames


def _stick_figures(k: Keypoints, kept: np.ndarray) -> Iterator[Picture]:
    bones = skeleton(k.skeleton)
    for index in kept:
        sheet = blank(k.size)
        draw_skeleton(sheet, k.keypoints[index], bones)
        yield Picture(float(k.times[index] - k.times[0]), sheet, 0, int(index))
