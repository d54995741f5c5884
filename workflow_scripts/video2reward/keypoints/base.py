"""The interface of a pose backend: frames in, keypoints of one subject out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.settings.video import Pose, Subject


class PoseBackend(ABC):
    """Finds one subject's keypoints in every frame of a clip; constructed without arguments."""

    name: ClassVar[str]
    threads: int = 1
    """CPU threads to use."""

    @abstractmethod
    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the raw keypoints: no smoothing, no gap filling, provenance left empty.

        Args:
            frames: the clip's pictures and times
            pose: skeleton, the import backend's file, the models of onnx and mmpose
            subject: its `box` or `point` (px, in its `frame`) selects one of several subjects

        Raises:
            UserError: no subject is found, or the backend does not support `pose.skeleton`
        """
