"""Keypoints from top-down pose models in ONNX: RTMPose, HRNet or your own."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.config.model_files import weights
from video2reward.config.pose_models import model_of
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.following.foreground import Place
from video2reward.keypoints.following.place import given_place
from video2reward.keypoints.following.top_down import TopDownTrack, follow_joints, moving_places
from video2reward.keypoints.onnx.detector import Detector, open_detector
from video2reward.keypoints.onnx.network import PoseNetwork, open_pose
from video2reward.keypoints.pictures import read_picture
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import Skeleton, skeleton

MOST = 3  # candidates tracked to find the one that moves most
AGAIN = 10  # frames that a subject is lost before the detector runs again


class OnnxBackend(PoseBackend):
    """Runs a top-down pose model on a crop that follows one subject."""

    name = "onnx"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the keypoints of the subject selected by `subject`, else of the one that moves most.

        Candidates are the detections in the first frame that has any or, without a detector, whatever moves
        against the background. Where the subject is hidden or somebody else takes its place, joints are
        unseen or of low confidence.

        Raises:
            UserError: a model is missing or unsuitable, or nobody is found
        """
        bones = skeleton(pose.skeleton)
        used = weights(model_of(pose), "pose")
        network = open_pose(used, len(bones.joints), self.threads)
        detector = None
        if pose.detector is not None:
            detector = open_detector(weights(pose.detector, "detector"), bones.subject, self.threads)
        given = given_place(subject, frames)
        places = [given[:2]] if given else _candidates(frames, detector, bones)
        tracks = [_OnnxTrack(frames, network, detector, place, len(bones.joints)) for place in places]
        return follow_joints(tracks, given[2] if given else "", bones, used, self.name)


def _candidates(frames: Frames, detector: Detector | None, bones: Skeleton) -> list[Place]:
    """Return the candidate subjects: frames and boxes (4,)."""
    if detector is not None:
        for index in range(len(frames.times)):
            if len(boxes := _likeliest(detector, read_picture(frames, index))):
                return [(index, box) for box in boxes]
        raise UserError(
            f"{frames.source}: {detector.network.path.name} finds no {bones.subject} in any of "
            f"{len(frames.times)} frames; give its box in the first frame ({frames.picture(0)}) as subject.box"
        )
    return moving_places(frames, bones, ", or a pose.detector")


def _likeliest(detector: Detector, picture: np.ndarray) -> np.ndarray:
    """Return the boxes (N, 4) of at most `MOST` detections by size and score, best first."""
    found = detector(picture)
    if not len(found):
        return np.zeros((0, 4))
    sides = found[:, 2:4] - found[:, :2]
    order = np.argsort(-found[:, 4] * np.sqrt(sides.prod(1)))
    return np.asarray(found[order[:MOST], :4])


class _OnnxTrack(TopDownTrack):
    """A track that the detector recovers when its subject is lost."""

    def __init__(
        self, frames: Frames, network: PoseNetwork, detector: Detector | None, place: Place, joints: int
    ) -> None:
        super().__init__(frames, place, joints)
        self.network, self.detector = network, detector

    def find(self, picture: np.ndarray, box: np.ndarray, zoom: float, part: int) -> np.ndarray:
        return self.network(picture, box, zoom, part)

    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        if self.detector is not None and self.pursuit.lost and self.pursuit.lost % AGAIN == 0:
            self._search(part * _likeliest(self.detector, picture))
        return super().look(picture, part)

    def part(self) -> int:
        return self.network.part(self.pursuit.box, self.pursuit.zoom)

    def _search(self, found: np.ndarray) -> None:
        """Continue at the nearest of the boxes (N, 4): the largest may be somebody else's."""
        if len(found):
            box = self.pursuit.box
            away = np.linalg.norm((found[:, :2] + found[:, 2:] - box[:2] - box[2:]) / 2, axis=-1)
            self.pursuit.box, self.pursuit.speed = found[int(away.argmin())], np.zeros(2)
