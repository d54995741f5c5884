"""The built-in default: fills in a reward template from the prompt's figures. It is not a language model."""

from __future__ import annotations

from typing import ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.llm.base import CompletionProvider, Question
from video2reward.llm.template_code import tracking_mode, write_code
from video2reward.llm.template_feedback import read_judgement, shifted
from video2reward.llm.template_plan import WRITER, candidate_plan, first_plan

NOTE = f"Written by {WRITER}, a deterministic template. It is no language model and read none of the prompt's words."
_TRACKED = {
    "reference": "the legs follow the reference keypoints at the clock's phase",
    "table": "the legs follow the prompt's keypoint table, read at the clock's phase",
    "nearest": "the legs approach the prompt's keypoints; without a clock their order stays open",
    "none": "the prompt offers no keypoints, so nothing says how the legs move",
}


class TemplateProvider(CompletionProvider):
    """Builds a phase-aware tracking reward from the facts; needs no network and costs nothing."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return candidate `candidate` of the round; the same facts always give the same text."""
        facts = dict(question.facts)
        plan = shifted(first_plan(facts), read_judgement(facts.get("feedback") or {}))
        plan = candidate_plan(plan, question.seed, question.iteration, question.candidate)
        reasons = [_TRACKED[tracking_mode(facts)], *plan.reasons]
        analysis = "\n".join(f"- {reason}" for reason in reasons)
        text = f"{NOTE}\n\n{analysis}\n\n```python\n{write_code(plan, facts)}```\n"
        parameters = {name: getattr(question, name) for name in ("seed", "iteration", "candidate")}
        return Completion(text, WRITER, "template", False, parameters, note=NOTE)
