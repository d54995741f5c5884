"""The layout of a results folder: no other module builds paths in it, and `places.py` parses them.

A folder's class takes names and gives paths. A name may also be a Snakemake wildcard, as in
`Results(folder).video("{video}").motion`, the pattern of a rule, or "*", to find everything of a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self, overload

from video2reward.artifacts.job_record import FOLDER as LOGS

Name = str | int

RESERVED = ("videos", "robots", "completions", "tables", "judges", LOGS)
"""Names that no experiment may have, as other folders of the results have them."""


class File:
    """A file in a folder, or a subfolder with all its content ("frames/"); as an attribute of the folder, a path.

    name: with the folder's fields in braces; stage: one of `space.STAGES`
    """

    def __init__(self, name: str, stage: str) -> None:
        """Take a name and the stage that makes the file."""
        self.name, self.stage = name, stage

    @overload
    def __get__(self, folder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, folder: Folder, owner: type) -> Path: ...
    def __get__(self, folder: Folder | None, owner: type) -> Self | Path:
        """Return the path in a folder."""
        return self if folder is None else folder.path / self.name.format(**vars(folder))


@dataclass(frozen=True)
class Folder:
    """Any folder of the results; it holds the logs and records of its jobs."""

    path: Path = Path()
    _ending: ClassVar[str] = ""  # suffix of job names, if a folder has several jobs of a rule

    logs = File(f"{LOGS}/", "logs")

    def log(self, job: str) -> Path:
        """Return the path of a job's log; job: its rule's name, without the suffix of this folder's jobs."""
        return self.logs / f"{job}{self._ending.format(**vars(self))}.log"

    def record(self, job: str) -> Path:
        """Return a job's record."""
        return self.log(job).with_suffix(".json")


@dataclass(frozen=True)
class VideoFolder(Folder):
    """Everything about a clip."""

    video: Name = ""

    fetched = File("{video}.video", "frames")
    frames = File("frames/", "frames")
    frames_summary = File("frames.json", "frames")
    keypoints = File("keypoints.h5", "keypoints")
    motion = File("motion.h5", "motion")
    overlay = File("overlay.mp4", "motion")
    picture = File("motion.png", "motion")


@dataclass(frozen=True)
class BaseFiles(Folder):
    """A robot's base policy and its training; its jobs are called train_base, train_base_seed1 and so on."""

    base: Name = "base"
    _ending = "_{base}"

    policy = File("{base}.pth", "policy")
    training = File("{base}.json", "policy")
    curves = File("{base}.csv", "policy")
    work = File("work_{base}/", "checkpoints")


@dataclass(frozen=True)
class RobotFolder(Folder):
    """The base policies of a robot."""

    def base(self, name: Name) -> BaseFiles:
        """Return the files of a base policy."""
        return BaseFiles(self.path, name)


@dataclass(frozen=True)
class CandidateFiles(Folder):
    """One candidate of a round, in the round's folder."""

    k: Name = 1
    _ending = "_{k}"

    answer = File("answer_{k}.txt", "completion")
    completion = File("completion_{k}.json", "completion")
    reward = File("reward_{k}.py", "reward")
    check = File("check_{k}.json", "reward")
    repairs = File("repairs_{k}.json", "reward")
    policy = File("policy_{k}.pth", "policy")
    training = File("training_{k}.json", "policy")
    curves = File("training_{k}.csv", "policy")
    evaluation = File("evaluation_{k}.json", "evaluation")
    rollout = File("rollout_{k}.h5", "rollout")
    film = File("rollout_{k}.mp4", "rollout")
    work = File("work_{k}/", "checkpoints")


@dataclass(frozen=True)
class RoundFolder(Folder):
    """One round of a loop."""

    prompt = File("prompt.txt", "prompt")
    prompt_record = File("prompt.json", "prompt")
    preferences = File("preferences.json", "policy")
    selection = File("selection.json", "policy")
    best_policy = File("best.pth", "policy")
    best_reward = File("best_reward.py", "policy")
    best_curves = File("best_training.csv", "policy")
    rollout = File("rollout.h5", "rollout")
    film = File("rollout.mp4", "rollout")
    feedback = File("feedback.json", "feedback")
    similarity = File("similarity.png", "feedback")
    critique_prompt = File("critique_prompt.txt", "feedback")
    critique_record = File("critique_prompt.json", "feedback")
    pictures = File("pictures/", "feedback")
    critique = File("critique.json", "feedback")
    critique_answer = File("critique_answer.txt", "feedback")

    @property
    def n(self) -> int:
        """The round's number, from 1."""
        return int(self.path.name.removeprefix("iter"))

    def candidate(self, k: Name) -> CandidateFiles:
        """Return a candidate's files."""
        return CandidateFiles(self.path, k)


@dataclass(frozen=True)
class BestFolder(Folder):
    """The final result of a loop."""

    reward = File("reward.py", "best")
    policy = File("policy.pth", "best")
    onnx = File("policy.onnx", "best")
    film = File("rollout.mp4", "best")
    evaluation = File("evaluation.json", "best")


@dataclass(frozen=True)
class LoopFolder(Folder):
    """One loop of rounds: an experiment with a seed."""

    best = File("best/", "best")
    best_summary = File("best.json", "best")
    evaluation = File("evaluation.json", "best")
    page = File("report.html", "report")
    page_summary = File("report.json", "report")
    clips = File("clips.json", "tables")

    def round(self, n: Name) -> RoundFolder:
        """Return a round's folder."""
        return RoundFolder(self.path / f"iter{n}")


@dataclass(frozen=True)
class BaseScores(Folder):
    """The evaluation of a base policy in an experiment."""

    base: Name = "base"
    _ending = "_{base}"

    evaluation = File("{base}_evaluation.json", "evaluation")


@dataclass(frozen=True)
class ExperimentFolder(Folder):
    """A robot that learns a video by a method."""

    reference = File("reference.h5", "motion")
    states = File("states.npz", "reward")

    def base(self, name: Name) -> BaseScores:
        """Return the evaluation of a base policy in this experiment."""
        return BaseScores(self.path, name)

    def loop(self, seed: Name) -> LoopFolder:
        """Return the folder of the loop with this seed."""
        return LoopFolder(self.path / f"seed{seed}")


@dataclass(frozen=True)
class GroupTables(Folder):
    """The tables and figures of a group of experiments."""

    group: Name = ""

    pages = File("{group}/", "tables")


@dataclass(frozen=True)
class KnownMotionFolder(Folder):
    """A motion of known quality; the names are those of a round, so that it is asked about in the same way."""

    rollout = File("rollout.h5", "judges")
    film = File("rollout.mp4", "judges")
    critique_prompt = File("critique_prompt.txt", "judges")
    critique_record = File("critique_prompt.json", "judges")
    pictures = File("pictures/", "judges")
    critique_answer = File("critique_answer.txt", "judges")


@dataclass(frozen=True)
class JudgeFolder(Folder):
    """The test of an experiment's critic."""

    judgement = File("judge.json", "judges")
    judge_page = File("judge.html", "judges")

    def motion(self, name: Name) -> KnownMotionFolder:
        """Return the folder of a known motion."""
        return KnownMotionFolder(self.path / str(name))


@dataclass(frozen=True)
class Results(Folder):
    """A results folder."""

    report = File("report.html", "report")
    completions = File("completions/", "completion")
    claims = File(".runs/", "logs")

    def video(self, name: Name) -> VideoFolder:
        """Return the folder of a clip."""
        return VideoFolder(self.path / "videos" / str(name), name)

    def robot(self, name: Name) -> RobotFolder:
        """Return the folder of a robot."""
        return RobotFolder(self.path / "robots" / str(name))

    def experiment(self, name: Name) -> ExperimentFolder:
        """Return the folder of an experiment; its name must not be in `RESERVED`."""
        return ExperimentFolder(self.path / str(name))

    def tables(self, group: Name) -> GroupTables:
        """Return the folder of a group's tables."""
        return GroupTables(self.path / "tables", group)

    def judge(self, experiment: Name) -> JudgeFolder:
        """Return the test of an experiment's critic."""
        return JudgeFolder(self.path / "judges" / str(experiment))
