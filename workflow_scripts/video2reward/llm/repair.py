"""Send a candidate that failed its checks, or pays for the wrong motion, back to its model with the exact error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from video2reward.artifacts.check import Check
from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Message, Prompt
from video2reward.artifacts.repairs import Repair, Repairs
from video2reward.llm.ask import ask, completion_in_words
from video2reward.llm.base import CompletionProvider, NoRepairError, Question
from video2reward.llm.budget import most_tokens
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.llm import LLM

Verdict = Callable[[Completion], tuple[str, Check]]
"""Reads an answer -> (its code, the verdict of the checks)."""
LONGEST_TRACEBACK = 2000
"""Characters of a traceback that are sent: its last complete lines."""
_EMPTY = "(an empty answer)"  # servers reject an empty turn
# What a failure in each check means, in words.
_WHAT = {
    "extract": "No complete function could be taken from the answer",
    "allowlist": "It does what the rules forbid",
    "signature": "Its arguments or its result are not what the rules ask for",
    "compile": "It does not compile with torch.jit.script",
    "trial": "It failed when it was tried on states of the robot",
    "screen": "It was evaluated on recorded motions of this robot, and the video's does not earn most",
}


@dataclass(frozen=True)
class Repairer:
    """Asks for repairs, up to `settings.repairs` times.

    prompt: the original prompt; which: seed, iteration and candidate
    folder: the store of paid answers; prices: resources/prices.yaml; template: resources/prompts/repair.j2
    source: the repairs of an earlier run, if they are replayed
    """

    prompt: Prompt
    settings: LLM
    which: Mapping[str, int]
    folder: Path
    prices: Path
    template: Path
    source: Path | None = None

    def repair(
        self, answer: Completion, code: str, check: Check, verdict: Verdict
    ) -> tuple[Repairs, str, Check]:
        """Repair `answer`, whose code has the verdict `check` -> (the exchange, the code that is kept, its verdict).

        The last code is kept; but code that may be trained is never given up for code that fails, nor for code that
        orders more motions wrongly.

        Each question consists of the original messages, the last answer and its error. Like the prompts of later rounds, it
        holds only the latest exchange, which bounds its length.
        """
        provider: CompletionProvider = COMPLETION_PROVIDERS.load(self.settings.provider)()
        done: list[Repair] = []
        kept = code, check
        while check.stage != "done":
            question = self._question(answer, check, len(done) + 1)
            asked = self._ask(provider, question)
            if isinstance(asked, str):
                return Repairs(tuple(done), asked), *kept
            answer, error, cause = asked, _error(check), check.stage
            print(f"repair {question.attempt}: {completion_in_words(answer)}", flush=True)
            code, check = verdict(answer)
            if not _worse(check, kept[1]):
                kept = code, check
            done.append(
                Repair(
                    question.attempt,
                    error,
                    question.messages,
                    answer,
                    check.status,
                    check.stage,
                    check.message,
                    cause,
                )
            )
        return Repairs(tuple(done)), *kept

    def _ask(self, provider: CompletionProvider, question: Question) -> Completion | str:
        """Return the answer, or why there is none."""
        if question.attempt > self.settings.repairs:
            return f"llm.repairs = {self.settings.repairs}: no further repairs"
        if why := _too_long(question):
            return why
        try:
            return ask(provider, question, self.folder, self.prices)
        except NoRepairError as none:
            return str(none)

    def _question(self, answer: Completion, check: Check, attempt: int) -> Question:
        template = jinja2.Template(
            self.template.read_text(), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        told = template.render(
            usable=check.ok, what=_WHAT.get(check.stage, f"It failed at {check.stage}"), error=_error(check)
        )
        turns: tuple[Message, ...] = (
            {"role": "assistant", "content": answer.text if answer.text.strip() else _EMPTY},
            {"role": "user", "content": told},
        )
        messages = (*self.prompt.messages, *turns)
        seed, iteration, candidate = (self.which[name] for name in ("seed", "iteration", "candidate"))
        return Question(
            messages,
            self.settings,
            seed,
            iteration,
            candidate,
            self.prompt.facts,
            attempt,
            source=self.source,
        )


def _worse(check: Check, kept: Check) -> bool:
    """Tell whether a later verdict is a loss against the one that is kept."""
    if check.ok != kept.ok:
        return kept.ok
    wrong, before = (len(one.screen.violations) if one.screen else 0 for one in (check, kept))
    return check.ok and wrong > before


def _error(check: Check) -> str:
    """Return the checks' message, with the last lines of the traceback if it says more."""
    message, traceback = check.message.strip(), check.traceback.strip()
    if not traceback or traceback in message:
        return message
    lines = traceback.splitlines()
    while len(lines) > 1 and len("\n".join(lines)) > LONGEST_TRACEBACK:
        lines.pop(0)
    return "\n\n".join(part for part in (message, "\n".join(lines)[-LONGEST_TRACEBACK:]) if part)


def _too_long(question: Question) -> str:
    """Say why a question is too long to send, "" if it is not."""
    settings = question.settings
    # A token has about 2.8 characters in our prompts; 2 is on the safe side.
    tokens = most_tokens(question.messages) // 2
    if tokens + settings.max_tokens <= settings.context_tokens:
        return ""
    return (
        f"repair {question.attempt} was not asked for: about {tokens} tokens of messages and llm.max_tokens = "
        f"{settings.max_tokens} do not fit into llm.context_tokens = {settings.context_tokens}"
    )
