"""A method as one experiment runs it: its file, its text for the video, its effect on the loop."""

from __future__ import annotations

from pathlib import Path

from video2reward.config.clips import named_file
from video2reward.config.critic import check_sources
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.loop import Loop
from video2reward.settings.method import Method
from video2reward.settings.search import Search
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.settings.validation import read_yaml, validate
from video2reward.settings.video import Video


def load_method(name: str, root: Path, task: str = Task().name) -> Method:
    """Read config/methods/<name>.yaml for a task: fill in {task} and pick the task's description."""
    path = named_file(root / "config" / "methods", name, ".yaml", "method")
    method = validate(Method, read_yaml(path), path)
    described = method.task_description
    method = method.model_copy(
        update={
            "reward": method.reward and method.reward.replace("{task}", task),
            "task_description": described if isinstance(described, str) else described.get(task, ""),
        }
    )
    if method.reward is not None:
        named_file(root / "resources" / "rewards", method.reward, ".py", "fixed reward")
    if method.provider is not None:
        COMPLETION_PROVIDERS.module(method.provider)
    check_sources(name, method)
    return method


def method_for_video(method: Method, video: Video) -> Method:
    """Return the method with {behaviour} and {species} of its task description filled in."""
    said = str(method.task_description).replace("{behaviour}", video.behaviour)
    return method.model_copy(update={"task_description": said.replace("{species}", video.subject.species)})


def loop_for_method(loop: Loop, method: Method) -> Loop:
    """Return the loop as a method runs it, with the keys of `llm` where `vlm` sets none.

    With a fixed reward, which is not tuned, all candidates would be equal, so there is one per round. Rounds would be equal too, so there is
    one, unless later rounds continue from the best policy so far. There is nothing to search either.
    """
    loop = loop.model_copy(update={"vlm": loop.vlm.after(loop.llm)})
    if method.from_scratch:
        loop = loop.model_copy(update={"training": from_scratch(loop.training, loop.iterations)})
    if method.reward is not None:
        fixed = loop.llm.model_copy(update={"provider": "fixed"})
        rounds = loop.iterations if loop.training.init == "best" else 1
        return loop.model_copy(
            update={"llm": fixed, "iterations": rounds, "samples": 1, "tuning": None, "search": Search()}
        )
    if method.provider is not None:
        return loop.model_copy(update={"llm": loop.llm.model_copy(update={"provider": method.provider})})
    return loop


def from_scratch(training: Training, iterations: int) -> Training:
    """Return the training of a baseline: from scratch, no early stop, the steps that are behind another method's policy.

    Those are its base policy's and its own, with init best every round's.
    """
    before = 0 if training.init == "scratch" else training.base_steps
    rounds = iterations if training.init == "best" else 1
    update = {"init": "scratch", "steps": before + rounds * training.steps, "early_stop": False}
    return training.model_copy(update=update)
