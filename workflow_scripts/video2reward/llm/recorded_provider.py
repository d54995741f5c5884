"""Replays the answers of an earlier run from its results: to repeat or share a run at no cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import FOLDER, read_job_record
from video2reward.artifacts.prompt import read_prompt
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, Question
from video2reward.llm.store import Store, store_key
from video2reward.settings import LLM

REPLAYED = "Replayed from the results of an earlier run: nobody was asked, nothing was paid."
OTHER_PROMPT = "The prompt of this run is not the one that was answered then."
NO_PROMPT = "The recording has no prompt.json to compare the prompt with."
UNPROVEN = (
    "No record of a job proves that a run made this answer, so it does not count as a language model's and says "
    "nothing about one."
)


class RecordedProvider(CompletionProvider):
    """Returns the answer of the same round and candidate, or the one to the same question where the store has it."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return the recorded answer at price 0, with a note of what differs; a missing one is a `UserError`."""
        source = question.source
        if source is None or not source.is_file():
            raise UserError(
                f"provider recorded: {source or 'the recorded answer'} does not exist; check llm.recorded, the results "
                "folder of the run to replay"
            )
        placed = read_completion(source)
        same = _same_prompt(source.parent / "prompt.json", question)
        found = None if same else _stored(placed, question)
        notes = [REPLAYED]
        if found is None and not same:
            notes.append(NO_PROMPT if same is None else OTHER_PROMPT)
        answer = found or placed
        proven = found is not None or _written_by_a_job(source)
        if not proven:
            notes.append(UNPROVEN)
        if answer.note and not answer.note.startswith(REPLAYED):
            notes.append(answer.note)
        return replace(
            answer,
            provider="recorded",
            is_language_model=answer.is_language_model and proven,
            price_usd=0.0,
            latency_s=0.0,
            note=" ".join(notes),
            provenance={},
        )


def _same_prompt(record: Path, question: Question) -> bool | None:
    """Tell whether the recorded prompt is the present one; None if there is none."""
    return read_prompt(record).messages == question.messages if record.exists() else None


def _stored(placed: Completion, question: Question) -> Completion | None:
    """Return the answer to this very question from the earlier run's store, None if it was never asked there.

    The settings that it was filed under are those that the placed answer was made with.
    """
    parameters = placed.provenance.get("parameters", {}).get("llm")
    if question.settings.recorded is None or parameters is None:
        return None
    try:
        settings = LLM(**parameters)
    except (ValidationError, TypeError):  # of a version with other settings
        return None
    store = Store(question.settings.recorded / "completions")
    return store.find(store_key(replace(question, settings=settings)))


def _written_by_a_job(source: Path) -> bool:
    """Tell whether a job's record beside an answer holds its digest, so that it is as the run made it."""
    path = source.parent / FOLDER / f"{source.stem.replace('completion', 'sample_completion')}.json"
    try:
        outputs = read_job_record(path).outputs
    except UserError:
        return False
    return digest(source) in [sha for name, sha in outputs.items() if Path(name).name == source.name]
