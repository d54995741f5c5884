"""How long a prompt may be, and what is left out, in which order, where it would be too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from video2reward.artifacts.prompt import Message, Prompt
from video2reward.errors import UserError

_PIECES = re.compile(r"[A-Za-z]+|\s+|.")
# Tokens of a message beside its content: its role and marks.
_MESSAGE = 8


@dataclass(frozen=True)
class Length:
    """How much is told: samples of the stride, whether the task's source, which version of a part of the feedback.

    feedback: part -> 0 the longest version, further ones are shorter, beyond the last it is left out
    """

    samples: int = 20
    source: bool = True
    feedback: Mapping[str, int] = field(default_factory=dict)

    def shorter(self, subject: str, left: int) -> Length:
        """Return it with less of one subject, as STEPS has it."""
        if subject == "samples":
            return replace(self, samples=left)
        if subject == "source":
            return replace(self, source=bool(left))
        return replace(self, feedback={**self.feedback, subject: left})


_GONE = 99  # beyond any part's last version
# What goes first tells least. Never shortened: signals, task, rules, figures of the motion, the last reward, its
# success and score, its gait and posture.
# Subject, what is left of it in words, and as a number: samples, whether the source is told, or a part's version.
STEPS: tuple[tuple[str, str, int], ...] = (
    ("components", "five values of each training curve", 1),
    ("samples", "16 samples of the stride", 16),
    ("similarity", "no distances by FastDTW", _GONE),
    ("components", "no values of the training curves but greatest, mean and least", 2),
    ("candidates", "no scores of the other candidates", _GONE),
    ("samples", "12 samples of the stride", 12),
    ("failures", "one line of each candidate's error", 1),
    ("source", "no source of the task", 0),
    ("samples", "10 samples of the stride", 10),
    ("joints", "three lines on keypoints", 1),
    ("shares", "no shares of the reward's terms", _GONE),
    ("trend", "no trend", _GONE),
    ("failures", "the number of failed candidates alone", 2),
    ("components", "no training curves", _GONE),
    ("falls", "nothing on falls", _GONE),
    ("joints", "nothing on keypoints", _GONE),
)


def tokens(text: str) -> int:
    """Return how many tokens a text has at most, by an estimate that needs no tokenizer.

    A word counts a token for every four letters begun, each digit and each mark one, white space one unless it is
    a single blank, a character beyond ASCII as many as it has bytes. Its length alone will not do: of figures such
    as [0.828, -0.716] nearly every character is a token.
    """
    return sum(_tokens(piece) for piece in _PIECES.findall(text))


def _tokens(piece: str) -> int:
    if piece.isspace():
        return int(piece != " ")
    size = len(piece.encode())
    return -(-size // 4) if len(piece) > 1 else size


def prompt_tokens(messages: Iterable[Message]) -> int:
    """Return how many tokens messages have at most."""
    return sum(tokens(message["content"]) + _MESSAGE for message in messages)


@dataclass(frozen=True)
class Window:
    """A model's window, in tokens: llm.context_tokens and llm.max_tokens.

    Beside the prompt it must hold an answer, and one more if the first is sent back with what is wrong with it.
    """

    context: int
    answer: int

    @property
    def room(self) -> int:
        """Tokens that a prompt may have."""
        return self.context - 2 * self.answer


def fitted(build: Callable[[Length], Prompt], window: Window | None) -> Prompt:
    """Return the longest prompt that fits, with what was left out as facts["shortened"].

    A window that holds not even the shortest is a `UserError`.
    """
    length, left_out = Length(), dict[str, str]()
    prompt = build(length)
    if window is None:
        return prompt
    for subject, words, left in STEPS:
        if prompt_tokens(prompt.messages) <= window.room:
            break
        before, length = prompt, length.shorter(subject, left)
        prompt = build(length)
        if prompt.messages != before.messages:
            left_out[subject] = words
    needed = prompt_tokens(prompt.messages)
    if needed > window.room:
        raise UserError(
            f"the shortest prompt has up to {needed} tokens; llm.context_tokens {window.context} leaves {window.room} "
            f"beside two answers of llm.max_tokens {window.answer}: raise context_tokens as far as the model's window "
            "goes, or lower max_tokens"
        )
    return replace(prompt, facts=prompt.facts | {"shortened": list(left_out.values())})
