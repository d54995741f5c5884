"""Find and check the clip that a name means: a YAML, a video file, a folder of images or an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from video2reward.config.pose_models import resolve
from video2reward.errors import UserError, choices
from video2reward.results.names import slug
from video2reward.settings.paths import expanded, located
from video2reward.settings.validation import read_yaml, validate
from video2reward.settings.video import Video

VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".gif", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".wmv", ".flv", ".3gp",
)  # fmt: skip


# Backends that support a single skeleton, and species with one of their own; all others have ap10k.
_SPEAKS = {"mediapipe": "coco17"}
_SHAPED = {"human": "coco17", "insect": "insect", "spider": "spider"}


def load_video(name: str, root: Path, skeletons: Sequence[str] = ("ap10k",)) -> tuple[str, Video]:
    """Find a clip by name, YAML, video file, folder of images or address -> (its name, its settings).

    Returned paths are absolute. An address is not opened here; a job downloads it.
    skeletons: those that the robot can learn from; defaults come from them, see `suited`
    """
    if "://" in name:
        return slug(clip_stem(name)), suited(validate(Video, {"file": _address(name)}, "video"), skeletons)
    given = expanded(name)
    if given.suffix in (".yaml", ".yml"):
        path = given
    elif given.suffix.lower() in VIDEO_SUFFIXES or given.exists():
        if not given.exists():
            raise UserError(f"video {name} does not exist")
        path = given.with_suffix(".yaml")
        if not path.exists():
            video = suited(Video(file=located(given, Path.cwd(), "video")), skeletons)
            return slug(given.stem), _checked_file(video, name)
    else:
        path = named_file(root / "resources" / "videos", name, ".yaml", "video")
    video = suited(validate(Video, read_yaml(path), path), skeletons)
    folder = path.parent.resolve()
    pose = video.pose
    if pose.keypoints is not None:
        where = located(pose.keypoints, folder, f"{path}: pose.keypoints")
        pose = pose.model_copy(update={"keypoints": where})
    pose = resolve(pose, folder, path)
    file: Path | str | None = video.file
    if isinstance(file, Path):
        is_address = ":/" in str(file)
        file = _address(str(file)) if is_address else located(file, folder, f"{path}: file")
    if file is None and pose.keypoints is None:
        raise UserError(f"{path}: set file: (a video) or pose.keypoints: (with pose.backend: import)")
    return slug(path.stem), _checked_file(video.model_copy(update={"file": file, "pose": pose}), path)


def suited(video: Video, skeletons: Sequence[str]) -> Video:
    """Return the video with the defaults of skeleton, backend and species filled in.

    The skeleton follows from the backend or the species, or else from the robot: videos of people for bipeds, of animals
    for quadrupeds. The species follows from a skeleton that has only one.
    """
    pose, subject = video.pose, video.subject
    if "skeleton" in pose.model_fields_set:
        skeleton = pose.skeleton
    elif pose.backend in _SPEAKS:
        skeleton = _SPEAKS[pose.backend]
    elif "species" in subject.model_fields_set:
        skeleton = _SHAPED.get(subject.species, "ap10k")
    elif pose.backend == "markers":
        skeleton = next((name for name in skeletons if name != "coco17"), "ap10k")
    else:
        skeleton = pose.skeleton if pose.skeleton in skeletons else skeletons[0]
    chosen: dict[str, str] = {"skeleton": skeleton}
    said = pose.model_fields_set & {"backend", "model", "detector", "config", "keypoints"}
    if skeleton == "coco17" and not said:
        chosen["backend"] = "mediapipe"
    own = [species for species, shape in _SHAPED.items() if shape == skeleton]
    if own and "species" not in subject.model_fields_set:
        subject = subject.model_copy(update={"species": own[0]})
    return video.model_copy(update={"pose": pose.model_copy(update=chosen), "subject": subject})


def _address(name: str) -> str:
    """Return the address if it is an http(s) one, else raise a `UserError`."""
    if not re.match(r"https?://\S+$", name):
        raise UserError(f"{name} cannot be fetched; valid addresses: http://... and https://...")
    return name


def _checked_file(video: Video, source: Path | str) -> Video:
    """Return `video` if it gives a frame rate exactly when it is a folder of images, else raise a `UserError`."""
    folder = isinstance(video.file, Path) and video.file.is_dir()
    if folder and video.fps is None:
        raise UserError(
            f"{source}: {video.file} is a folder of images, which has no frame rate: write a YAML with "
            f"file: {video.file} and fps: 30, and use that as the video"
        )
    if not folder and video.fps is not None:
        raise UserError(
            f"{source}: fps = {video.fps:g} is for folders of images, a video file has its own frame times; remove it "
            "(keypoints without a video: pose.fps)"
        )
    return video


def clip_stem(name: str) -> str:
    """Return the video's name from a name, path or address."""
    if "://" not in name:
        path = Path(name)
        is_path = path.suffix.lower() in (".yaml", ".yml", *VIDEO_SUFFIXES) or expanded(name).exists()
        return path.stem if is_path else path.name
    parts = urlsplit(name)
    last = Path(unquote(parts.path))
    if last.suffix.lower() in VIDEO_SUFFIXES:
        return last.stem
    return f"{last.name} {parts.query}".strip() or parts.netloc


def named_file(folder: Path, name: str, suffix: str, kind: str) -> Path:
    """Return folder/name+suffix; for an unknown name, a `UserError` suggests the nearest ones."""
    path = folder / f"{name}{suffix}"
    if not path.exists():
        raise UserError(choices(name, (p.stem for p in folder.glob(f"*{suffix}")), kind))
    return path
