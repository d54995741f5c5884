import json
from dataclasses import replace

import pytest

from video2reward.artifacts.check import Check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.critique import Critique, CritiqueTurn, write_critique
from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.artifacts.judge import JudgedMotion, JudgeTest, JudgeTurn, RankingError, write_judge_test
from video2reward.artifacts.prompt import Prompt, write_prompt
from video2reward.artifacts.repairs import Repair, Repairs, write_repairs
from video2reward.errors import UserError
from video2reward.llm.base import NoRepairError, Question
from video2reward.llm.recorded_provider import NO_PROMPT, OTHER_PROMPT, REPLAYED, UNPROVEN, RecordedProvider
from video2reward.llm.store import Store, store_key
from video2reward.settings.llm import LLM

MESSAGES = ({"role": "user", "content": "u"},)
OTHERS = ({"role": "user", "content": "v"},)
ASKED = LLM(provider="openai", model="big", temperature=0.3)
ANSWER = Completion("```python\n```", "big-2026", "openai", True, {"model": "big"}, 1000, 200, 0.5, 9.0)


class Recording:
    """An earlier run's results with one answer, as its jobs leave them."""

    def __init__(self, folder, answer=ANSWER):
        self.folder = folder
        self.round = folder / "amble" / "seed0" / "iter1"
        self.source = self.round / "completion_2.json"
        parameters = {"llm": ASKED.model_dump(mode="json")}
        write_completion(self.source, replace(answer, provenance={"parameters": parameters}))
        write_prompt(self.round / "prompt.txt", self.round / "prompt.json", Prompt(MESSAGES, {}))
        self.record("sample_completion_2", self.source)

    def record(self, job, *outputs):
        shas = {f"elsewhere/{path.name}": digest(path) for path in outputs}
        write_job_record(self.round / "logs" / f"{job}.json", JobRecord(job, "{}", "x", outputs=shas))

    def question(self, messages=MESSAGES, attempt=0, source=None):
        settings = LLM(provider="recorded", recorded=self.folder, model="whatever")
        return Question(messages, settings, 0, 1, 2, attempt=attempt, source=source or self.source)

    def ask(self, *arguments, **more):
        return RecordedProvider().complete(self.question(*arguments, **more))


@pytest.fixture
def recording(tmp_path):
    return Recording(tmp_path / "earlier")


def test_the_answer_comes_back_at_no_cost(recording):
    answer = recording.ask()
    assert answer.text == ANSWER.text and answer.model == "big-2026" and answer.is_language_model
    assert (answer.provider, answer.price_usd, answer.input_tokens) == ("recorded", 0.0, 1000)
    assert answer.note == REPLAYED


def test_a_prompt_that_differs_is_told(recording):
    answer = recording.ask(OTHERS)
    assert answer.text == ANSWER.text and answer.note == f"{REPLAYED} {OTHER_PROMPT}"


def test_a_prompt_that_was_not_recorded_is_told(recording):
    (recording.round / "prompt.json").unlink()
    assert NO_PROMPT in recording.ask().note


def test_the_same_question_is_found_in_the_store(recording):
    """Where the place holds the answer to another prompt."""
    key = store_key(replace(recording.question(OTHERS), settings=ASKED))
    Store(recording.folder / "completions").keep(key, replace(ANSWER, text="from the store"))
    answer = recording.ask(OTHERS)
    assert answer.text == "from the store" and answer.note == REPLAYED
    assert recording.ask().text == ANSWER.text


def test_a_missing_answer_is_named(recording):
    recording.source.unlink()
    with pytest.raises(UserError, match=r"amble/seed0/iter1/completion_2\.json does not exist"):
        recording.ask()


def test_an_answer_that_no_job_wrote_is_no_language_models(recording):
    """A file that somebody wrote or changed proves nothing about a model, whatever it says of itself."""
    content = json.loads(recording.source.read_text())
    recording.source.write_text(json.dumps(content | {"text": "better"}))
    edited = recording.ask()
    assert edited.text == "better" and not edited.is_language_model and UNPROVEN in edited.note
    (recording.round / "logs" / "sample_completion_2.json").unlink()
    assert not recording.ask().is_language_model


def test_what_was_written_for_tests_says_so_for_ever(tmp_path):
    label = "Written for tests; no model answered."
    recording = Recording(
        tmp_path / "made", Completion("code", "people", "openai", is_language_model=False, note=label)
    )
    answer = recording.ask()
    assert not answer.is_language_model and answer.note == f"{REPLAYED} {label}"
    again = Recording(tmp_path / "again", answer).ask()
    assert again.note.count(REPLAYED) == 1 and label in again.note


def test_recorded_repairs_follow_the_words_and_then_the_number(recording):
    def repair(attempt, messages, text):
        return Repair(attempt, "error", messages, replace(ANSWER, text=text), "failed", "trial")

    path = recording.round / "repairs_2.json"
    write_repairs(path, Repairs((repair(1, OTHERS, "first"), repair(2, MESSAGES, "second"))))
    recording.record("extract_reward_2", path)
    same = recording.ask(MESSAGES, attempt=1, source=path)
    assert same.text == "second" and same.note == REPLAYED and same.is_language_model
    other = recording.ask(({"role": "user", "content": "w"},), attempt=1, source=path)
    assert other.text == "first" and OTHER_PROMPT in other.note
    with pytest.raises(NoRepairError, match="no repair 3"):
        recording.ask(({"role": "user", "content": "w"},), attempt=3, source=path)
    with pytest.raises(NoRepairError):
        recording.ask(MESSAGES, attempt=1, source=recording.round / "repairs_1.json")


def test_a_candidate_without_a_recorded_repair_stays_failed(recording):
    from video2reward.llm.repair import Repairer

    failed = Check("failed", "trial", "it is wrong")
    template = recording.folder / "repair.j2"
    template.write_text("{{ what }} {{ error }}")
    settings = LLM(provider="recorded", recorded=recording.folder)
    which = {"seed": 0, "iteration": 1, "candidate": 2}
    prices = recording.folder / "prices.yaml"
    repairer = Repairer(Prompt(MESSAGES, {}), settings, which, recording.folder, prices, template)
    exchange, code, check = repairer.repair(ANSWER, "code", failed, lambda answer: pytest.fail("none"))
    assert not exchange.repairs and "no repair 1" in exchange.why and (code, check) == ("code", failed)


def test_a_critique_is_replayed_turn_by_turn(recording):
    path = recording.round / "critique.json"
    turns = [CritiqueTurn(n, m, replace(ANSWER, text=f"turn {n}")) for n, m in enumerate((MESSAGES, OTHERS))]
    write_critique(path, Critique(tuple(turns), why="unstructured"))
    recording.record("critique_motion", path)

    def ask(messages, attempt):
        question = replace(recording.question(messages, attempt, path), critique=True)
        return RecordedProvider().complete(question)

    assert ask(MESSAGES, 0).text == "turn 0" and ask(MESSAGES, 0).is_language_model
    assert ask(OTHERS, 0).text == "turn 1"  # the same question
    assert ask(({"role": "user", "content": "w"},), 1).note == f"{REPLAYED} {OTHER_PROMPT}"
    write_critique(path, Critique(tuple(turns[:1])))
    with pytest.raises(NoRepairError, match="holds no answer 2"):
        ask(OTHERS, 1)
    assert not ask(MESSAGES, 0).is_language_model  # no record proves the edited file
    path.unlink()
    with pytest.raises(UserError, match=r"critique\.json holds no answer 1; check llm\.recorded"):
        ask(MESSAGES, 0)


def test_scores_of_known_motions_are_replayed_by_repetition(recording):
    path = recording.round / "judge.json"
    turns = tuple(JudgeTurn(n, 0, MESSAGES, replace(ANSWER, text=f"Score: {n}")) for n in range(2))
    motions = (JudgedMotion("honest", "", 1, (0.0, 1.0), 1.0, 0.0, None, None, turns),)
    error = RankingError(0.5, 0.0, 1.0, 0)
    of = ("e", "r", "v", "vlm", "openai", "big", True)
    write_judge_test(path, JudgeTest(*of, motions, error, error, None, 0))
    recording.record("judge_motions", path)

    def ask(repetition, known="honest", attempt=0):
        question = recording.question(MESSAGES, attempt, path)
        return RecordedProvider().complete(replace(question, known=known, candidate=repetition))

    assert [ask(n).text for n in range(2)] == ["Score: 0", "Score: 1"]
    assert ask(1).note == REPLAYED and ask(1).is_language_model
    with pytest.raises(UserError, match=r"answer 3 about the motion honest; set judge\.repetitions"):
        ask(2)
    with pytest.raises(UserError, match="about the motion falling"):
        ask(0, known="falling")
    with pytest.raises(NoRepairError):
        ask(0, attempt=1)
