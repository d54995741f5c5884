"""Answers by hand: a person sends the prompt wherever they like and pastes the answer into a file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import write_text
from video2reward.artifacts.prompt import Message
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, NotYetError, Question
from video2reward.results.layout import RoundFolder

NOTE = "Answered by hand: a person put the answer into a file. Who or what wrote it is not known here."
MAX_BYTES = 16 * 2**20
_HEAD = "Answer to prompt {}; write or paste it below this line."
_HEAD_FOUND = re.compile(r"Answer to prompt ([0-9a-f]{8}); write or paste it below this line\.[ \t]*\r?\n?")


class ManualProvider(CompletionProvider):
    """Reads `answer_<k>.txt` beside the completion; while it is empty, the job ends and says what to do."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return a person's answer; the error names the prompt and all of the round's missing answers.

        The provider creates the file with a first line that holds the prompt's digest. If the prompt has changed since,
        the answer is rejected; without that line it is accepted.
        """
        path = question.source
        if path is None or (text := _answer(path, question)) is None:
            raise NotYetError(_please(question), tuple(_answers(question)))
        parameters = {name: getattr(question, name) for name in ("seed", "iteration", "candidate")}
        return Completion(text, "by hand", "manual", False, parameters, note=NOTE)


def write_answer(path: Path, messages: Sequence[Message], text: str) -> None:
    """Write an answer's file as its owner would fill it in, atomically."""
    write_text(path, f"{_HEAD.format(_digest(messages))}\n{text}")


def written_answer(path: Path) -> str:
    """Return what an answer's file holds below its first line, "" if it is blank or does not exist."""
    return _content(path)[1] if path.exists() else ""


def waits_for_answer(path: Path, messages: Sequence[Message]) -> bool:
    """Tell whether the workflow asked for an answer that is still blank, or answers an earlier prompt."""
    if not path.exists():
        return False
    answered, text = _content(path)
    return not text or answered not in ("", _digest(messages))


def _content(path: Path) -> tuple[str, str]:
    """Return the digest in an answer's first line, "" without one, and the text below, "" if blank."""
    if path.stat().st_size > MAX_BYTES:
        raise UserError(
            f"{path} has more than {MAX_BYTES // 2**20} MB; an answer is a text with one function"
        )
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not text in UTF-8: {error.reason} at byte {error.start}") from None
    head = _HEAD_FOUND.match(text)
    text = text[head.end() :] if head else text
    return head[1] if head else "", text if text.strip() else ""


def _answer(path: Path, question: Question) -> str | None:
    """Return the content of an answer's file, None if it is empty; an answer to another prompt is a `UserError`."""
    answered, text = _content(path)
    if not text:
        return None
    if answered not in ("", now := _digest(question.messages)):
        raise UserError(
            f"{path} answers the prompt {answered}, but {_prompt(question)} is now {now}; paste the answer to "
            f"the new prompt and put {now} into the first line, or only the latter if the answer still holds"
        )
    return text


def _please(question: Question) -> str:
    """Create the round's empty answer files and say what to do, in the same sentence for all its candidates."""
    empty, late = [], []
    for path in _answers(question):
        if not path.exists():
            write_text(path, _HEAD.format(_digest(question.messages)) + "\n")
        if _answer(path, question) is None:
            _renew(path, question)
            empty.append(path)
        else:
            late.append(path)
    if not empty:
        return f"{', '.join(map(str, late))}: filled in during this run; run the same command again"
    page = f"answer on a page with make feedback ROUND={question.folder}, or " if question.critique else ""
    return (
        f"provider manual: round {question.iteration} waits for {len(empty)} of {len(empty) + len(late)} answers to "
        f"{_prompt(question)}; {page}put each into its file, then run the same command again: "
        f"{', '.join(map(str, empty))}"
    )


def _prompt(question: Question) -> Path:
    """Return the text file with the question."""
    folder = RoundFolder(question.folder)
    return folder.critique_prompt if question.critique else folder.prompt


def _answers(question: Question) -> list[Path]:
    """Return the files for all answers of the round."""
    folder = RoundFolder(question.folder)
    if question.critique:
        return [folder.critique_answer]
    return [folder.candidate(k).answer for k in range(1, question.candidates + 1)]


def _renew(path: Path, question: Question) -> None:
    """Put the current prompt's digest into the first line of an empty answer."""
    head = _HEAD.format(_digest(question.messages)) + "\n"
    if path.read_text("utf-8-sig") != head:
        write_text(path, head)


def _digest(messages: Sequence[Message]) -> str:
    return hashlib.sha256(json.dumps(messages).encode()).hexdigest()[:8]
