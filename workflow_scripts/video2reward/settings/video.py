"""A video's settings: its file, its subject, and how keypoints are found."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from video2reward.settings.base import Address, Settings
from video2reward.settings.paths import UserPath


class Subject(Settings):
    """Who moves in the video."""

    species: str = Field(
        "dog",
        description="sets the default leg length: dog, human, cat, horse, insect, spider; default: that of the skeleton, dog for "
        "ap10k",
    )
    leg_length_m: float | None = Field(None, gt=0, description="hip height, m; default: the species'")
    box: tuple[float, float, float, float] | None = Field(
        None,
        description="x0, y0, x1, y1 of the subject, px; default: whatever moves most and most steadily",
    )
    point: tuple[float, float] | None = Field(
        None, description="x, y of a point on the subject, px, instead of a box"
    )
    frame: int = Field(0, ge=0, description="frame of the clip that box or point refers to, from 0")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.box is not None and self.point is not None:
            raise ValueError("box and point both say where the subject is; give one of them")
        return self


class Pose(Settings):
    """How keypoints are found."""

    backend: str = Field(
        "onnx",
        description="onnx, mmpose, markers, mediapipe or import; with coco17 the default is mediapipe; insect and spider have no "
        "pose model: markers or import",
    )
    skeleton: str = Field(
        "ap10k",
        description="ap10k (four legs), coco17 (people), insect (six) or spider (eight); default: that of the backend or "
        "species, else the robot's",
    )
    min_confidence: float = Field(0.3, ge=0, le=1, description="below it, a joint counts as unseen")
    keypoints: UserPath | None = Field(
        None,
        description="import: a file of DeepLabCut, SLEAP, COCO, AlphaPose, MMPose or in this project's own layout, or "
        "OpenPose's folder",
    )
    fps: float | None = Field(
        None, gt=0, description="import: frame rate, if neither the file nor the video gives it"
    )
    first_frame: int | None = Field(
        None, description="import: the file's number of the video's first frame, if the numbers are ambiguous"
    )
    category: str | None = Field(
        None, description="import: name or id of the subject's category, if the file has several"
    )
    joints: dict[str, str | None] = Field(
        {},
        description="import: the file's joint name -> ours, where it is not recognised; null drops a joint",
    )
    model: str | None = Field(
        None,
        description="onnx, mmpose: a name in resources/models.yaml, or an .onnx or .pth file; default: the skeleton's",
    )
    detector: str | None = Field(
        None, description="onnx: finds the subject if no box is given; a name or an .onnx file, as for model"
    )
    config: str | None = Field(
        None,
        description="mmpose: the configuration for your own .pth file, a name in mmpose's wheel or a .py file; "
        "default: that of the skeleton's model",
    )
    accept: bool = Field(False, description="use the detected skeletons even if they look implausible")


class Video(Settings):
    """One clip."""

    file: Address | UserPath | None = Field(
        None,
        description="a video file, a folder of images, or an http(s) address; optional with the import backend",
    )
    trim: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(gt=0)] | None] = Field(
        (0.0, None), description="[first, last] second to use; null: until the end"
    )
    fps: float | None = Field(None, gt=0, description="frames per second of a folder of images")
    camera: Literal["auto", "fixed", "moving"] = Field(
        "auto", description="auto: decided from the background, or from the planted feet"
    )
    slow_motion: float = Field(
        1.0, gt=0, description="seconds of the file per real second: 4 for 240 frames/s played back at 60"
    )
    behaviour: str = Field("move", description="what the subject does, as a verb for the prompt: amble, run")
    subject: Subject = Subject()
    pose: Pose = Pose()
    source: str = Field("", description="origin and licence of the clip")
