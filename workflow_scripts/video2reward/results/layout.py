"""The layout of a results folder: no other module builds paths in it, and `places.py` parses them.

Names may be wildcards of Snakemake too, as in `Results(folder).video("{video}").motion`, or "*", to find all of a kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.artifacts.job_record import FOLDER as LOGS
from video2reward.results.files import File, Folder

Name = str | int

RESERVED = ("videos", "robots", "completions", "tables", "judges", LOGS)
"""Names that no experiment may have, as other folders of the results have them."""


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
    physics = File("physics_{k}.json", "evaluation")
    rollout = File("rollout_{k}.h5", "rollout")
    film = File("rollout_{k}.mp4", "rollout")
    work = File("work_{k}/", "checkpoints")


@dataclass(frozen=True)
class PartFiles(Folder):
    """One candidate after a part of its training, in a round that is halved; checkpoint: what it goes on from."""

    k: Name = 1
    _ending = "_{k}"

    policy = File("policy_{k}.pth", "policy")
    training = File("training_{k}.json", "policy")
    curves = File("training_{k}.csv", "policy")
    evaluation = File("evaluation_{k}.json", "evaluation")
    checkpoint = File("checkpoint_{k}.pt", "checkpoints")


@dataclass(frozen=True)
class PartFolder(Folder):
    """A part of a round's training, at the end of which the worse half of its candidates stops."""

    halving = File("halving.json", "policy")

    def candidate(self, k: Name) -> PartFiles:
        """Return a candidate's files."""
        return PartFiles(self.path, k)


@dataclass(frozen=True)
class RoundFolder(Folder):
    """One round of a loop. parent, parent_...: a tree's choice of whom it continues, and what it takes over."""

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
    tuned_reward = File("tuned_reward.py", "reward")
    tuning = File("tuning.json", "policy")
    tuning_work = File("work_tuning/", "checkpoints")
    critique_prompt = File("critique_prompt.txt", "feedback")
    critique_record = File("critique_prompt.json", "feedback")
    pictures = File("pictures/", "feedback")
    critique = File("critique.json", "feedback")
    critique_answer = File("critique_answer.txt", "feedback")
    parent = File("parent.json", "prompt")
    parent_selection = File("parent_selection.json", "prompt")
    parent_policy = File("parent_policy.pth", "prompt")
    parent_reward = File("parent_reward.py", "prompt")
    parent_curves = File("parent_training.csv", "prompt")
    parent_feedback = File("parent_feedback.json", "prompt")
    parent_critique = File("parent_critique.json", "prompt")

    @property
    def n(self) -> int:
        """The round's number, from 1."""
        return int(self.path.name.removeprefix("iter"))

    def candidate(self, k: Name) -> CandidateFiles:
        """Return a candidate's files."""
        return CandidateFiles(self.path, k)

    def part(self, part: Name) -> PartFolder:
        """Return the folder of a part of its training, counted from 1."""
        return PartFolder(self.path / f"part{part}")


@dataclass(frozen=True)
class BestFolder(Folder):
    """The final result of a loop."""

    reward = File("reward.py", "best")
    policy = File("policy.pth", "best")
    onnx = File("policy.onnx", "best")
    film = File("rollout.mp4", "best")
    evaluation = File("evaluation.json", "best")
    deploy = File("deploy/", "best")


@dataclass(frozen=True)
class LoopFolder(Folder):
    """One loop of rounds: an experiment with a seed."""

    best = File("best/", "best")
    best_summary = File("best.json", "best")
    evaluation = File("evaluation.json", "best")
    physics = File("physics.json", "best")
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
    known_states = File("known_states.npz", "reward")

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
    preferences = File("{group}_preferences.json", "tables")


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
