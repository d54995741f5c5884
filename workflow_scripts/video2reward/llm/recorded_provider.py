"""Replays the answers of an earlier run from its results, to repeat or share a run at no cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar, NamedTuple

from pydantic import ValidationError

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import read_job_record
from video2reward.artifacts.judge import read_judge_test
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.repairs import read_repairs
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, NoRepairError, Question
from video2reward.llm.store import Store, store_key
from video2reward.results.layout import CandidateFiles, JudgeFolder, Results, RoundFolder
from video2reward.settings.llm import LLM

REPLAYED = "Replayed from the results of an earlier run: no model was asked and nothing was paid."
OTHER_PROMPT = "This run's prompt differs from the one that was answered."
NO_PROMPT = "The recording has no prompt.json to compare the prompt with."
UNPROVEN = (
    "No job record proves that a run made this answer, so it does not count as a language model's and says "
    "nothing about one."
)


class _Found(NamedTuple):
    """A recorded answer; same: whether it answers the current prompt, None if unknown; proven: made by a job."""

    answer: Completion
    same: bool | None
    proven: bool


class RecordedProvider(CompletionProvider):
    """Returns the answer of the same round and candidate, or the store's answer to the same question."""

    costs: ClassVar[bool] = False
    repairs: ClassVar[bool] = True

    def complete(self, question: Question) -> Completion:
        """Return the recorded answer at price 0, with a note on differences; a missing answer is a `UserError`.

        question.source: the recorded completion, the recorded repairs if a repair is asked for, the recorded critique, or the
        recorded judge.json
        """
        found = (
            _score(question)
            if question.known
            else _critique(question)
            if question.critique
            else _repair(question)
            if question.attempt
            else _answer(question)
        )
        notes = [REPLAYED]
        if not found.same:
            notes.append(NO_PROMPT if found.same is None else OTHER_PROMPT)
        if not found.proven:
            notes.append(UNPROVEN)
        notes.append(found.answer.note.removeprefix(REPLAYED).strip())
        return replace(
            found.answer,
            provider="recorded",
            is_language_model=found.answer.is_language_model and found.proven,
            price_usd=0.0,
            latency_s=0.0,
            note=" ".join(filter(None, notes)),
            provenance={},
        )


def _answer(question: Question) -> _Found:
    """Return the answer at the same place, or, if it answers another prompt, the store's answer to this question."""
    source = question.source
    if source is None or not source.is_file():
        raise UserError(
            f"provider recorded: {source or 'the recorded answer'} does not exist; check llm.recorded, the results "
            "folder of the run to replay"
        )
    placed, record = read_completion(source), RoundFolder(source.parent).prompt_record
    same = read_prompt(record).messages == question.messages if record.exists() else None
    if not same and (stored := _stored(placed, question)) is not None:
        return _Found(stored, same=True, proven=True)
    return _Found(placed, same, _made_by_a_job(source, _record(question, source, "sample_completion")))


def _stored(placed: Completion, question: Question) -> Completion | None:
    """Return the answer to this question from the earlier run's store, None if it was not asked there.

    The store's key uses the settings of the answer at the same place.
    """
    parameters = placed.provenance.get("parameters", {}).get("llm")
    if question.settings.recorded is None or parameters is None:
        return None
    try:
        settings = LLM(**parameters)
    except (ValidationError, TypeError):  # from a version with other settings
        return None
    store = Store(Results(question.settings.recorded).completions)
    return store.find(store_key(replace(question, settings=settings)))


def _repair(question: Question) -> _Found:
    """Return the repair that answered the same messages, or else the one with the same number."""
    source = question.source
    done = read_repairs(source).repairs if source is not None and source.exists() else ()
    known = next((one for one in done if one.messages == question.messages), None)
    known = known or next((one for one in done if one.attempt == question.attempt), None)
    if source is None or known is None:
        raise NoRepairError(f"the recording holds no repair {question.attempt} of this candidate")
    proven = _made_by_a_job(source, _record(question, source, "extract_reward"))
    return _Found(known.completion, known.messages == question.messages, proven)


def _critique(question: Question) -> _Found:
    """Return the turn of a recorded critique that answered the same messages, or else the one with the same number."""
    source = question.source
    turns = read_critique(source).turns if source is not None and source.exists() else ()
    known = next((one for one in turns if one.messages == question.messages), None)
    known = known or next((one for one in turns if one.attempt == question.attempt), None)
    if source is None or known is None:
        missing = (
            f"provider recorded: {source or 'the recorded critique'} holds no answer {question.attempt + 1}"
        )
        raise NoRepairError(missing) if question.attempt else UserError(f"{missing}; check llm.recorded")
    proven = _made_by_a_job(source, RoundFolder(source.parent).record("critique_motion"))
    return _Found(known.completion, known.messages == question.messages, proven)


def _score(question: Question) -> _Found:
    """Return the recorded answer about a known motion, by its repetition and attempt."""
    source = question.source
    motions = read_judge_test(source).motions if source is not None and source.exists() else ()
    turns = [turn for motion in motions if motion.name == question.known for turn in motion.turns]
    place = (question.candidate, question.attempt)
    known = next((turn for turn in turns if (turn.repetition, turn.attempt) == place), None)
    if source is None or known is None:
        missing = (
            f"provider recorded: {source or 'the recorded judge.json'} holds no answer {question.candidate + 1} about the "
            f"motion {question.known}"
        )
        raise (
            NoRepairError(missing)
            if question.attempt
            else UserError(f"{missing}; set judge.repetitions as in the recorded test")
        )
    proven = _made_by_a_job(source, JudgeFolder(source.parent).record("judge_motions"))
    return _Found(known.completion, known.messages == question.messages, proven)


def _record(question: Question, source: Path, rule: str) -> Path:
    """Return the record of the job that made a candidate's file."""
    return CandidateFiles(source.parent, question.candidate).record(rule)


def _made_by_a_job(source: Path, record: Path) -> bool:
    """Tell whether the record of a job holds a file's digest, which proves that the file is unchanged."""
    try:
        outputs = read_job_record(record).outputs
    except UserError:
        return False
    return digest(source) in [sha for name, sha in outputs.items() if Path(name).name == source.name]
