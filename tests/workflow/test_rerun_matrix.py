"""What runs again after which change: the table of docs/what-runs-again.md, line by line."""

import json
import os
import random
import shutil

import pytest
from tests.workflow.conftest import Workflow, copy_project

AFTER_TRAINING = {
    *(f"evaluate_policy 1.{k}" for k in (1, 2)), "select_policy 1", "record_rollout 1", "compare_motion 1",
}  # fmt: skip
CANDIDATES = {
    f"{rule} 2.{k}" for rule in ("sample_completion", "extract_reward", "train_policy", "evaluate_policy") for k in (1, 2)
}  # fmt: skip
END = {"evaluate_best", "finish", "write_loop_page", "report"}
ROUND_2 = {
    "write_prompt 2",
    *CANDIDATES,
    "select_policy 2",
    "record_rollout 2",
    "render_film 2",
    "compare_motion 2",
}
TRAININGS = {"train_policy 1.1", "train_policy 1.2"}
KEYPOINTS_ON = {
    "describe_motion", "retarget_motion", "sample_states", "make_known_states", "evaluate_base", "write_prompt 1", "sample_completion 1.1", "sample_completion 1.2",
    "extract_reward 1.1", "extract_reward 1.2", *TRAININGS, *AFTER_TRAINING, *ROUND_2, *END,
}  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def flow(finished, tmp_path_factory):
    """A copy of the finished run, for changes that a dry run looks at and that are undone afterwards."""
    return finished.copy(tmp_path_factory.mktemp("matrix") / "clone")


@pytest.fixture
def edit(flow):
    """Change a file of the clone for one test."""
    kept = []

    def change(name, old, new):
        path = flow.folder / name
        text, times = path.read_text(), path.stat()
        kept.append((path, text, times))
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1))

    yield change
    for path, text, times in kept:
        path.write_text(text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_nothing(flow):
    assert flow.planned() == set()


def test_a_reward_edited_by_hand_is_trained_again(flow, edit):
    edit("results/amble/seed0/iter1/reward_2.py", "def compute_reward", "# mine\n\ndef compute_reward")
    assert (
        flow.planned()
        == {"train_policy 1.2", "evaluate_policy 1.2"}
        | (AFTER_TRAINING - {"evaluate_policy 1.1"})
        | ROUND_2
        | END
    )


def test_a_training_parameter_keeps_the_completions_of_round_1(flow):
    assert flow.planned("--config", "training={steps: 5000}") == TRAININGS | AFTER_TRAINING | ROUND_2 | END


def test_robustness_keeps_the_base_policy_and_its_evaluation(flow):
    again = flow.planned("--config", "task={robustness: light}")
    assert again == TRAININGS | AFTER_TRAINING | ROUND_2 | END


def test_a_feedback_parameter_keeps_the_policies_of_round_1(flow, edit):
    edit("config/methods/video2reward.yaml", "description:", "feedback: [success, gait]\ndescription:")
    # The method is part of what the prompt reads too, but round 1 has no feedback to show.
    assert flow.planned() == {"compare_motion 1"} | ROUND_2 | END


def test_a_wish_in_words_changes_the_prompts_and_a_measured_one_what_is_judged(flow):
    asked = {
        "write_prompt 1",
        *(f"{rule} 1.{k}" for rule in ("sample_completion", "extract_reward") for k in (1, 2)),
    }
    all_on = asked | TRAININGS | AFTER_TRAINING | ROUND_2 | END
    assert flow.planned("--config", "wish='go quietly'") == all_on
    limit = "wish={text: go quietly, measured: {torque: {at_most: 9}}}"
    assert flow.planned("--config", limit) == all_on | {"evaluate_base"}
    times = "wish={text: step high, measured: {foot_lift: {times: 1.5}}}"
    anew = {"evaluate_base", "retarget_motion", "sample_states", "make_known_states"}
    assert flow.planned("--config", times) == all_on | anew


def test_another_pose_backend_keeps_the_frames(flow, edit):
    edit("resources/videos/dog_amble.yaml", "backend: markers", "backend: mediapipe")
    planned = flow.planned()
    assert "extract_frames" not in planned and "train_base" not in planned
    assert planned == {"create_environment", "estimate_keypoints"} | KEYPOINTS_ON


def test_one_more_round_adds_just_that(flow):
    third = {job.replace(" 2", " 3", 1) for job in ROUND_2}
    assert flow.planned("--config", "iterations=3") == third | END


def test_one_more_candidate_asks_for_one_more_completion_in_round_1(flow):
    rules = ("sample_completion", "extract_reward", "train_policy", "evaluate_policy")
    new = {f"{rule} {n}.3" for rule in rules for n in (1, 2)}
    again = {"select_policy 1", "record_rollout 1", "compare_motion 1"} | ROUND_2 | END
    assert flow.planned("--config", "samples=3") == new | again


def test_comments_and_docstrings_rerun_nothing(flow, edit):
    edit("workflow_scripts/video2reward/artifacts/io.py", "import csv", "# a comment\nimport csv")
    edit("workflow_scripts/train_policy.py", '"""Train one', '"""Now train one')
    assert flow.planned() == set()


def test_a_changed_function_reruns_the_stages_that_reach_it(flow, edit):
    edit(
        "workflow_scripts/video2reward/feedback/text.py",
        "import annotations",
        "import annotations\n\nCHANGED = 1",
    )
    assert flow.planned() == {"compare_motion 1"} | ROUND_2 | END


def test_a_changed_page_rewrites_the_report_alone(flow, edit):
    edit("resources/report/style.css", ".note {", ".note { color: red;")
    assert flow.planned() == {"write_loop_page", "report"}


def test_a_registered_part_counts_where_it_is_chosen(flow, edit):
    new = "import annotations\n\nCHANGED = 1"
    edit("workflow_scripts/video2reward/keypoints/mediapipe/backend.py", "import annotations", new)
    edit("workflow_scripts/video2reward/llm/openai_provider.py", "import annotations", new)
    edit("workflow_scripts/video2reward/llm/repair.py", "import annotations", new)
    edit("resources/prompts/repair.j2", "REPAIR", "MEND THIS")
    edit("resources/prices.yaml", "input: 5.0", "input: 6.0")
    assert flow.planned() == set()
    edit("workflow_scripts/video2reward/keypoints/markers/backend.py", "import annotations", new)
    assert flow.planned() == {"estimate_keypoints"} | KEYPOINTS_ON


def test_touched_files_threads_and_log_paths_rerun_nothing(flow, edit):
    for name in ("resources/robots/anymal_c/robot.yaml", "resources/videos/dog_amble.mp4", "Snakefile"):
        (flow.folder / name).touch()
    for path in (flow / "amble/seed0/iter1").glob("reward_*.py"):
        path.touch()
    edit("rules/policy.smk", 'CANDIDATE.log("train_policy")', 'CANDIDATE.log("candidate")')
    assert flow.planned("--config", "training={threads: 2, checkpoint_s: 1}") == set()


def test_a_limit_on_cost_and_repairs_that_nobody_can_make_rerun_nothing(flow):
    assert flow.planned("--config", "llm={max_cost: 1, input_price: 9, output_price: 9, repairs: 3}") == set()


def test_a_changed_robot_file_reruns_what_reads_it(flow, edit):
    edit("resources/robots/anymal_c/robot.yaml", "action_scale: 0.5", "action_scale: 0.4")
    assert flow.planned() >= {"train_base", "retarget_motion"} | TRAININGS


def clone(finished, to, metadata):
    """Results copied without their times into a fresh clone, with Snakemake's metadata or without."""
    to.mkdir()
    copy_project(to)
    for folder in ("results", *([".snakemake/metadata"] if metadata else [])):
        shutil.copytree(finished.folder / folder, to / folder, copy_function=shutil.copyfile)
    return Workflow(to, to)


@pytest.mark.parametrize("metadata", [True, False], ids=["with metadata", "without"])
def test_results_in_a_fresh_clone_rerun_nothing(finished, tmp_path, metadata):
    copied = clone(finished, tmp_path / "clone", metadata)
    files = [path for path in (copied.folder / "results").rglob("*") if path.is_file()]
    random.Random(0).shuffle(files)
    for i, path in enumerate(files):
        os.utime(path, (1.7e9 + i, 1.7e9 + i))
    assert copied.planned() == set()


def test_lost_metadata_do_not_hide_a_change(finished, tmp_path):
    copied = clone(finished, tmp_path / "clone", metadata=False)
    changed = copied.planned("--config", "training={steps: 5000}")
    assert changed == TRAININGS | AFTER_TRAINING | ROUND_2 | END
    reward = copied / "amble/seed0/iter1/reward_2.py"
    reward.write_text("# mine\n" + reward.read_text())
    assert "train_policy 1.2" in copied.planned() and "train_policy 1.1" not in copied.planned()


def test_metadata_of_other_results_do_not_hide_a_change(finished, tmp_path):
    """Results of elsewhere, made with other settings, put over one's own: Snakemake's metadata speak of the old ones."""
    copied = finished.copy(tmp_path / "clone")
    logs = copied / "amble/seed0/iter1/logs/train_policy_1.json"
    record = json.loads(logs.read_text())
    record["params"] = record["params"].replace('"steps": 4096', '"steps": 4000')
    logs.write_text(json.dumps(record))
    for name in ("policy_1.pth", "training_1.json", "training_1.csv"):
        os.utime(copied / "amble/seed0/iter1" / name)
    assert "train_policy 1.1" in copied.planned() and "train_policy 1.2" not in copied.planned()


def test_results_without_any_record_are_not_trusted(finished, tmp_path):
    copied = clone(finished, tmp_path / "clone", metadata=False)
    (copied / "amble/seed0/iter1/logs/train_policy_1.json").unlink()
    assert "train_policy 1.1" in copied.planned() and "train_policy 1.2" not in copied.planned()


def test_touch_accepts_results_of_older_code(finished, tmp_path):
    copied = finished.copy(tmp_path / "clone")
    path = copied.folder / "workflow_scripts" / "video2reward" / "policy" / "train.py"
    path.write_text(path.read_text() + "\n\nCHANGED = 1\n")
    assert "train_policy 1.1" in copied.planned()
    assert copied("--touch").status == 0
    assert copied.planned() == set()


def test_the_same_command_carries_a_change_through_and_then_rests(finished, tmp_path):
    """For real, not as a dry run."""
    copied = finished.copy(tmp_path / "clone")
    before = (copied / "amble/seed0/iter1/policy_1.pth").read_bytes()
    reward = copied / "amble/seed0/iter1/reward_2.py"
    reward.write_text("# mine\n" + reward.read_text())
    run = copied()
    assert run.status == 0, run.output[-3000:]
    assert (copied / "amble/seed0/iter1/policy_1.pth").read_bytes() == before
    assert reward.read_text().startswith("# mine\n")
    assert copied.planned() == set()
