"""A video's settings: its file, who moves in it, and how keypoints are found."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from video2reward.settings.base import Address, Settings
from video2reward.settings.paths import UserPath


class Subject(Settings):
    """Who moves in the video."""

    species: str = Field(
        "dog",
        description="sets the default leg length: dog, human, cat, horse; human with coco17 if not given",
    )
    leg_length_m: float | None = Field(None, gt=0, description="hip height, m; the species' if not given")
    box: tuple[float, float, float, float] | None = Field(
        None,
        description="x0, y0, x1, y1 of the subject, px, if not the one that moves most and most evenly is meant",
    )
    point: tuple[float, float] | None = Field(
        None, description="x, y of a spot on the subject, px, instead of a box"
    )
    frame: int = Field(0, ge=0, description="the clip's frame that box or point is read off, the first is 0")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.box is not None and self.point is not None:
            raise ValueError("box and point both say where the subject is; give one of them")
        return self


class Pose(Settings):
    """How keypoints are found."""

    backend: str = Field(
        "onnx", description="onnx, mmpose, markers, mediapipe or import; mediapipe with coco17 if not given"
    )
    skeleton: str = Field(
        "ap10k", description="ap10k or coco17; if not given that of backend or species, else the robot's"
    )
    min_confidence: float = Field(0.3, ge=0, le=1, description="below it a joint counts as unseen")
    keypoints: UserPath | None = Field(
        None,
        description="import: a file of DeepLabCut, SLEAP, COCO, AlphaPose, MMPose, or of this project's layout; or "
        "OpenPose's folder",
    )
    fps: float | None = Field(None, gt=0, description="import: frame rate, if neither file nor video says")
    first_frame: int | None = Field(
        None, description="import: what the file calls the video's first frame, where numbers leave it open"
    )
    category: str | None = Field(
        None, description="import: the name or id of the subject's category, where a file has several"
    )
    joints: dict[str, str | None] = Field(
        {}, description="import: the file's name -> ours where it is not understood; null leaves one out"
    )
    model: str | None = Field(
        None,
        description="onnx, mmpose: a name in resources/models.yaml, or a file, .onnx or .pth; by default the skeleton's",
    )
    detector: str | None = Field(
        None, description="onnx: finds the subject if no box is given; a name or an .onnx file, as for model"
    )
    config: str | None = Field(
        None,
        description="mmpose: the configuration of a .pth file of your own, a name in mmpose's wheel or a .py file; "
        "by default that of the skeleton's model",
    )
    accept: bool = Field(
        False, description="take the skeletons that were found even where they look like no body's"
    )


class Video(Settings):
    """One clip."""

    file: Address | UserPath | None = Field(
        None,
        description="a film, a folder of pictures, or an http(s) address; may be absent with the import backend",
    )
    trim: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(gt=0)] | None] = Field(
        (0.0, None), description="[first, last] second to use; null: to the end"
    )
    fps: float | None = Field(None, gt=0, description="frames per second of a folder of pictures")
    camera: Literal["auto", "fixed", "moving"] = Field(
        "auto", description="auto: told from the background, or from the feet that stand"
    )
    slow_motion: float = Field(
        1.0, gt=0, description="the file's seconds per real second: 4 for 240 frames/s played at 60"
    )
    behaviour: str = Field(
        "move", description="what the subject does, a verb for methods that say it: amble, run"
    )
    subject: Subject = Subject()
    pose: Pose = Pose()
    source: str = Field("", description="where the clip comes from, and its licence")
