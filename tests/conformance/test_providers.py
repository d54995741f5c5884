"""Every registered completion provider, under the same demands."""

import json
import traceback
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.chat_server import ChatServer, Reply, completion
from tests.unit.reward.conftest import extract_code

from video2reward.artifacts.completion import read_completion, write_completion
from video2reward.artifacts.prompt import Prompt, write_prompt
from video2reward.errors import UserError
from video2reward.llm.ask import ask, completion_in_words
from video2reward.llm.base import CompletionProvider, Question
from video2reward.prompt.build import Ingredients, prompt_facts
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.results.layout import CandidateFiles
from video2reward.robots.description import load_robot
from video2reward.settings.llm import LLM
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from write_prompt import words_of

PRICES = Path(__file__).resolve().parents[2] / "resources" / "prices.yaml"
KEY = "sk-secret-0123456789"
CODE = "def compute_reward(base_height):\n    return base_height, {'height': base_height}\n"
TEXT = f"Größer is better – 更好.\n\n```python\n{CODE}```\n"
MESSAGES = ({"role": "system", "content": "s"}, {"role": "user", "content": "u"})


class Given:
    """A question that each provider can answer, and the same that it cannot."""

    def __init__(self, folder, facts, stack):
        self.folder, self.facts, self.stack = folder, facts, stack

    def question(self, **more):
        question = Question(MESSAGES, LLM(), 0, 1, 1, self.facts, folder=self.folder / "iter1", candidates=2)
        return replace(question, **more)

    def openai(self):
        server = self.stack.enter_context(ChatServer(Reply(completion(TEXT))))
        silent = self.stack.enter_context(ChatServer(Reply({"error": {"message": f"no {KEY}"}}, 500)))
        settings = LLM(provider="openai", base_url=server.url, key_variable="TEST_KEY", retries=0)
        return self.question(settings=settings), self.question(
            settings=settings.model_copy(update={"base_url": silent.url})
        )

    def template(self):
        return self.question(), None

    def fixed(self):
        path = self.folder / "mine.py"
        path.write_text(CODE)
        return self.question(source=path), self.question(settings=LLM(model="gone.py"))

    def tuned(self):
        path = self.folder / "tuned_reward.py"
        path.write_text(CODE)
        return self.question(source=path), self.question()

    def manual(self):
        path = CandidateFiles(self.folder, 1).answer
        path.write_text(TEXT)
        return self.question(source=path), self.question()

    def recorded(self):
        earlier = self.folder / "earlier"
        provider = COMPLETION_PROVIDERS.load("template")()
        write_completion(earlier / "completion_1.json", provider.complete(self.question()))
        write_prompt(earlier / "prompt.txt", earlier / "prompt.json", Prompt(MESSAGES, {}))
        return self.question(source=earlier / "completion_1.json"), self.question(
            source=earlier / "gone.json"
        )


@pytest.fixture(params=sorted(COMPLETION_PROVIDERS.targets))
def name(request):
    return request.param


@pytest.fixture
def given(name, tmp_path, monkeypatch, made_reference, made_motion, robot_folder):
    monkeypatch.setenv("TEST_KEY", KEY)
    robot, method = load_robot(robot_folder / "robot.yaml"), Method(description="m")
    facts = prompt_facts(
        Ingredients(made_reference, made_motion, robot, method, Task(), words_of(Task(), 1.2), 1)
    )
    with ExitStack() as stack:
        prepare = getattr(Given(tmp_path, facts, stack), name, None)
        assert prepare, f"say in {__file__} what provider {name} can answer"
        yield prepare()


@pytest.fixture
def provider(name):
    return COMPLETION_PROVIDERS.load(name)()


def test_it_keeps_the_contract(provider):
    assert isinstance(provider, CompletionProvider)
    assert isinstance(provider.costs, bool) and isinstance(provider.repairs, bool)


def test_its_answer_is_whole_and_can_be_kept(name, provider, given, tmp_path):
    answer = provider.complete(given[0])
    assert answer.provider == name and answer.model and answer.finish == "stop" and not answer.broken_off
    write_completion(tmp_path / "completion.json", answer)
    assert read_completion(tmp_path / "completion.json") == replace(answer, provenance={})
    assert "def compute_reward" in extract_code(answer.text)


def test_what_is_no_language_model_says_what_it_is(provider, given):
    answer = provider.complete(given[0])
    assert answer.is_language_model or answer.note
    assert ("no language model" in completion_in_words(answer)) is not answer.is_language_model


def test_the_same_question_has_the_same_answer(provider, given, tmp_path):
    first, second = (ask(provider, given[0], tmp_path / "store", PRICES) for _ in range(2))
    assert first == second
    assert (tmp_path / "store").exists() is provider.costs


def test_without_an_answer_there_is_one_sentence(provider, given):
    if given[1] is None:
        pytest.skip("it can answer everything")
    with pytest.raises(UserError) as caught:
        provider.complete(given[1])
    assert len(str(caught.value)) > 40 and "\n" not in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_the_key_is_in_no_answer(provider, given):
    assert KEY not in json.dumps(vars(provider.complete(given[0])))
