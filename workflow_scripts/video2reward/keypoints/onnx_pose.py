"""Keypoints by top-down pose models as ONNX files: RTMPose, HRNet, one's own."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.both_ways import Track, follow_chosen
from video2reward.keypoints.foreground import Place, movers
from video2reward.keypoints.onnx_detector import Detector, open_detector
from video2reward.keypoints.onnx_follow import Pursuit, box_of
from video2reward.keypoints.onnx_network import PoseNetwork, open_pose
from video2reward.keypoints.pictures import boxes_around, given_place, read_picture
from video2reward.models import model_of, weights
from video2reward.settings import Pose, Subject
from video2reward.skeletons import Skeleton, skeleton

MOST = 3  # subjects in view that are followed to see who moves most
AGAIN = 10  # frames that a subject is lost before the detector is asked again


class OnnxBackend(PoseBackend):
    """A pose model on a cut that follows one subject."""

    name = "onnx"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the keypoints of the subject that `subject` points at, else of the one that moves most.

        Candidates are the detector's in the first frame that shows any, or what moves before the background.

        A frame in which somebody else, or nobody, stands where the subject should be shows no joint, or such
        of little confidence.

        Raises:
            UserError: a model is missing or does not fit, or nobody is found
        """
        bones = skeleton(pose.skeleton)
        used = weights(model_of(pose), "pose")
        network = open_pose(used, len(bones.joints), self.threads)
        detector = None
        if pose.detector is not None:
            detector = open_detector(weights(pose.detector, "detector"), bones.subject, self.threads)
        given = given_place(subject, frames)
        places = [given[:2]] if given else _candidates(frames, detector, bones)
        tracks: list[Track] = [
            _OnnxTrack(frames, network, detector, place, len(bones.joints)) for place in places
        ]
        track, choice = follow_chosen(tracks, given[2] if given else "", self.name)
        keypoints, (start, box) = track.keypoints, places[tracks.index(track)]
        if not (keypoints[..., 2] > 0).any():
            raise UserError(
                f"{frames.source}: {used.path.name} finds no joint at {box.round().tolist()} in frame {start} "
                f"({frames.picture(start)}) nor near it in others; give the {bones.subject}'s box in the first "
                "frame as subject.box, or choose another model"
            )
        return Keypoints(
            keypoints=keypoints,
            times=frames.times,
            joint_names=bones.joints,
            skeleton=bones.name,
            size=frames.size,
            boxes=boxes_around(keypoints, frames.size),
            backend=self.name,
            choice=choice,
            weights_digest=used.digest,
        )


def _candidates(frames: Frames, detector: Detector | None, bones: Skeleton) -> list[Place]:
    """Return who may be meant: frames and boxes (4,)."""
    if detector is not None:
        for index in range(len(frames.times)):
            if len(boxes := _likeliest(detector, read_picture(frames, index))):
                return [(index, box) for box in boxes]
        raise UserError(
            f"{frames.source}: {detector.network.path.name} finds no {bones.subject} in any of "
            f"{len(frames.times)} frames; give its box in the first frame ({frames.picture(0)}) as subject.box"
        )
    found = movers(frames)
    if not found:
        raise UserError(
            f"{frames.source}: nothing moves before a background that stands still, so it is not known where to "
            f"look; give the {bones.subject}'s box in the first frame ({frames.picture(0)}) as subject.box, or "
            "a pose.detector"
        )
    return found


def _likeliest(detector: Detector, picture: np.ndarray) -> np.ndarray:
    """Return the boxes (N, 4), at most `MOST`, of subjects that are large and surely such, best first."""
    found = detector(picture)
    if not len(found):
        return np.zeros((0, 4))
    sides = found[:, 2:4] - found[:, :2]
    order = np.argsort(-found[:, 4] * np.sqrt(sides.prod(1)))
    return np.asarray(found[order[:MOST], :4])


class _OnnxTrack(Track):
    """A subject that is followed by the joints found on it, and found again by the detector where it is lost."""

    def __init__(
        self, frames: Frames, network: PoseNetwork, detector: Detector | None, place: Place, joints: int
    ) -> None:
        super().__init__(frames, place[0], joints)
        self.network, self.detector = network, detector
        self.pursuit, self.tight = Pursuit(place[1]), False
        self.box = place[1]

    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        if not self.tight:
            self._tighten(picture, part)
        if self.detector is not None and self.pursuit.lost and self.pursuit.lost % AGAIN == 0:
            self._search(part * _likeliest(self.detector, picture))
        joints = self.network(picture, self.pursuit.box, self.pursuit.zoom, part)
        box = box_of(joints)
        if not self.pursuit.update(box) and box is not None:
            joints[:] = (np.nan, np.nan, 0.0)  # somebody else
        return joints

    def remember(self) -> None:
        # How fast it went is the other way round before: not remembered.
        self.box = self.pursuit.box.copy()

    def turn(self) -> None:
        self.pursuit = Pursuit(self.box)

    def part(self) -> int:
        return self.network.part(self.pursuit.box, self.pursuit.zoom)

    def _tighten(self, picture: np.ndarray, part: int) -> None:
        """Look once more: a box drawn by hand or by motion is not as tight as those that models are trained on."""
        tighter = box_of(self.network(picture, self.pursuit.box, part=part))
        if tighter is not None and self.pursuit.update(tighter):
            self.pursuit = Pursuit(tighter)
        self.tight = True

    def _search(self, found: np.ndarray) -> None:
        """Go on at the nearest of boxes (N, 4): the largest may be somebody else's."""
        if len(found):
            box = self.pursuit.box
            away = np.linalg.norm((found[:, :2] + found[:, 2:] - box[:2] - box[2:]) / 2, axis=-1)
            self.pursuit.box, self.pursuit.speed = found[int(away.argmin())], np.zeros(2)
