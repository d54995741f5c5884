"""Ask for a critique, once more if the answer cannot be read, and set it against the measurements."""

from __future__ import annotations

from collections.abc import Callable

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import Critique, CritiqueTurn
from video2reward.artifacts.prompt import Message, Prompt
from video2reward.critique.answer import missing_heads, read_heads
from video2reward.critique.question import NO_POLICY, again
from video2reward.critique.verdict import Measurements, without_contradictions
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
    first = ask(prompt.messages, 0)
    turns = [CritiqueTurn(0, prompt.messages, first)]
    heads, why = read_heads(first.text), ""
    if heads is None and first.provider != "manual":
        messages = again(prompt.messages, first.text, missing_heads(first.text))
        try:
            turns.append(CritiqueTurn(1, messages, ask(messages, 1)))
            heads = read_heads(turns[-1].completion.text)
        except NoRepairError as none:
            why = str(none)
    if heads is None:
        missing = ", ".join(missing_heads(turns[-1].completion.text))
        twice = ", also when it was asked for once more" if len(turns) > 1 else ""
        return Critique(tuple(turns), why=why or f"the answer has no {missing}{twice}; it goes on whole")
    kept, left_out = without_contradictions(heads, Measurements(**prompt.facts["figures"]))
    return Critique(tuple(turns), kept, left_out)
