import json
import sys
from dataclasses import replace

import numpy as np
import pytest

import compare_motion
from video2reward.artifacts.io import write_json
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.rollout import write_rollout
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.artifacts.success import SuccessWords
from video2reward.feedback.compare import compare, feedback
from video2reward.feedback.falls import Falls
from video2reward.settings.method import Method
from video2reward.similarity.reach import reach_distances

CURVES = {
    "step": np.arange(20.0),
    "reward/linear": np.linspace(0, 1, 20),
    "success": np.linspace(-1, -0.1, 20),
}
GOOD = Candidate(1, 1, "ok", success=-0.12, falls=0.02, velocity_error=0.11, gait=0.05, h_mts=-0.1)
BAD = Candidate(1, 2, "failed", traceback="NameError: name 'speed' is not defined")


def chosen(*candidates: Candidate) -> Selection:
    whole = [c for c in candidates if c.status == "ok"]
    status = "ok" if whole else "failed"
    best = whole[0] if whole else None
    words = SuccessWords("speed along the course", "m/s", "larger is better")
    return Selection(
        status, status, "gait", "", 1, best.k if best else None, best, candidates, success_words=words
    )


@pytest.fixture(scope="session")
def comparison(sine_gait, sine_rollout, sine_motion, sine_reference):
    steps = np.arange(300) * 0.02 / 0.6
    rollout = sine_rollout(sine_gait(steps, (0.0, 0.5, 0.5, 0.0), 0.5)[None].repeat(3, axis=0))
    falls = Falls((), 3, 6.0)
    return compare(rollout, sine_motion(sine_reference.target), sine_reference, CURVES, falls)


def test_says_what_is_wrong_with_the_gait(comparison):
    text = feedback(comparison, chosen(GOOD, BAD), Method(description=""))["text"]
    assert "success -0.120" in text and "2 % of the agents fell" in text
    assert "linear: [0.00, 0.11" in text
    assert "0.78 of the reference's (strides are quicker" in text
    assert "to 0.50 (" in text or "from 0.50 (" in text
    assert "The legs do not move in the video's order" in text
    assert "diagonal 1.00 (video -0.73)" in text
    assert "FastDTW" in text


SIGNS = {
    "score": "Task score",
    "success": "Task: success",
    "falls": "Falls: ",
    "trend": "Trend",
    "gait": "Gait distance",
    "posture": "Posture of the 3 agents",
    "joints": "Keypoints of the 3 agents",
    "components": "Training curves",
    "shares": "Share of the reward",
    "similarity": "FastDTW",
    "candidates": "The round's choice",
    "failures": "Candidate 2: NameError",
}
BEFORE = {"figures": {"policy": "candidate 2 of iteration 1", "success": -0.2}}


@pytest.mark.parametrize("part", SIGNS)
def test_a_method_passes_on_its_own_parts_alone(comparison, part):
    other = replace(GOOD, k=3, success=-0.4)
    method = Method(description="", feedback=(part,))
    text = feedback(comparison, chosen(GOOD, BAD, other), method, BEFORE)["text"]
    assert [name for name, sign in SIGNS.items() if sign in text] == [part]


def test_every_part_of_a_method_is_there_in_its_order(comparison):
    content = feedback(comparison, chosen(GOOD, BAD, replace(GOOD, k=3)), Method(description=""), BEFORE)
    assert list(content["sections"]) == list(Method(description="").feedback)
    assert content["text"] == "\n\n".join(versions[0] for versions in content["sections"].values())
    for versions in content["sections"].values():
        lengths = [len(version) for version in versions]
        assert lengths == sorted(lengths, reverse=True) and lengths[-1] > 0


def test_figures_are_where_readers_look_first(comparison):
    content = feedback(comparison, chosen(GOOD), Method(description=""))
    assert content["status"] == "ok"
    assert content["figures"]["falls"] == 0.02
    assert content["figures"]["period_ratio"] == pytest.approx(0.6 / 0.765, rel=0.01)
    assert content["figures"]["amplitude_ratio"] == pytest.approx(0.6, abs=0.15)
    assert list(content).index("gait") < list(content).index("paper")
    assert content["components"]["linear"]["greatest"] == 1


def test_success_is_told_in_the_tasks_words(comparison):
    text = feedback(comparison, chosen(GOOD), Method(description="", feedback=("score", "success")))["text"]
    assert text.count("(speed along the course, m/s; larger is better)") == 2
    silent = replace(chosen(GOOD), success_words=None)
    text = feedback(comparison, silent, Method(description="", feedback=("score", "success")))["text"]
    assert "squared" not in text and "perfect" not in text


def test_a_failed_round_carries_the_errors(comparison, sine_rollout, sine_motion, sine_reference):
    nobody = sine_rollout(np.zeros((0, 300, 15, 2)))
    nothing = compare(nobody, sine_motion(sine_reference.target), sine_reference, {})
    content = feedback(nothing, chosen(BAD), Method(description=""))
    assert content["status"] == "failed" and content["gait"] is None
    assert "NameError" in content["text"] and content["errors"] == {"2": BAD.traceback}
    earlier = replace(chosen(BAD), status="ok", best=GOOD)
    content = feedback(comparison, earlier, Method(description="", feedback=("gait",)))
    assert content["status"] == "failed" and content["gait"]["distance"] > 0
    assert list(content["sections"]) == ["failures", "gait"]  # the errors, asked for or not


def test_the_motion_in_reach_has_a_distance_of_its_own(sine_reference):
    assert max(reach_distances(sine_reference, 0.02).values()) < 0.01  # it is the clip's there
    middle = sine_reference.target.mean(axis=0)
    half = replace(sine_reference, cycle=middle + (sine_reference.target - middle) / 2)
    found = reach_distances(half, 0.02)
    assert set(found) == set(sine_reference.scored) and found["L_F_Paw"] > 0.05


def test_who_stands_is_said_to_stand(sine_gait, sine_rollout, sine_motion, sine_reference):
    body = sine_gait(np.arange(300) / 38)
    still = body.mean(axis=0) + 0.1 * (body - body.mean(axis=0))
    found = compare(sine_rollout(still[None]), sine_motion(sine_reference.target), sine_reference, {})
    text = feedback(found, chosen(GOOD), Method(description="", feedback=("gait", "joints")))["text"]
    assert "the robot stands" in text and "Stride period" not in text and "clock" not in text


def test_all_fallen_is_said(sine_gait, sine_rollout, sine_motion, sine_reference):
    rollout = sine_rollout(sine_gait(np.arange(300) / 38)[None], fell_at=50)
    found = compare(rollout, sine_motion(sine_reference.target), sine_reference, {})
    text = feedback(found, chosen(GOOD), Method(description=""))["text"]
    assert "1 of 1 agents fell" in text and "not measured" in text and "nan" not in text


@pytest.mark.parametrize("agents", [0, 2])
def test_the_script_writes_both_files(
    agents, robot_folder, tmp_path, monkeypatch, capsys, sine_gait, sine_rollout, sine_motion, sine_reference
):
    keypoints = np.repeat(sine_gait(np.arange(300) * 0.02 / 0.765)[None], agents, axis=0)
    write_rollout(tmp_path / "rollout.h5", sine_rollout(keypoints))
    write_reference(tmp_path / "reference.h5", sine_reference)
    write_motion(tmp_path / "motion.h5", sine_motion(sine_reference.target))
    write_selection(tmp_path / "selection.json", chosen(GOOD if agents else BAD))
    (tmp_path / "curves.csv").write_text("step,reward/linear\n1,2\n")
    names = {"rollout": "rollout.h5", "reference": "reference.h5", "motion": "motion.h5"}
    names |= {"selection": "selection.json", "curves": "curves.csv"}
    names |= {"feedback": "feedback.json", "picture": "similarity.png"}
    params = json.dumps({"method": Method(description="test").model_dump(mode="json")})
    write_json(tmp_path / "before.json", BEFORE)
    names |= {"previous": "before.json", "robot": robot_folder / "robot.yaml"}
    names |= {"mjcf": robot_folder / "anymal_c.xml"}
    arguments = [word for key, file in names.items() for word in (f"--{key}", str(tmp_path / file))]
    monkeypatch.setattr(sys, "argv", ["compare_motion.py", *arguments, "--params", params])
    compare_motion.main()
    written = json.loads((tmp_path / "feedback.json").read_text())
    assert written["text"].strip() == capsys.readouterr().out.strip()
    assert written["status"] == ("ok" if agents else "failed")
    assert set(written["provenance"]["inputs"]) == set(names) - {"feedback", "picture"}
    assert ("falls" in written["sections"]) == bool(agents)
    assert (tmp_path / "similarity.png").read_bytes()[:4] == b"\x89PNG"
