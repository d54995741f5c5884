"""The second paper's method on other bodies, two rounds to the report: the ant by recorded answers, a jump by files."""

import json
import shutil
from pathlib import Path

import pytest
from tests.chat_server import ChatServer, Reply, completion, shown_pictures
from tests.workflow.conftest import ROOT, Workflow
from tests.workflow.test_bad_input import GOOD
from tests.workflow.test_critique import SAID

from video2reward.artifacts.completion import read_completion
from video2reward.artifacts.critique import read_critique
from video2reward.llm.recorded_provider import REPLAYED

pytestmark = pytest.mark.slow
VIDEOS = ROOT / "resources" / "videos"
FEW = ("experiments=[]", "method=bilevel", "samples=1", "critique={count: 3}")


def both(**settings):
    """The settings of the model that writes and of the one that looks."""
    return ("--config", f"llm={json.dumps(settings)}", f"vlm={json.dumps(settings)}")


def look_at(loop: Path) -> None:
    """Check that a loop of two rounds ended: pictures, critique, the next prompt and the page that shows them."""
    assert len(list((loop / "iter1" / "pictures").glob("pair_*.jpg"))) == 3
    assert "the swing of the fore legs" in (loop / "iter2" / "prompt.txt").read_text()
    assert (loop / "iter2" / "reward_1.py").exists() and (loop / "best" / "rollout.mp4").exists()
    page = (loop / "report.html").read_text()
    assert "The trunk swings from side to side." in page and page.count("data:image/jpeg") >= 3


def test_an_ant_learns_from_a_spiders_film_by_recorded_answers(tmp_path):
    own = ("video=spider_walk", "robot=ant", *FEW)
    loop = "ant-spider_walk-bilevel/seed0"
    first = Workflow(tmp_path / "first")
    first.folder.mkdir()
    with ChatServer(choose=lambda body: Reply(completion(SAID if shown_pictures(body) else GOOD))) as server:
        run = first(*both(provider="openai", base_url=server.url, model="tiny"), *own)
    assert run.status == 0, run.output[-6000:]
    look_at(first / loop)

    replayed = Workflow(tmp_path / "replayed")
    replayed.folder.mkdir()
    recording = first.folder / "results"
    for folder in ("videos", "robots"):
        shutil.copytree(recording / folder, replayed.folder / "results" / folder)
    run = replayed(*both(provider="recorded", recorded=str(recording)), *own)
    assert run.status == 0, run.output[-6000:]
    look_at(replayed / loop)
    answers = [read_completion(replayed / f"{loop}/iter{n}/completion_1.json") for n in (1, 2)]
    answers.append(read_critique(replayed / f"{loop}/iter1/critique.json").answer)
    assert all(answer.note.startswith(REPLAYED) and answer.price_usd == 0 for answer in answers)
    judged = [json.loads((run / f"{loop}/best/evaluation.json").read_text()) for run in (first, replayed)]
    assert judged[0]["deterministic"] == judged[1]["deterministic"]


def test_a_humanoid_learns_a_persons_jump_by_files(workflow, tmp_path):
    clip = tmp_path / "leap.yaml"
    clip.write_text(
        f"file: {VIDEOS / 'human_jump.mp4'}\nsubject: {{species: human, leg_length_m: 0.93}}\n"
        f"pose: {{backend: import, skeleton: coco17, keypoints: {VIDEOS / 'human_jump.truth.h5'}}}\n"
    )
    seconds = "evaluation={seconds: 7.0, short_seconds: 7.0, film_seconds: 0.5, agents: 4}"
    own = (f"video={clip}", "robot=humanoid", "task={name: single}", seconds, *FEW)
    loop = workflow / "humanoid-leap-bilevel/seed0"
    for asked, answer in (
        ("iter1/answer_1.txt", GOOD),
        ("iter1/critique_answer.txt", SAID),
        ("iter2/answer_1.txt", GOOD),
    ):
        run = workflow(*both(provider="manual"), *own)
        assert run.status != 0 and f"humanoid-leap-bilevel/seed0/{asked}" in run.output, run.output[-6000:]
        with (loop / asked).open("a") as file:
            file.write(answer)
    run = workflow(*both(provider="manual"), *own)
    assert run.status == 0, run.output[-6000:]
    look_at(loop)
