"""Build the messages for a model from the motion, the robot, the method and the last round."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import jinja2

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.prompt import Message, Prompt
from video2reward.artifacts.reference import Reference
from video2reward.errors import UserError
from video2reward.prompt.environment import Words, example_arguments, orders, signal_facts, signal_table
from video2reward.prompt.feedback_text import Round
from video2reward.prompt.figures import motion_figures
from video2reward.prompt.keypoint_text import keypoint_lines, resampled, trunk_line
from video2reward.prompt.length import Length, Window, fitted
from video2reward.registry import kind_of_task
from video2reward.settings.method import Method
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.wish import Wish
from video2reward.wishes.fulfilment import asked
from video2reward.wishes.words import asked_in_words


@dataclass(frozen=True)
class Ingredients:
    """Everything a prompt is made of.

    task_source: the task's source code as text, "" to leave it out
    last: the previous round, None in the first
    wish: what the user asks for beside the video
    """

    reference: Reference
    motion: Motion
    robot: Robot
    method: Method
    task: Task
    words: Words
    iteration: int
    task_source: str = ""
    last: Round | None = None
    wish: Wish | None = None


def build_prompt(given: Ingredients, templates: Path, window: Window | None = None) -> Prompt:
    """Return the prompt; `templates` is the folder of the templates (resources/prompts).

    A prompt that exceeds the model's context window is shortened (length.py gives the order).
    """
    render = _Templates(templates)
    return fitted(lambda length: _of_length(given, render, length), window)


def _of_length(given: Ingredients, render: _Templates, length: Length) -> Prompt:
    facts = prompt_facts(given, length.samples)
    shown = given if length.source else replace(given, task_source="")
    parts = [_PARTS[name](shown, facts, render) for name in given.method.prompt if name != "rules"]
    if given.wish is not None:
        parts.append(render("wish", **facts["wish"]))
    rules = _rules(given, facts, render) if "rules" in given.method.prompt else ""
    messages = [
        {"role": "system", "content": render("system", rules=rules)},
        {"role": "user", "content": "\n\n".join(parts)},
    ]
    return Prompt(tuple(_continued(messages, given, length, render)), facts)


def prompt_facts(given: Ingredients, samples: int = 20) -> dict[str, Any]:
    """Return the prompt's content as figures, only what the method shows."""
    method, reference = given.method, given.reference
    names = reference.keypoint_names
    facts: dict[str, Any] = {
        "iteration": given.iteration,
        "robot": given.robot.name,
        "task": given.task.name,
        "one_command": given.words.one_command,
        "parts": method.prompt,
        "task_description": method.task_description
        or given.words.description
        or given.robot.task_description,
        "signals": signal_facts((*method.signals, given.task.name), given.robot, names),
        "joints": given.robot.joints,
        "feet": given.robot.feet,
        "previous_reward": given.last.reward if given.last else "",
        "feedback": dict(given.last.feedback) if given.last else {},
    }
    if {"keypoints", "reference"} & set(method.signals):
        facts["keypoints"] = names
    if "keypoints" in method.prompt:
        facts |= {
            "keypoints": names,
            "scored": reference.scored,
            "cycle": resampled(reference.cycle, samples).tolist(),
            "target_speed": round(float(reference.speed), 4),
        }
    if "figures" in method.prompt:
        facts["figures"] = motion_figures(reference, given.motion)
        legs = given.robot.skeletons[reference.skeleton].limbs
        facts["figures"]["unseen"] = [leg.name for leg in legs if leg.name not in reference.limb_names]
    if given.wish is not None:
        facts["wish"] = wish_facts(given.wish, given)
    return facts


def wish_facts(wish: Wish, given: Ingredients) -> dict[str, Any]:
    """Return the wish for the template: its text, measure -> what is asked, and what the shown motion already has of it."""
    wanted = {name: asdict(asked(name, target, given.reference)) for name, target in wish.measured.items()}
    shown = {"keypoints", "figures"} & set(given.method.prompt) or "reference" in given.method.signals
    followed = (
        [wanted[name]["words"] for name in given.reference.before_wish if name in wanted] if shown else []
    )
    asked_for = {name: figure | {"in_words": asked_in_words(figure)} for name, figure in wanted.items()}
    return {"text": wish.text.strip(), "asked": asked_for, "followed": followed}


class _Templates:
    """The templates, one per part; an undefined variable is an error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )

    def __call__(self, name: str, **values: Any) -> str:
        """Render <name>.j2; a fault in it is a `UserError`."""
        try:
            return self._environment.get_template(f"{name}.j2").render(**values).strip()
        except jinja2.TemplateNotFound:
            raise UserError(f"the prompt template {name}.j2 is missing in {self._folder}") from None
        except jinja2.TemplateError as error:
            raise UserError(f"{self._folder / name}.j2: {error}") from None


def _environment(given: Ingredients, facts: dict[str, Any], render: _Templates) -> str:
    return render(
        "environment",
        robot_description=given.robot.description,
        signal_table=signal_table(facts["signals"]),
        orders=orders(given.method.signals, given.robot, given.reference.keypoint_names),
        actions=given.words.actions,
        ground=given.words.ground,
        task_source=given.task_source,
    )


def _task(given: Ingredients, facts: dict[str, Any], render: _Templates) -> str:
    return render("task", task_description=facts["task_description"].strip().rstrip("."))


def _rules(given: Ingredients, facts: dict[str, Any], render: _Templates) -> str:
    return render(
        "rules",
        example=example_arguments(facts["signals"]),
        clock="clock" in given.method.signals,
        single=kind_of_task(given.task.name) == "single",
        keypoints="keypoints" in given.method.prompt and not given.words.one_command,
        scale_range="0..1.3",
    )


def _keypoints(given: Ingredients, facts: dict[str, Any], render: _Templates) -> str:
    samples = len(facts["cycle"])
    motion = given.motion
    seen = float(motion.times[-1] - motion.times[0]) / motion.period_s
    strides = f"The clip shows {seen:.1f} strides; this is their mean. The stride repeats"
    if motion.kind == "single":
        part = motion.gait_figures["duration_s"] / motion.period_s
        strides = (
            f"It is no gait but one {motion.gait}, shown up to phase {part:.2f}; then the robot goes back to how it "
            "started, rests, and the motion repeats"
        )
    return render(
        "keypoints",
        species=motion.species,
        samples=samples,
        last_phase=f"{(samples - 1) / samples:.2f}",
        strides=strides,
        stretch="one stride" if motion.kind == "cyclic" else "the whole motion",
        lines=keypoint_lines(given.reference.keypoint_names, resampled(given.reference.cycle, samples)),
        way=trunk_line(given.reference.trunk, samples) if motion.kind == "single" else "",
    )


def _figures(given: Ingredients, facts: dict[str, Any], render: _Templates) -> str:
    return render("figures", commands=given.words.commands, **facts["figures"])


_PARTS = {
    "environment": _environment,
    "task": _task,
    "keypoints": _keypoints,
    "figures": _figures,
}


def _continued(
    messages: list[Message], given: Ingredients, length: Length, render: _Templates
) -> list[Message]:
    """Append the best reward as the assistant's turn and its feedback as the user's."""
    last = given.last
    if last is None:
        return messages
    said = last.said(length.feedback)
    errors = said.pop("failures", "") if last.failed else ""
    feedback = "\n\n".join(said.values())
    if last.failed:
        answer = render("errors", previous_reward=last.reward, errors=errors, feedback=feedback)
    else:
        shown = {"video": "keypoints" in given.method.prompt, "signals": "keypoints" in given.method.signals}
        parts = {
            "posture": "posture" in said,
            "critique": "critique" in said,
            "measured": bool(set(said) - {"critique"}),
        }
        answer = render("feedback", feedback=feedback, **parts, **shown)
    if not last.reward:  # roles must alternate: servers reject two user turns in a row
        return [messages[0], {"role": "user", "content": f"{messages[1]['content']}\n\n{answer}"}]
    previous = {"role": "assistant", "content": f"```python\n{last.reward}\n```"}
    return [*messages, previous, {"role": "user", "content": answer}]
