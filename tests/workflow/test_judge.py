"""judge_test to its end: a judge that tells the truth, one that always says the same, one that talks nonsense, a person."""

import base64
import json
import shutil

import pytest
from tests.chat_server import ChatServer, Reply, completion
from tests.workflow.conftest import Workflow

from video2reward.artifacts.judge import read_judge_test
from video2reward.llm.recorded_provider import REPLAYED
from video2reward.results.places import place_of
from video2reward.sim.known_motions import KNOWN

pytestmark = pytest.mark.slow
NAME = "anymal_c-dog_amble-bilevel"
JUDGE = f"results/judges/{NAME}"
OWN = ("experiments=[]", "video=dog_amble", "method=bilevel", "iterations=1", "critique={count: 2}")
WITHOUT_OPENGL = {"MUJOCO_GL": "off"}  # stick figures take a tenth of the time


def settings(provider="openai", repetitions=1, **vlm):
    """The configuration of a test; the model that writes rewards is not asked."""
    own = {"provider": provider, "model": "eyes", "retries": 0, **vlm}
    llm = {"provider": "manual"}
    test = f"judge={{repetitions: {repetitions}}}"
    return ("--config", f"llm={json.dumps(llm)}", f"vlm={json.dumps(own)}", test, *OWN, "--", "judge_test")


def knowing(folder):
    """A judge that knows each motion by its pictures and scores it by its place."""

    def answer(body):
        parts = [
            part
            for message in body["messages"]
            if isinstance(message["content"], list)
            for part in message["content"]
        ]
        sent = [
            base64.b64decode(p["image_url"]["url"].partition(",")[2])
            for p in parts
            if p["type"] == "image_url"
        ]
        for motion in KNOWN:
            shown = sorted((folder / JUDGE / motion.name / "pictures").glob("*.jpg"))
            if [path.read_bytes() for path in shown] == sent:
                return Reply(
                    completion(f"It {motion.words}.\n**Score:** {100 - 25 * (motion.place - 1)}/100")
                )
        raise AssertionError("pictures of no known motion")

    return answer


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A finished test of a truthful judge: the workflow and the number of requests."""
    flow = Workflow(tmp_path_factory.mktemp("judge"))
    with ChatServer(choose=knowing(flow.folder)) as server:
        run = flow(*settings(base_url=server.url, repetitions=2), **WITHOUT_OPENGL)
        assert run.status == 0, run.output[-6000:]
        assert flow.planned(*settings(base_url=server.url, repetitions=2)) == set()
        return flow, len(server.requests), run.output


@pytest.fixture
def again(ran, tmp_path):
    """Test another judge on the same motions, in a copy."""
    copy = ran[0].copy(tmp_path / "copy")

    def test(**vlm):
        return copy, copy(*settings(**vlm), **WITHOUT_OPENGL)

    return test


def test_a_truthful_judge_makes_no_error(ran):
    flow, requests, output = ran
    judged = read_judge_test(flow.folder / JUDGE / "judge.json")
    assert requests == 2 * len(KNOWN)
    assert judged.error.wrong == 0 and judged.error.pairs == 29 and 0.05 < judged.error.high < 0.2
    assert judged.praises_falling is False and judged.unread == 0
    assert judged.yardstick.wrong < 0.15
    measured = {one.name: one.measured for one in judged.motions}
    assert max(measured, key=measured.get) == "honest" and min(measured, key=measured.get) == "falling"
    assert "0 % of 29 known pairs ranked wrongly" in output
    page = (flow.folder / JUDGE / "judge.html").read_text()
    assert "0 % of 29 known pairs" in page and "data:image/jpeg" in page and "It stands still." in page
    # Nothing was trained, and everything that was made has its place.
    assert not (flow.folder / "results" / "robots").exists()
    files = [path for path in (flow.folder / JUDGE).rglob("*") if path.is_file()]
    assert all(place_of(path.relative_to(flow.folder)).stage in ("judges", "logs") for path in files)


def test_one_that_always_says_62_knows_one_half(again):
    with ChatServer((200, completion("It walks well.\nScore: 62"), 0)) as server:
        copy, run = again(base_url=server.url, temperature=0, repetitions=3)
        assert run.status == 0, run.output[-3000:]
        assert len(server.requests) == len(KNOWN)  # drawn once where nothing is drawn
    judged = read_judge_test(copy.folder / JUDGE / "judge.json")
    assert judged.error.wrong == 0.5 and judged.error.low < 0.4 and judged.praises_falling is True
    assert "more than half of the honest one" in (copy.folder / JUDGE / "judge.html").read_text()


def test_nonsense_is_asked_for_once_more_and_counts_as_a_coin(again):
    with ChatServer((200, completion("What a nice day."), 0)) as server:
        copy, run = again(base_url=server.url)
        assert run.status == 0, run.output[-3000:]
        assert len(server.requests) == 2 * len(KNOWN)
    judged = read_judge_test(copy.folder / JUDGE / "judge.json")
    assert judged.error.wrong == 0.5 and judged.unread == len(KNOWN) and judged.praises_falling is None
    assert "9 of 9 answers hold no score" in run.output


def test_a_person_is_asked_for_all_scores_at_once(again):
    copy, run = again(provider="manual")
    (sentence,) = {line for line in run.output.splitlines() if line.startswith("error: ") and "  [" in line}
    files = sorted((copy.folder / JUDGE).glob("*/critique_answer.txt"))
    assert run.status != 0 and "9 of 9 known motions wait" in sentence and len(files) == len(KNOWN)
    for file in files:
        file.write_text(file.read_text() + ("3" if file.parent.name == "falling" else "80"))
    _, run = again(provider="manual")
    assert run.status == 0, run.output[-3000:]
    judged = read_judge_test(copy.folder / JUDGE / "judge.json")
    # 8 pairs with the fallen one are right, 21 ties.
    assert judged.error.wrong == pytest.approx(10.5 / 29) and judged.provider == "manual"


def test_an_earlier_test_is_replayed(ran, again, tmp_path):
    shutil.copytree(ran[0].folder / "results", tmp_path / "earlier")
    copy, run = again(provider="recorded", recorded=str(tmp_path / "earlier"))
    assert run.status == 0, run.output[-3000:]
    judged = read_judge_test(copy.folder / JUDGE / "judge.json")
    turns = [turn.completion for one in judged.motions for turn in one.turns]
    assert judged.error.wrong == 0 and len(turns) == 2 * len(KNOWN)
    assert {turn.note for turn in turns} == {REPLAYED}


def test_a_judge_without_eyes_or_that_must_not_see_people_is_refused(tmp_path):
    """Of methods without a critique, it is the section vlm that is tested."""

    def refuses(sentence, *config):
        run = Workflow(tmp_path)("--dry-run", "--config", "experiments=[]", *config, "--", "judge_test")
        # All of it is shown: a machine that is out of memory or disk ends the run in other words.
        assert (run.status, sentence in run.output, "Traceback" in run.output) == (1, True, False), run

    no_eyes = "judge_test: vlm.provider template sees no pictures; set vlm.provider to openai"
    person = "judge_test would send pictures of a person to OpenAI: allow it with vlm.send_people: true"
    refuses(no_eyes, "video=dog_amble")
    refuses(person, "video=human_run", "robot=humanoid", "vlm={provider: openai}")
    refuses("judge_test needs vlm.recorded", "video=dog_amble", "vlm={provider: recorded}")
