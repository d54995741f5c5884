"""The question to a critic: the task, what the pictures are, what was measured, and the four heads of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from video2reward.artifacts.critique import HEADS, VERDICT
from video2reward.artifacts.motion import Motion
from video2reward.artifacts.prompt import Message, Prompt, with_pictures
from video2reward.artifacts.reference import Reference
from video2reward.critique.moments import Moments
from video2reward.critique.verdict import Measurements
from video2reward.settings.llm import LLM
from video2reward.settings.picture_tokens import rule_of

NO_POLICY = "no policy could be recorded, so there is nothing to look at"
VERDICT_LINE = "Verdict: " + ", ".join(f"{key}=<{' | '.join(words)}>" for key, words in VERDICT.items())
_LONGEST_QUOTE = 4000  # characters of an answer that is asked for again


@dataclass(frozen=True)
class Shown:
    """What a critic sees.

    files: pictures or a film; kind: pairs, grid or film; drawn, size: (width, height) of a picture before and after it was
    shrunk to a budget, px; figure: whether the clip's subject is drawn from its keypoints
    """

    moments: Moments
    files: tuple[Path, ...]
    kind: str
    drawn: tuple[int, int]
    size: tuple[int, int]
    figure: bool = False

    @property
    def count(self) -> int:
        """How many pictures a model looks at: every frame of a film is one."""
        return len(self.moments.frames) if self.kind == "film" else len(self.files)


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
        jump=(feedback.get("jump") or {}).get("words", ""),
    )


def critique_question(
    template: Path,
    task: str,
    motion: Motion,
    shown: Shown,
    figures: Measurements,
    components: Sequence[str],
    folder: Path,
) -> Prompt:
    """Return the question; template: resources/prompts/critique.j2; folder: the round's, which holds the pictures.

    components: names of the reward's terms
    """
    content = _rendered(
        template,
        task=task.strip().rstrip("."),
        components=components,
        figures=figures,
        heads=list(HEADS.values()),
        verdict=VERDICT_LINE,
        **_in_pictures(motion, shown),
    )
    return _prompt(content, motion, shown, folder, figures)


def judge_question(
    template: Path,
    motion: Motion,
    shown: Shown,
    figures: Measurements | None,
    folder: Path,
) -> Prompt:
    """Return the question for a score; template: resources/prompts/judge.j2; figures: None if the judge is told none."""
    content = _rendered(template, figures=figures, **_in_pictures(motion, shown))
    return _prompt(content, motion, shown, folder, figures)


def _prompt(content: str, motion: Motion, shown: Shown, folder: Path, figures: Measurements | None) -> Prompt:
    """Return a question with its pictures, and which moments they show."""
    message: Message = {"role": "user", "content": content}
    frames = shown.count if shown.kind == "film" else 1
    moments = shown.moments
    facts = {
        "figures": vars(figures) if figures else None,
        "pictures": {
            "kind": shown.kind,
            "count": shown.count,
            "drawn": list(shown.drawn),
            "size": list(shown.size),
            "figure": shown.figure,
        },
        "in_phase": moments.in_phase,
        "around_fall": moments.around_fall,
        "phase": moments.phase.tolist(),
        "frames": (moments.frames + motion.first_frame).tolist(),
        "robot_s": moments.robot.tolist(),
    }
    return Prompt((with_pictures(message, folder, shown.files, frames),), facts)


def _in_pictures(motion: Motion, shown: Shown) -> dict[str, Any]:
    """Return what resources/prompts/shown.j2 says of the pictures."""
    moments = shown.moments
    return {
        "species": motion.species,
        "single": motion.kind == "single",
        "mirrored": motion.mirrored,
        "count": len(moments.frames),
        "kind": "pairs" if len(moments.frames) == 1 else shown.kind,
        "figure": shown.figure,
        "in_phase": moments.in_phase,
        "around_fall": moments.around_fall,
    }


def pictures_seen(prompt: Prompt, asked: LLM) -> dict[str, Any]:
    """Return what critique.json says of the pictures: their sizes, and the tokens of each by the model's own rule.

    {} without pictures; tokens and rule are None for a model whose rule is not known
    """
    seen = dict(prompt.facts.get("pictures", {}))
    if not seen:
        return {}
    name, rule = rule_of(asked) or (None, None)
    tokens = rule(*seen["size"]) if rule else None
    return {**seen, "tokens": tokens, "rule": name, "budget": asked.picture_budget}


def again(messages: Sequence[Message], answer: str, why: str) -> tuple[Message, ...]:
    """Return the question once more, after an answer without all of the four heads; why: what is wrong with it."""
    told = (
        f"I cannot read this answer: {why}. Give the same judgement once more, in English and in less than 400 words, under "
        'exactly these four heads, each on a line of its own, in this order, with "none" below a head that has nothing: '
        f"{'; '.join(f'{n}. {head}' for n, head in enumerate(HEADS.values(), 1))}. Then the line:\n{VERDICT_LINE}"
    )
    quoted = answer if len(answer) <= _LONGEST_QUOTE else f"{answer[:_LONGEST_QUOTE]} ..."
    turns: tuple[Message, ...] = (
        {"role": "assistant", "content": quoted if quoted.strip() else "(an empty answer)"},
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
