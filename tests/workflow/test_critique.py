"""The bi-level method to its end: a model looks at pictures of robot and video, the next round's prompt carries what it says."""

import json
import shutil

import numpy as np
import pytest
from tests.chat_server import ChatServer, Reply, completion, error, shown_films, shown_pictures
from tests.workflow.conftest import Workflow
from tests.workflow.test_bad_input import GOOD

from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.judge import JudgedMotion, JudgeTest, RankingError, write_judge_test
from video2reward.llm.recorded_provider import REPLAYED
from video2reward.results.layout import Results
from video2reward.results.places import place_of
from video2reward.scores.judges import UNTESTED

pytestmark = pytest.mark.slow
LOOP = "results/anymal_c-dog_amble-bilevel/seed0"
CRITIQUE = f"{LOOP}/iter1/critique.json"
OWN = ("experiments=[]", "video=dog_amble", "method=bilevel", "samples=1", "critique={count: 3}")
SAID = """**Problems**
- The trunk swings from side to side.
2. Components to rewrite:
   height: give it a temperature of its own
### Components to remove
None.
4) Components to add: a term for the swing of the fore legs
"""


def answers(body):
    """What a model says that sees pictures, or is asked for a reward."""
    return Reply(completion(SAID if shown_pictures(body) else GOOD))


def settings(url, **vlm):
    """The configuration of a run whose models answer at `url`."""
    llm = {"provider": "openai", "base_url": url, "model": "tiny", "retries": 0}
    return ("--config", f"llm={json.dumps(llm)}", f"vlm={json.dumps({'model': 'eyes', **vlm})}", *OWN)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A finished run of two rounds: the workflow, its server's address and the bodies of its requests."""
    flow = Workflow(tmp_path_factory.mktemp("bilevel"))
    with ChatServer(choose=answers) as server:
        run = flow(*settings(server.url))
        assert run.status == 0, run.output[-6000:]
        return flow, server.url, [body for _, _, body in server.requests]


@pytest.fixture
def asked_again(ran, tmp_path):
    """Ask for the first round's critique alone, in a copy of the run with other settings of `vlm`."""
    flow, url, _ = ran
    copy = flow.copy(tmp_path / "copy")

    def ask(**vlm):
        return copy, copy(*settings(url, **vlm), "--", CRITIQUE)

    return ask


def sentences(run):
    return {
        line.split("  [")[0]
        for line in run.output.splitlines()
        if line.startswith("error: ") and "  [" in line
    }


def test_it_ends_and_its_critique_is_in_the_next_prompt(ran):
    flow, url, asked = ran
    seen = [body for body in asked if shown_pictures(body)]
    # The last round's critique would be read by no prompt.
    assert len(asked) == 3 and [body["model"] for body in seen] == ["eyes"]
    assert len(shown_pictures(seen[0])) == 3
    critique = read_critique(flow.folder / CRITIQUE)
    assert critique.heads == {
        "problems": ("The trunk swings from side to side.",),
        "rewrite": ("height: give it a temperature of its own",),
        "remove": (),
        "add": ("a term for the swing of the fore legs",),
    }
    loop = flow.folder / LOOP
    kinds = {
        place_of(path.relative_to(flow.folder)).file for path in loop.glob("iter1/**/*") if path.is_file()
    }
    assert {"critique", "critique_prompt", "critique_record", "pictures"} <= kinds
    told = (loop / "iter2" / "prompt.txt").read_text()
    assert "a term for the swing of the fore legs" in told and "Components to remove: none." in told
    assert "Gait distance" not in told and "KEYPOINTS" not in told
    page = (loop / "report.html").read_text()
    assert "The trunk swings from side to side." in page and "data:image/jpeg" in page
    assert critique.trust == UNTESTED and UNTESTED in page
    assert flow.planned(*settings(url)) == set()


def test_a_test_of_the_judge_made_later_stands_on_the_page_and_asks_for_nothing_again(ran):
    flow, url, _ = ran
    copy = flow.copy(flow.folder.with_name("tested"))  # as deep, since inputs are named relatively
    motions = tuple(
        JudgedMotion(name, "", place, (score,), 0.0, 0.0, None, None)
        for name, place, score in (("honest", 1, 90.0), ("standing", 3, 95.0), ("falling", 4, 62.0))
    )
    answer = read_critique(copy.folder / CRITIQUE).answer
    error = RankingError(1 / 3, 0.1, 0.8, 3)
    of = ("bilevel", "anymal_c", "dog_amble", "vlm", answer.provider, answer.model, True)
    write_judge_test(
        Results(copy.folder / "results").judge("bilevel").judgement,
        JudgeTest(*of, motions, error, error, True, 0),
    )
    assert copy.planned(*settings(url)) == {"write_loop_page", "report"}
    run = copy(*settings(url))
    assert run.status == 0, run.output[-3000:]
    page = (copy.folder / LOOP / "report.html").read_text()
    assert (
        "this judge misranks 33 % of known pairs (6 to 79 %; a coin: 50 %)" in page and UNTESTED not in page
    )


def test_a_person_in_the_models_place(asked_again):
    copy, run = asked_again(provider="manual")
    (sentence,) = sentences(run)
    assert f"{LOOP}/iter1/critique_prompt.txt" in sentence and f"{LOOP}/iter1/critique_answer.txt" in sentence
    assert run.status != 0 and (copy.folder / LOOP / "iter1" / "pictures" / "pair_03.jpg").exists()
    answer = copy.folder / LOOP / "iter1" / "critique_answer.txt"
    answer.write_text(answer.read_text() + "It limps with the left fore leg.\n")
    _, run = asked_again(provider="manual")
    assert run.status == 0, run.output[-3000:]
    critique = read_critique(copy.folder / CRITIQUE)
    assert critique.heads is None and critique.answer.text == "It limps with the left fore leg.\n"


def test_an_earlier_runs_critique(ran, asked_again, tmp_path):
    shutil.copytree(ran[0].folder / "results", tmp_path / "earlier")
    copy, run = asked_again(provider="recorded", recorded=str(tmp_path / "earlier"))
    assert run.status == 0, run.output[-3000:]
    answer = read_critique(copy.folder / CRITIQUE).answer
    assert (answer.text, answer.note, answer.price_usd) == (SAID, REPLAYED, 0.0)


def test_a_model_without_eyes_is_quoted_in_one_sentence(asked_again):
    with ChatServer((400, error("This model does not support image inputs."), 0)) as blind:
        _, run = asked_again(base_url=blind.url)
    (sentence,) = sentences(run)
    assert run.status != 0 and "does not support image inputs" in sentence and "in vlm.model" in sentence
    assert "Traceback" not in run.output


GERMAN = """1. Probleme: Der Rumpf schwankt.
2. Umzuschreiben: keine
3. Zu entfernen: keine
4. Hinzuzufügen: ein Term für das Schwanken
Verdict: falls=no, speed=right, steps=right
"""


def test_a_film_within_a_budget_is_seen_whole_and_answered_in_german(ran):
    """A server that takes films decodes it: each pair a frame, shrunk to the budget, and the answer's verdict is read."""
    flow, url, _ = ran
    copy = flow.copy(flow.folder.with_name("film"))
    with ChatServer((200, completion(GERMAN), 0)) as server:
        film = settings(
            url, base_url=server.url, takes_films=True, picture_rule="qwen2-vl", picture_budget=200
        )
        (at,) = (n for n, one in enumerate(film) if one.startswith("critique="))
        run = copy(*film[:at], "critique={count: 3, pictures: film}", *film[at + 1 :], "--", CRITIQUE)
        assert run.status == 0, run.output[-4000:]
        (_, _, body), *more = server.requests
    (frames,) = shown_films(body)
    assert not more and len(frames) == 3 and shown_pictures(body) == []
    assert not np.array_equal(frames[0], frames[1])
    critique = read_critique(copy.folder / CRITIQUE)
    seen = critique.pictures
    assert (seen["kind"], seen["count"], seen["rule"], seen["budget"]) == ("film", 3, "qwen2-vl", 200)
    assert seen["tokens"] <= 200 and seen["size"] < seen["drawn"]
    assert abs(frames[0].shape[1] - seen["size"][0]) <= 1 and abs(frames[0].shape[0] - seen["size"][1]) <= 1
    assert critique.heads["add"] == ("ein Term für das Schwanken",) and critique.unchecked == ""
    assert critique.verdict == {"falls": "no", "speed": "right", "steps": "right"}
    refused = copy(*settings(url), "critique={count: 3, pictures: film}", "--dry-run")
    assert refused.status == 1 and "set vlm.takes_films: true if this one does" in refused.output


def test_bad_answers_are_kept_as_what_they_are(asked_again):
    """Each on the real path: the run goes on, and critique.json says in a sentence what is wrong."""
    answers = {
        "the answer is empty": completion("  "),
        "no head 'Problems'": completion("It walks well."),
        "cut off at vlm.max_tokens": completion("1. Problems: It limps and", "length"),
        "it goes on whole": completion("It limps. " * 10_000),
    }
    for number, (why, body) in enumerate(answers.items(), start=1):
        with ChatServer((200, body, 0)) as server:
            copy, run = asked_again(base_url=server.url, seed=number, retries=3)
            asked = len(server.requests)
        assert run.status == 0, run.output[-3000:]
        critique = read_critique(copy.folder / CRITIQUE)
        assert critique.heads is None and why in critique.why and why in run.output, (why, critique.why)
        assert asked == (3 if "empty" in why else 2)


def test_what_is_too_large_or_missing_ends_with_a_sentence(asked_again):
    with ChatServer((413, error("Request Entity Too Large"), 0)) as small:
        copy, run = asked_again(base_url=small.url)
    (sentence,) = sentences(run)
    assert run.status != 0 and "lower critique.count or vlm.picture_budget" in sentence
    (copy.folder / LOOP / "iter1" / "pictures" / "pair_02.jpg").unlink()
    with ChatServer(choose=answers) as server:
        _, run = asked_again(base_url=server.url)
        assert not server.requests
    (sentence,) = sentences(run)
    assert run.status != 0 and "pair_02.jpg cannot be read: No such file" in sentence
