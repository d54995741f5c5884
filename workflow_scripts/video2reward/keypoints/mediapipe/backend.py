"""Human keypoints from MediaPipe's BlazePose; offline, as its wheel contains the weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.following.both_ways import SubjectTrack, follow_chosen
from video2reward.keypoints.following.follow import Follower, cut_window
from video2reward.keypoints.following.foreground import Place, movers
from video2reward.keypoints.following.place import given_place
from video2reward.keypoints.pictures import keypoints_in, read_picture
from video2reward.keypoints.plausibility.causes import why_nobody
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import COCO17

# BlazePose's landmark (Bazarevsky et al. 2020; mediapipe.solutions.pose.PoseLandmark) of each COCO joint.
LANDMARKS = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
WEIGHTS = "modules/pose_landmark/pose_landmark_full.tflite"
PIXELS = 512  # side of the window given to the model, whose own inputs are 224 and 256 px
# A small person gets a window of up to SMALL times its height (LEAST_WINDOW px at most) instead of 1.5 times: the model
# then finds 25 of 25 people 34 px tall instead of 11, and is as accurate as before on larger ones.
LEAST_WINDOW, SMALL = 150.0, 3.0
ASIDE = 0.25  # shift of the window away from somebody else, fraction of its side
TRUNK = [COCO17.index(joint) for joint in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]


class MediapipeBackend(PoseBackend):
    """Runs BlazePose (full) on a window that follows one person."""

    name = "mediapipe"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return COCO-17 keypoints of the person selected by `subject`, else of the one that moves most.

        Candidates are the objects that move against the background; if none is a person, the first person found.
        All joints are unseen in frames in which that person is lost, as are joints outside the picture.

        Raises:
            UserError: another skeleton or species, a box outside the picture, nobody found
        """
        if pose.skeleton != COCO17.name:
            raise UserError(f"pose.backend: mediapipe needs pose.skeleton: coco17, not {pose.skeleton}")
        if "species" in subject.model_fields_set and subject.species != "human":
            raise UserError(
                "pose.backend: mediapipe knows only humans and sees one in any animal; subject.species is "
                f"{subject.species!r}: set it to human, or choose another backend"
            )
        given = given_place(subject, frames)
        places = [given[:2]] if given else movers(frames) or [_first_person(frames)]
        with _model() as model:
            keypoints, choice = _followed(model, frames, places, given[2] if given else "")
            if given is None and not (keypoints[..., 2] > 0).any():
                # None of the moving objects is a person.
                keypoints, choice = _followed(model, frames, [_first_person(frames)], "")
        if not (keypoints[..., 2] > 0).any():
            raise UserError(
                f"{frames.source}: nobody found in subject.{'box' if subject.box else 'point'} "
                f"{list(subject.box or subject.point or ())} of frame {subject.frame} "
                f"({frames.picture(subject.frame)}), nor near it later; correct it"
            )
        return keypoints_in(frames, COCO17, keypoints, self.name, choice, _weights_digest())


def _followed(model: Any, frames: Frames, places: list[Place], given: str) -> tuple[np.ndarray, str]:
    """Return keypoints (T, J, 3) of the chosen person, and the reason; see `follow_chosen`."""
    tracks = [_PersonTrack(model, frames, place) for place in places]
    track, why = follow_chosen(tracks, given, "mediapipe")
    return track.keypoints, why


class _PersonTrack(SubjectTrack):
    """A person tracked in a window of suitable size; the model misses small people in the full picture."""

    def __init__(self, model: Any, frames: Frames, place: Place) -> None:
        super().__init__(frames, place[0], len(LANDMARKS))
        self.model, self.box = model, place[1]
        self.follower = Follower(place[1])

    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        return _follow(self.model, self.follower, picture)

    def remember(self) -> None:
        self.box = self.follower.box.copy()

    def turn(self) -> None:
        self.follower = Follower(self.box)


def _follow(model: Any, follower: Follower, picture: np.ndarray) -> np.ndarray:
    """Return one frame's (J, 3) keypoints of the tracked person, unseen if it is lost."""
    centre, side = follower.window(LEAST_WINDOW, SMALL)
    joints = _joints(model, picture, centre, side)
    if joints is not None and not follower.is_subject(_box(joints), _trunk(joints)):
        # The model picked somebody else: shift the window so that this person is nearer to its edge.
        away = centre - _trunk(joints)
        size = float(np.linalg.norm(away))
        if np.isfinite(size) and size > 0:
            joints = _joints(model, picture, centre + ASIDE * side * away / size, side)
    if joints is not None and follower.update(_box(joints), _trunk(joints)):
        return joints
    if joints is None:
        follower.update(None)
    return np.concatenate([np.full((len(LANDMARKS), 2), np.nan), np.zeros((len(LANDMARKS), 1))], axis=1)


def _trunk(joints: np.ndarray) -> np.ndarray:
    """Return the trunk's centre (2,) px, between shoulders and hips; NaN if one of them is outside the picture."""
    return np.asarray(joints[TRUNK, :2].mean(axis=0))


def _joints(model: Any, picture: np.ndarray, centre: np.ndarray, side: float) -> np.ndarray | None:
    """Return (J, 3) x, y px of the picture and visibility, or None if the model sees nobody."""
    window = cut_window(picture, centre, side, PIXELS)
    result = model.process(np.ascontiguousarray(window[:, :, ::-1]))
    if result.pose_landmarks is None:
        return None
    all_33 = result.pose_landmarks.landmark
    joints = np.array([[all_33[i].x, all_33[i].y, all_33[i].visibility] for i in LANDMARKS])
    joints[:, :2] = centre + (joints[:, :2] - 0.5) * side
    height, width = picture.shape[:2]
    outside = ((joints[:, :2] < 0) | (joints[:, :2] > (width, height))).any(1)
    joints[outside] = (np.nan, np.nan, 0.0)
    return joints


def _box(joints: np.ndarray) -> np.ndarray | None:
    """Return the box (4,) around one frame's joints, or None if fewer than two are seen."""
    seen = joints[joints[:, 2] > 0, :2]
    return np.concatenate([seen.min(0), seen.max(0)]) if len(seen) > 1 else None


def _first_person(frames: Frames) -> tuple[int, np.ndarray]:
    """Return the first frame in which a person is found in the full picture, and the box (4,)."""
    width, height = frames.size
    with _model() as model:
        for index in range(len(frames.times)):
            picture = read_picture(frames, index)
            joints = _joints(model, picture, np.array([width, height]) / 2, float(max(frames.size)))
            box = _box(joints) if joints is not None else None
            if box is not None:
                return index, box
    raise UserError(
        f"{frames.source}: no person found in any of {len(frames.times)} frames: {why_nobody(frames, 'person')}"
    )


def _model() -> Any:
    """Return BlazePose in static mode, which detects the person anew in every window.

    Its tracking and smoothing cost accuracy on fast limbs: on the example clips PCK@0.1 is 0.943 in static
    mode, 0.931 with tracking, 0.901 with tracking and smoothing.
    """
    os.environ.setdefault("GLOG_minloglevel", "2")
    import mediapipe

    return mediapipe.solutions.pose.Pose(static_image_mode=True, model_complexity=1)


def _weights_digest() -> str:
    import mediapipe

    return digest(Path(mediapipe.__file__).parent / WEIGHTS)
