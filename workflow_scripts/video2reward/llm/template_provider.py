"""The built-in default: fills in a reward template from the prompt's figures. It is not a language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

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
        reasons = [_TRACKED[tracking_mode(facts)], *_wish_reasons(facts), *plan.reasons]
        analysis = "\n".join(f"- {reason}" for reason in reasons)
        text = f"{NOTE}\n\n{analysis}\n\n```python\n{write_code(plan, facts)}```\n"
        parameters = {name: getattr(question, name) for name in ("seed", "iteration", "candidate")}
        return Completion(text, WRITER, "template", False, parameters, note=NOTE)


def _wish_reasons(facts: Mapping[str, Any]) -> list[str]:
    """Say what of the user's wish the template follows: what the motion that it tracks has of it, and nothing else."""
    wish = facts.get("wish")
    if not wish:
        return []
    tracked = wish["followed"] if tracking_mode(facts) != "none" else []
    rest = [one["words"] for one in wish["asked"].values() if one["words"] not in tracked]
    followed = f"of the wish, the motion that the legs follow has {', '.join(tracked)}" if tracked else ""
    left = f"the template cannot follow the wish's {', '.join(rest)}" if rest else ""
    read = "" if wish["asked"] else "the template cannot read the user's wish"
    return [said for said in (followed, left, read) if said]
