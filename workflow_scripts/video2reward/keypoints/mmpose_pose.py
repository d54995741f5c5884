"""Keypoints by OpenMMLab's mmpose: RTMPose for people, HRNet for animals, and other top-down models of its."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.both_ways import follow_chosen
from video2reward.keypoints.foreground import Place, movers
from video2reward.keypoints.mmpose_model import MmposeModel, open_model
from video2reward.keypoints.pictures import boxes_around, given_place
from video2reward.keypoints.top_down import TopDownTrack
from video2reward.models import checkpoint, config_of
from video2reward.settings import Pose, Subject
from video2reward.skeletons import skeleton


class MmposeBackend(PoseBackend):
    """A model of mmpose on a cut that follows one subject."""

    name = "mmpose"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the keypoints of the subject that `subject` points at, else of the one that moves most.

        Candidates are the things that move before the background. A frame in which somebody else, or nobody,
        stands where the subject should be shows no joint, or such of little confidence.

        Raises:
            UserError: checkpoint or configuration are missing or do not fit, or nobody is found
        """
        bones = skeleton(pose.skeleton)
        given = given_place(subject, frames)
        used = checkpoint(pose)
        model = open_model(config_of(pose), used.path, bones, self.threads)
        places = [given[:2]] if given else movers(frames)
        if not places:
            raise UserError(
                f"{frames.source}: nothing moves before a background that stands still, so it is not known where "
                f"to look; give the {bones.subject}'s box in the first frame ({frames.picture(0)}) as subject.box"
            )
        tracks = [_MmposeTrack(model, frames, place, len(bones.joints)) for place in places]
        track, choice = follow_chosen(tracks, given[2] if given else "", self.name)
        if not (track.keypoints[..., 2] > 0).any():
            raise UserError(_nobody(frames, places[tracks.index(track)], used.path, bones.subject))
        return Keypoints(
            keypoints=track.keypoints,
            times=frames.times,
            joint_names=bones.joints,
            skeleton=bones.name,
            size=frames.size,
            boxes=boxes_around(track.keypoints, frames.size),
            backend=self.name,
            choice=choice,
            weights_digest=used.digest,
        )


class _MmposeTrack(TopDownTrack):
    def __init__(self, model: MmposeModel, frames: Frames, place: Place, joints: int) -> None:
        super().__init__(frames, place, joints)
        self.model = model

    def find(self, picture: np.ndarray, box: np.ndarray, zoom: float, part: int) -> np.ndarray:
        return self.model(picture, box, zoom)  # pictures are read whole, see `part`


def _nobody(frames: Frames, place: Place, used: Path, kind: str) -> str:
    start, box = place
    return (
        f"{frames.source}: {used.name} finds no joint at {box.round().tolist()} in frame {start} "
        f"({frames.picture(start)}) nor near it in others; give the {kind}'s box in the first frame as "
        "subject.box, or choose another model"
    )
