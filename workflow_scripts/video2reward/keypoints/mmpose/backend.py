"""Keypoints from OpenMMLab's mmpose: RTMPose for humans, HRNet for animals, and its other top-down models."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.config.model_files import checkpoint
from video2reward.config.pose_models import config_of, model_of
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.following.foreground import Place
from video2reward.keypoints.following.place import given_place
from video2reward.keypoints.following.top_down import TopDownTrack, follow_joints, moving_places
from video2reward.keypoints.mmpose.model import MmposeModel, open_model
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import skeleton


class MmposeBackend(PoseBackend):
    """Runs an mmpose model on a crop that follows one subject."""

    name = "mmpose"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the keypoints of the subject selected by `subject`, else of the one that moves most.

        Candidates are the objects that move against the background. Where the subject is hidden or somebody else
        takes its place, joints are unseen or of low confidence.

        Raises:
            UserError: checkpoint or configuration is missing or unsuitable, or nobody is found
        """
        bones = skeleton(pose.skeleton)
        used = checkpoint(model_of(pose))
        given = given_place(subject, frames)
        places = [given[:2]] if given else moving_places(frames, bones)
        model = open_model(config_of(pose), used.path, bones, self.threads)
        tracks = [_MmposeTrack(model, frames, place, len(bones.joints)) for place in places]
        return follow_joints(tracks, given[2] if given else "", bones, used, self.name)


class _MmposeTrack(TopDownTrack):
    def __init__(self, model: MmposeModel, frames: Frames, place: Place, joints: int) -> None:
        super().__init__(frames, place, joints)
        self.model = model

    def find(self, picture: np.ndarray, box: np.ndarray, zoom: float, part: int) -> np.ndarray:
        return self.model(picture, box, zoom)  # pictures are read at full size, see `part`
