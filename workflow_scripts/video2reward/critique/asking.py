"""Ask for a critique, once more if the answer cannot be read, and set it against the measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import Critique, CritiqueTurn, LeftOut
from video2reward.artifacts.prompt import Message, Prompt
from video2reward.critique.answer import in_english, missing_heads, read_heads, read_verdict
from video2reward.critique.question import NO_POLICY, again
from video2reward.critique.verdict import Measurements, contradicted_verdict, without_contradictions
from video2reward.llm.base import NoRepairError

Ask = Callable[[tuple[Message, ...], int], Completion]
"""Messages and attempt -> the answer; raises a `NoRepairError` if an earlier run is replayed that was not asked again."""


def ask_critic(prompt: Prompt, ask: Ask) -> Critique:
    """Return the critique for the question `prompt`, without what its figures contradict.

    Without pictures, as there was no policy, nobody is asked. An answer that lacks the four heads twice counts as
    unstructured and is kept whole.
    """
    if not prompt.messages:
        return Critique(why=NO_POLICY)
    answer = ask(prompt.messages, 0)
    turns = [CritiqueTurn(0, prompt.messages, answer)]
    heads, why = read_heads(answer.text), ""
    if heads is None and worth_asking_again(answer):
        messages = again(prompt.messages, answer.text, what_is_missing(answer))
        try:
            answer = ask(messages, 1)
            turns.append(CritiqueTurn(1, messages, answer))
            heads = read_heads(answer.text)
        except NoRepairError as none:
            why = str(none)
    left_out: tuple[LeftOut, ...] = ()
    verdict, figures = read_verdict(answer.text), Measurements(**prompt.facts["figures"])
    if heads is None:
        twice = ", also when it was asked for once more" if len(turns) > 1 else ""
        kept = None
        why = why or f"{what_is_missing(answer)}{twice}" + "; it goes on whole" * bool(answer.text.strip())
    else:
        kept, left_out = without_contradictions(heads, figures)
        why = f"{answer.broken_off}, so its last point may be incomplete" if answer.broken_off else ""
    return Critique(
        tuple(turns),
        kept,
        (*left_out, *contradicted_verdict(verdict, figures)),
        why,
        verdict=verdict,
        unchecked=why_unchecked(answer, heads is not None, verdict),
    )


def worth_asking_again(answer: Completion) -> bool:
    """Tell whether an answer without the four heads is asked for once more: not a person's, nor an empty one, which was."""
    return answer.provider != "manual" and bool(answer.text.strip() or answer.broken_off)


def what_is_missing(answer: Completion) -> str:
    """Return why an answer without the four heads cannot be read."""
    if not answer.text.strip():
        return answer.broken_off or "the answer is empty"
    missing = " and no head ".join(repr(head) for head in missing_heads(answer.text))
    cut = f"{answer.broken_off}; " if answer.broken_off else ""
    return f"{cut}the answer has no head {missing}"


def why_unchecked(answer: Completion, structured: bool, verdict: Mapping[str, str]) -> str:
    """Return why the measurements cannot be held against a model's answer; "" if they can, or if there is none."""
    if answer.provider == "manual" or verdict or not answer.text.strip():
        return ""
    if not structured:
        return "the answer has neither the four heads nor a verdict"
    return "" if in_english(answer.text) else "the answer is not in English and has no verdict"
