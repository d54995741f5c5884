import pytest

from video2reward.errors import UserError
from video2reward.llm.base import Question
from video2reward.llm.manual_provider import ManualProvider
from video2reward.results.layout import CandidateFiles
from video2reward.settings.llm import LLM

MESSAGES = ({"role": "user", "content": "u"},)
ANSWER = "Größer is better.\n```python\ndef compute_reward(): pass\n```\n"


@pytest.fixture
def ask(tmp_path):
    def ask(candidate=1, messages=MESSAGES, listed=None):
        path = CandidateFiles(tmp_path, candidate).answer
        listed = path.exists() if listed is None else listed
        question = Question(
            messages, LLM(), 0, 2, candidate, folder=tmp_path, candidates=3, source=path if listed else None
        )
        return ManualProvider().complete(question)

    return ask


def refused(ask, *arguments, **more):
    with pytest.raises(UserError) as caught:
        ask(*arguments, **more)
    return str(caught.value)


def test_what_to_do_is_said_once_for_the_round(ask, tmp_path):
    sentences = {refused(ask, candidate) for candidate in (1, 2, 3)}
    (sentence,) = sentences
    assert f"round 2 waits for 3 of 3 answers to {tmp_path / 'prompt.txt'}" in sentence
    assert all(str(CandidateFiles(tmp_path, k).answer) in sentence and CandidateFiles(tmp_path, k).answer.exists() for k in (1, 2, 3))  # fmt: skip


def test_a_filled_file_is_the_answer_and_no_language_models(ask, tmp_path):
    refused(ask)
    path = CandidateFiles(tmp_path, 1).answer
    path.write_text(path.read_text() + ANSWER)
    answer = ask()
    assert answer.text == ANSWER and answer == ask()
    assert not answer.is_language_model and answer.provider == "manual" and "by hand" in answer.note
    assert "waits for 2 of 3" in refused(ask, 2)


@pytest.mark.parametrize("blank", ["", " \n\t\n", "\ufeff"])
def test_a_blank_file_is_not_filled(ask, tmp_path, blank):
    CandidateFiles(tmp_path, 1).answer.write_text(blank)
    assert str(CandidateFiles(tmp_path, 1).answer) in refused(ask)
    assert "Answer to prompt" in CandidateFiles(tmp_path, 1).answer.read_text()


@pytest.mark.parametrize("content", [ANSWER.encode(), b"\xef\xbb\xbf" + ANSWER.encode()])
def test_a_file_of_ones_own_is_taken_as_it_is(ask, tmp_path, content):
    CandidateFiles(tmp_path, 1).answer.write_bytes(content)
    assert ask().text == ANSWER


def test_what_was_filled_too_late_waits_for_the_next_run(ask, tmp_path):
    """Read now, the run would not know that its completion came from this file."""
    for candidate in (1, 2, 3):
        CandidateFiles(tmp_path, candidate).answer.write_text(ANSWER)
    assert "run the same command again" in refused(ask, listed=False)


def test_an_answer_to_an_earlier_prompt_is_not_taken_for_one_to_this(ask, tmp_path):
    refused(ask)
    path, changed = CandidateFiles(tmp_path, 1).answer, ({"role": "user", "content": "v"},)
    path.write_text(path.read_text() + ANSWER)
    sentence = refused(ask, messages=changed)
    now = sentence.partition(" is now ")[2].split(";")[0]
    assert "answers the prompt" in sentence and path.read_text().endswith(ANSWER)
    path.write_text(f"Answer to prompt {now}; write or paste it below this line.\n{ANSWER}")
    assert ask(messages=changed).text == ANSWER
    assert "answers the prompt" in refused(ask)


def test_an_empty_file_follows_the_prompt(ask, tmp_path):
    refused(ask)
    before = CandidateFiles(tmp_path, 1).answer.read_text()
    refused(ask, messages=({"role": "user", "content": "v"},))
    assert CandidateFiles(tmp_path, 1).answer.read_text() != before


def test_what_is_no_text(ask, tmp_path):
    CandidateFiles(tmp_path, 1).answer.write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in refused(ask)


def test_a_critique_is_asked_for_by_its_own_files(tmp_path):
    path = tmp_path / "critique_answer.txt"

    def ask(source=None):
        question = Question(MESSAGES, LLM(), 0, 2, 0, folder=tmp_path, critique=True, source=source)
        return ManualProvider().complete(question)

    sentence = refused(ask)
    assert (
        f"waits for 1 of 1 answers to {tmp_path / 'critique_prompt.txt'}" in sentence
        and str(path) in sentence
    )
    path.write_text(path.read_text() + "1. Problems: it limps")
    assert ask(path).text == "1. Problems: it limps"
