"""Single motions through the real workflow: a dog's hop, a person's and a spider's jump, each with the single task."""

import csv
import html
import json
import re

import pytest
from tests.workflow.conftest import ROOT, Workflow, copy_project

from video2reward.artifacts.motion import read_motion

SHORT = "evaluation={seconds: 7.0, short_seconds: 7.0, film_seconds: 0.5, agents: 4}"
VIDEOS = ROOT / "resources" / "videos"


def test_a_task_that_an_experiment_names_has_its_own_base_policy(workflow):
    run = workflow("--dry-run", "--quiet", "host", "--config", "experiments=[amble, dog_hop]", "samples=1")
    assert run.status == 0, run.output[-3000:]
    blocks = re.findall(
        r"rule train_policy:\n\s+input: (.*)\n(?:.*\n)*?\s+wildcards: .*experiment=(\w+).*n=1", run.output
    )
    bases = {experiment: set(re.findall(r"robots/(\S+?)/base", inputs)) for inputs, experiment in blocks}
    assert bases == {"amble": {"anymal_c"}, "dog_hop": {"anymal_c-single"}}


@pytest.mark.slow
def test_a_dogs_hop_is_learned_judged_and_reported(workflow):
    settings = ("--cores", "1", "--config", "experiments=[dog_hop]", "samples=1", SHORT)
    run = workflow(*settings)
    assert run.status == 0, run.output[-6000:]
    feedback = json.loads((workflow / "dog_hop/seed0/iter1/feedback.json").read_text())
    assert "body lengths above its standing height" in feedback["sections"]["success"][0]
    prompt = (workflow / "dog_hop/seed0/iter2/prompt.txt").read_text()
    assert "wanted_velocity: torch.Tensor" in prompt and "class SingleTask" in prompt
    judged = json.loads((workflow / "dog_hop/seed0/best/evaluation.json").read_text())["deterministic"]
    assert 0 <= judged["success"]["mean"] <= 1
    assert judged["jump"]["wanted"]["rise"] == pytest.approx(0.19, abs=0.02)
    page = html.unescape((workflow / "dog_hop/seed0/report.html").read_text())
    assert "One jump of 1.1" in page and "rise, body lengths" in page and "velocity error" not in page
    assert workflow.planned(*settings) == set()


@pytest.mark.slow
def test_a_persons_jump_is_learned(workflow, tmp_path):
    clip = tmp_path / "leap.yaml"
    keypoints = VIDEOS / "human_jump.truth.h5"
    clip.write_text(
        f"file: {VIDEOS / 'human_jump.mp4'}\nsubject: {{species: human, leg_length_m: 0.93}}\n"
        f"pose: {{backend: import, skeleton: coco17, keypoints: {keypoints}}}\n"
    )
    own = (
        "--config",
        f"video={clip}",
        "robot=humanoid",
        "method=template",
        "samples=1",
        "iterations=1",
        SHORT,
    )
    run = workflow("--cores", "1", *own, "task={name: single}")
    assert run.status == 0, run.output[-6000:]
    (page,) = workflow.folder.glob("results/humanoid-leap-template/seed0/report.html")
    assert "One jump of 2.0" in page.read_text()
    gait = workflow(
        "--cores", "1", *own, "task={name: run}", "--", "results/humanoid-leap-template/reference.h5"
    )
    assert gait.status != 0
    assert (
        "the clip shows one jump between two rests, the task run is for gaits; set task: {name: single}"
        in gait.output
    )


GROUP = """\
clips:
  - {robot: ant, video: spider_walk}
  - {robot: ant, video: spider_jump, overrides: {task: {name: single}}}
method: [tracking]
"""


@pytest.mark.slow
def test_a_spiders_walk_and_jump_are_one_group_with_tables(tmp_path):
    copy_project(tmp_path)
    (tmp_path / "config" / "experiments" / "two.yaml").write_text(GROUP)
    flow = Workflow(tmp_path, tmp_path)
    run = flow("--cores", "1", "--config", "experiments=[two]", SHORT, "--", "tables")
    assert run.status == 0, run.output[-6000:]
    motion = read_motion(flow / "videos/spider_jump/motion.h5")
    assert (motion.kind, motion.gait) == ("single", "jump")
    assert motion.gait_figures["flight_s"] == pytest.approx(0.08, abs=0.014)
    judged = json.loads((flow / "two-ant-spider_jump-tracking/seed0/evaluation.json").read_text())
    assert judged["deterministic"]["jump"]["wanted"]["rise"] == pytest.approx(0.41, abs=0.03)
    with (flow / "tables/two/expert_score.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "tracking"]
    assert {row["video"] for row in rows} >= {"spider_walk", "spider_jump"}
    assert not list((flow / "two-ant-spider_walk-tracking").rglob("clips.json")), "a walk is no jump"
