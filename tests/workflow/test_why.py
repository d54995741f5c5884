"""`make why FILE=...`: how files of a real run were made."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

ROUND = "results/amble/seed0/iter2"


def why(flow, file):
    """The page in one line, or what is said instead."""
    script = flow.folder / "workflow_scripts" / "explain.py"
    run = subprocess.run(
        [sys.executable, str(script), file], cwd=flow.folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in run.stderr
    assert run.returncode == (1 if run.stderr else 0)
    return " ".join((run.stdout + run.stderr).split())


@pytest.fixture(scope="module")
def flow(finished, tmp_path_factory):
    """A copy of the finished run that tests look at and do not change."""
    return finished.copy(tmp_path_factory.mktemp("why") / "clone")


def test_a_policy(flow):
    text = why(flow, f"{ROUND}/policy_1.pth")
    assert f"{ROUND}/policy_1.pth: as its job wrote it" in text
    assert "made by train_policy" in text and "steps 4096" in text and "candidate 1" in text
    assert "torch 2" in text and "mujoco" in text and "unchanged since" in text
    assert f"also made {ROUND}/training_1.json" in text


def test_a_film_leads_back_to_the_video_and_the_robot(flow):
    text = why(flow, f"{ROUND}/rollout.mp4")
    for rule in (
        "select_policy",
        "train_policy",
        "write_prompt",
        "train_base",
        "estimate_keypoints",
        "extract_frames",
    ):
        assert f"; {rule}, " in text, rule
    assert "resources/videos/dog_amble.mp4: unchanged" in text
    assert "resources/robots/anymal_c/robot.yaml" in text and "resources/prompts/" in text
    assert "CHANGED" not in text and "EDITED" not in text


def test_the_tree_is_short(flow):
    script = flow.folder / "workflow_scripts" / "explain.py"
    run = subprocess.run(
        [sys.executable, str(script), "results/report.html"],
        cwd=flow.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "made by   report" in run.stdout
    assert len(run.stdout.splitlines()) < 70
    assert max(map(len, run.stdout.splitlines())) <= 110


def test_a_folder_that_a_job_made(flow):
    assert "part of results/amble/seed0/best, which is as its job wrote it" in why(
        flow, "results/amble/seed0/best/policy.onnx"
    )
    assert "part of results/videos/dog_amble/frames" in why(
        flow, "results/videos/dog_amble/frames/index.json"
    )


def test_an_edited_reward_and_changed_code(finished, tmp_path):
    changed = finished.copy(tmp_path / "clone")
    reward = changed / "amble/seed0/iter2/reward_1.py"
    reward.write_text(reward.read_text() + "\n# mine\n")
    code = changed.folder / "workflow_scripts" / "video2reward" / "policy" / "train.py"
    code.write_text(code.read_text() + "\n\nCHANGED = 1\n")
    assert "NOT as its job wrote it: edited since" in why(changed, f"{ROUND}/reward_1.py")
    text = why(changed, f"{ROUND}/policy_1.pth")
    assert "reward_1.py EDITED SINCE; extract_reward" in text
    assert "CHANGED since: policy/train.py" in text
    assert "check_1.json EDITED" not in text


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("results/amble/seed0/iter3/policy_1.pth", f"does not exist; did you mean {ROUND}/policy_1.pth"),
        ("roport.html", "did you mean results/report.html"),
        (f"{ROUND}/logs/train_policy_1.log", f"ask for what that made: {ROUND}/policy_1.pth"),
        ("config/config.yaml", "was not made here"),
        ("", "which file?"),
    ],
)
def test_wrong_paths_are_one_clear_sentence(flow, file, words):
    text = why(flow, file)
    assert text.startswith("error: ") and words in text
