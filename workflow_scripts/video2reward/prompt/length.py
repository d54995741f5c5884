"""How long a prompt may be, and what is left out in which order if it is too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from video2reward.artifacts.prompt import Message, Prompt
from video2reward.errors import UserError

_PIECES = re.compile(r"[A-Za-z]+|\s+|.")
# Tokens of a message besides its content: its role and delimiters.
_MESSAGE = 8


@dataclass(frozen=True)
class Length:
    """How much the prompt says: samples of the stride, whether the task's source, which versions of the feedback.

    feedback: part -> version; 0 is the longest, higher ones are shorter, beyond the last the part is left out
    """

    samples: int = 20
    source: bool = True
    feedback: Mapping[str, int] = field(default_factory=dict)

    def shorter(self, subject: str, left: int) -> Length:
        """Return it with less of one subject, as in STEPS."""
        if subject == "samples":
            return replace(self, samples=left)
        if subject == "source":
            return replace(self, source=bool(left))
        return replace(self, feedback={**self.feedback, subject: left})


_GONE = 99  # beyond any part's last version
# The least informative goes first. Never shortened: signals, task, rules, figures of the motion, the last reward, its
# success and score, its gait and posture, what the critique says.
# Subject, what remains of it in words, and as a number: samples, whether the source is included, or a part's version.
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
    ("critique", "one sentence of each point of the critique", 1),
    ("tuning", "one sentence on the tuned reward", 1),
    ("shares", "no shares of the reward's terms", _GONE),
    ("trend", "no trend", _GONE),
    ("failures", "the number of failed candidates alone", 2),
    ("components", "no training curves", _GONE),
    ("falls", "nothing on falls", _GONE),
    ("tuning", "nothing on the tuned reward", _GONE),
    ("joints", "nothing on keypoints", _GONE),
)


def tokens(text: str) -> int:
    """Return an upper estimate of a text's tokens, without a tokeniser.

    A word counts one token per four letters or part thereof, each digit and punctuation mark one, white space one unless
    it is a single space, a non-ASCII character one per byte. Length alone is not enough: in numbers such as
    [0.828, -0.716] nearly every character is a token.
    """
    return sum(_tokens(piece) for piece in _PIECES.findall(text))


def _tokens(piece: str) -> int:
    if piece.isspace():
        return int(piece != " ")
    size = len(piece.encode())
    return -(-size // 4) if len(piece) > 1 else size


def prompt_tokens(messages: Iterable[Message]) -> int:
    """Return an upper estimate of the tokens of messages."""
    return sum(tokens(message["content"]) + _MESSAGE for message in messages)


@dataclass(frozen=True)
class Window:
    """A model's context window, tokens: llm.context_tokens and llm.max_tokens.

    Besides the prompt it must hold an answer, and a second one if the first is sent back for repair.
    """

    context: int
    answer: int

    @property
    def room(self) -> int:
        """Tokens available for a prompt."""
        return self.context - 2 * self.answer


def fitted(build: Callable[[Length], Prompt], window: Window | None) -> Prompt:
    """Return the longest prompt that fits, with what was left out as facts["shortened"].

    If even the shortest does not fit, a `UserError`.
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
            f"besides two answers of llm.max_tokens {window.answer}: raise context_tokens up to the model's window, "
            "or lower max_tokens"
        )
    return replace(prompt, facts=prompt.facts | {"shortened": list(left_out.values())})
