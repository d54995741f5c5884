"""The question to a critic: the task, what the pictures are, what was measured, and the four heads of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from video2reward.artifacts.critique import HEADS
from video2reward.artifacts.motion import Motion
from video2reward.artifacts.prompt import Message, Prompt, with_pictures
from video2reward.artifacts.reference import Reference
from video2reward.critique.moments import Moments
from video2reward.critique.verdict import Measurements

NO_POLICY = "no policy could be recorded, so there is nothing to look at"


def measured_figures(feedback: Mapping[str, Any], reference: Reference, max_falls: float) -> Measurements:
    """Return what a critic is told and checked against, from feedback.json."""
    figures, walk, gait = feedback["figures"], feedback.get("walk") or {}, feedback.get("gait") or {}
    speed = (walk.get("velocity") or [None])[0]
    return Measurements(
        falls=figures.get("falls"),
        max_falls=max_falls,
        speed=speed,
        wanted_speed=float(reference.speed),
        period_s=gait.get("period_s"),
        wanted_period_s=float(reference.period_s),
    )


def critique_question(
    template: Path,
    task: str,
    motion: Motion,
    moments: Moments,
    figures: Measurements,
    components: Sequence[str],
    folder: Path,
    pictures: Sequence[Path],
) -> Prompt:
    """Return the question; template: resources/prompts/critique.j2; folder: the round's, which holds the pictures.

    components: names of the reward's terms
    """
    facts = _facts(motion, moments) | {"figures": vars(figures)}
    content = _rendered(
        template,
        task=task.strip().rstrip("."),
        components=components,
        figures=figures,
        heads=list(HEADS.values()),
        **_in_pictures(motion, moments, pictures),
    )
    message: Message = {"role": "user", "content": content}
    return Prompt((with_pictures(message, folder, pictures),), facts)


def judge_question(
    template: Path,
    motion: Motion,
    moments: Moments,
    figures: Measurements | None,
    folder: Path,
    pictures: Sequence[Path],
) -> Prompt:
    """Return the question for a score; template: resources/prompts/judge.j2; figures: None if the judge is told none."""
    content = _rendered(template, figures=figures, **_in_pictures(motion, moments, pictures))
    message: Message = {"role": "user", "content": content}
    told = {"figures": vars(figures) if figures else None}
    return Prompt((with_pictures(message, folder, pictures),), _facts(motion, moments) | told)


def _facts(motion: Motion, moments: Moments) -> dict[str, Any]:
    """Return which moments the pictures show."""
    return {
        "in_phase": moments.in_phase,
        "around_fall": moments.around_fall,
        "phase": moments.phase.tolist(),
        "frames": (moments.frames + motion.first_frame).tolist(),
        "robot_s": moments.robot.tolist(),
    }


def _in_pictures(motion: Motion, moments: Moments, pictures: Sequence[Path]) -> dict[str, Any]:
    """Return what resources/prompts/shown.j2 says of the pictures."""
    return {
        "species": motion.species,
        "single": motion.kind == "single",
        "mirrored": motion.mirrored,
        "count": len(moments.frames),
        "grid": len(pictures) == 1 < len(moments.frames),
        "in_phase": moments.in_phase,
        "around_fall": moments.around_fall,
    }


def again(messages: Sequence[Message], answer: str, missing: Sequence[str]) -> tuple[Message, ...]:
    """Return the question once more, after an answer without all of the four heads."""
    told = (
        f"I cannot read this answer: it has no head {' and no head '.join(repr(head) for head in missing)}. Give the same "
        "judgement once more, in English, under exactly these four heads, each on a line of its own, in this order, with "
        f'"none" below a head that has nothing: {"; ".join(f"{n}. {head}" for n, head in enumerate(HEADS.values(), 1))}.'
    )
    turns: tuple[Message, ...] = (
        {"role": "assistant", "content": answer if answer.strip() else "(an empty answer)"},
        {"role": "user", "content": told},
    )
    return (*messages, *turns)


def _rendered(template: Path, **values: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    return environment.get_template(template.name).render(**values).strip()
