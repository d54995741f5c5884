"""The settings of each stage: what may stand in the configuration, with units, bounds and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

from video2reward.paths import UserPath

Address = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Settings(BaseModel):
    """A section of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    RENAMED: ClassVar[dict[str, str]] = {}
    """An earlier version's key -> what to write instead, told to those who still use it."""


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


class MotionSettings(Settings):
    """How the motion is derived from keypoints."""

    smoothing_s: float = Field(0.05, ge=0, description="half width of the smoothing window, s")
    min_period_s: float = Field(0.25, gt=0)
    max_period_s: float = Field(1.6, gt=0)
    min_period_confidence: float = Field(0.5, ge=0, le=1, description="below it: no period found")
    cycle_points: int = Field(64, ge=16, description="samples of the mean cycle")
    max_gap_s: float = Field(
        0.05,
        ge=0,
        description="a joint unseen for longer is filled from the mean cycle, not in a straight line",
    )
    kind: Literal["auto", "cyclic", "single"] = Field(
        "auto",
        description="cyclic: a gait; single: one motion between rests; auto: single if no period is found",
    )


class Reach(Settings):
    """How the clip's motion is fitted to the robot's legs."""

    extension: float = Field(0.95, gt=0, le=1, description="largest part of the full leg length to use")
    crouch: float = Field(0.0, ge=0, lt=0.5, description="stance lowered by this part of the leg length")


class Task(Settings):
    """The environment's task."""

    STARTS: ClassVar[tuple[str, ...]] = ("start_speed", "reference_starts")
    LATER: ClassVar[tuple[str, ...]] = ("command_vx_unit", "control_dt", "actions", "observation", *STARTS)

    name: str = Field("velocity", description="a registered task")
    episode_s: float = Field(10.0, gt=0)
    command_vx: tuple[float, float] = Field((0.0, 1.3), description="range, in units of command_vx_unit")
    command_vx_unit: Literal["clip", "m/s"] = Field(
        "clip", description="clip: the clip's speed v* on the robot; or m/s"
    )
    command_vy: tuple[float, float] = Field((-0.1, 0.1), description="range, m/s")
    command_yaw: tuple[float, float] = Field((-0.2, 0.2), description="range, rad/s")
    observe_clock: bool = Field(True, description="the phase clock is part of the observation")
    control_dt: float = Field(0.02, gt=0, le=0.1, description="control step, s")
    substeps: int = Field(2, ge=1, description="physics steps per control step")
    actions: Literal["position", "torque"] = Field(
        "position",
        description="joint targets of drives, or torques in units of the joints' limits (robot.yaml's torque_control)",
    )
    observation: Literal["own", "published"] = Field(
        "own", description="published: entry by entry as Isaac Gym's task has it, its quirks included"
    )
    start_speed: float = Field(
        0.0,
        ge=0,
        description="training without a clip (the base policy) starts with forward speeds from 0 to this, in units of v*",
    )
    reference_starts: float = Field(
        0.0,
        ge=0,
        le=1,
        description="part of the training episodes that start in the clip's stride; the others, and judging, at rest",
    )

    @model_serializer(mode="wrap")
    def _brief(self, full: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out what nobody asked for of the later keys: what does without is not run again for their sake."""
        fields = type(self).model_fields
        return {k: v for k, v in full(self).items() if k not in self.LATER or v != fields[k].default}


class Training(Settings):
    """PPO, in environment steps."""

    RENAMED = {"warm_start": "training.init: base for true, scratch for false"}

    simulator: str = Field("mujoco", description="a registered simulator")
    steps: int = Field(750_000, ge=1, description="per candidate")
    base_steps: int = Field(1_000_000, ge=1, description="of the base policy")
    init: Literal["scratch", "base", "best"] = Field(
        "base",
        description="what candidates start from: nothing; the base policy; the best policy of the rounds before (in "
        "round 1, and while all failed, the base policy)",
    )
    early_stop: bool = Field(
        True,
        description="end a candidate's training whose agents keep falling; docs/training.md has the rule",
    )
    num_envs: int = Field(256, ge=1, description="agents stepped together")
    horizon: int = Field(24, ge=1, description="steps of each agent between updates")
    minibatches: int = Field(4, ge=1, description="parts of a rollout, one gradient step each")
    mini_epochs: int = Field(5, ge=1, description="passes over a rollout")
    learning_rate: float = Field(1e-3, gt=0, description="first; then it follows the KL divergence")
    kl_threshold: float = Field(0.02, gt=0, description="KL divergence of an update that is aimed at")
    gamma: float = Field(0.97, gt=0, lt=1, description="discount per step; 0.97 sees about one stride")
    gae_lambda: float = Field(0.95, gt=0, le=1, description="of the generalised advantage estimate")
    clip: float = Field(0.2, gt=0, description="of the probability ratio")
    entropy: float = Field(0.0, ge=0, description="weight of the entropy bonus")
    critic_coef: float = Field(2.0, gt=0, description="weight of the value function's loss")
    bounds_loss: float = Field(
        1e-3, ge=0, description="weight of the pull on mean actions beyond their bounds"
    )
    sigma0: float = Field(0.5, gt=0, description="initial exploration noise")
    warm_sigma: float = Field(0.6, gt=0, description="exploration noise when starting from a trained policy")
    units: tuple[int, ...] = Field((128, 128), description="widths of the hidden layers")
    threads: int = Field(1, ge=1, description="CPU threads of one training")
    checkpoint_s: float = Field(15.0, gt=0, description="seconds between checkpoints")


class Evaluation(Settings):
    """How policies are judged."""

    agents: int = Field(64, ge=1)
    seconds: float = Field(20.0, gt=0, description="length of the final rollout")
    short_seconds: float = Field(8.0, gt=0, description="length of the rollouts that judge candidates")
    film_seconds: float = Field(6.0, gt=0)


class Check(Settings):
    """Limits of a candidate's trial."""

    seconds: float = Field(30.0, gt=0)
    memory_mb: int = Field(4096, ge=256, description="address space above the interpreter's own")


class RobotLimb(Settings):
    """One leg of a robot, in the keypoint names of the video's skeleton."""

    name: str
    hip: str
    knee: str
    foot: str
    lengths_m: tuple[float, float] = Field(description="hip-knee, knee-foot in the sagittal plane, m")


class KeypointTable(Settings):
    """A skeleton's joints on this robot: joint -> site, and which of them are judged."""

    sites: dict[str, str | tuple[str, ...]] = Field(description="joint -> MJCF site, or sites to average")
    scored: tuple[str, ...]
    limbs: tuple[RobotLimb, ...]


class TorqueControl(Settings):
    """What holds for a robot where actions are torques: no drives, episodes start about zero angles."""

    springs: dict[str, float] = Field(
        {},
        description="joint (regular expression) -> N m/rad of a passive spring about zero; others have none",
    )
    spawn_height: float = Field(gt=0, description="base height at reset, m")
    reset_spread: float = Field(ge=0, description="joints start at zero ± this, rad, within their limits")
    force_sensors: tuple[str, ...] = Field(
        (), description="bodies whose force and torque from their parents are observed"
    )


class Robot(Settings):
    """A robot (resources/robots/<name>/robot.yaml)."""

    name: str
    description: str
    mjcf: str
    source: str
    task_description: str
    base: str = Field(description="base body")
    joints: tuple[str, ...] = Field(description="actuated joints, in the order of actions")
    default_pose: dict[str, float] = Field(description="joint -> rad")
    spawn_height: float = Field(gt=0, description="base height at reset, m")
    reset_spread: float = Field(
        0.5, ge=0, lt=1, description="joints start at 1 ± this times the default pose, within their limits"
    )
    leg_length_m: float = Field(gt=0, description="hip to foot in the default stance, m")
    reach: Reach = Reach()
    stiffness: dict[str, float] = Field(description="joint (regular expression) -> N m/rad")
    damping: dict[str, float] = Field(description="joint (regular expression) -> N m s/rad")
    action_scale: float = Field(0.5, gt=0, description="rad per unit action")
    torque_control: TorqueControl | None = Field(None, description="for tasks whose actions are torques")
    feet: tuple[str, ...] = Field(description="foot geoms, one a limb")
    terminate_on_contact: tuple[str, ...] = Field(description="bodies that must not touch the ground")
    fall_height: float | None = Field(
        None, gt=0, description="run task: a base below it has fallen, m; none: by contact alone"
    )
    collision_bodies: tuple[str, ...] = Field((), description="bodies whose ground contacts are counted")
    skeletons: dict[str, KeypointTable]
    extra: dict[str, Any] = {}
