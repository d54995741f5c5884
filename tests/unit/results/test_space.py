from pathlib import Path

import pytest

from video2reward.artifacts.io import atomic_path
from video2reward.results.space import (
    Size,
    environment_sizes,
    folder_size,
    human_bytes,
    stage_of,
    stage_sizes,
)

FILES = {
    "videos/dog/frames/000001.jpg": "frames",
    "videos/dog/frames.json": "frames",
    "videos/dog/keypoints.h5": "keypoints",
    "videos/dog/overlay.mp4": "motion",
    "videos/dog/logs/estimate_keypoints.json": "logs",
    ".runs/lock": "logs",
    "robots/anymal_c/base.pth": "policy",
    "robots/anymal_c/work_base/checkpoint.pt": "checkpoints",
    "robots/anymal_c/base_seed3.csv": "policy",
    "robots/anymal_c/work_base_seed3/checkpoint.pt": "checkpoints",
    "amble/base_seed3_evaluation.json": "evaluation",
    "completions/0a1b.json": "completion",
    "amble/reference.h5": "motion",
    "amble/base_evaluation.json": "evaluation",
    "amble/seed0/iter1/prompt.json": "prompt",
    "amble/seed0/iter1/completion_2.json": "completion",
    "amble/seed0/iter1/check_2.json": "reward",
    "amble/seed0/iter1/repairs_2.json": "reward",
    "amble/seed0/iter12/policy_10.pth": "policy",
    "amble/seed0/iter1/best_reward.py": "policy",
    "amble/seed0/iter1/training_2.csv": "policy",
    "amble/seed0/iter1/evaluation_2.json": "evaluation",
    "amble/seed0/iter1/rollout.mp4": "rollout",
    "amble/seed0/iter1/similarity.png": "feedback",
    "amble/seed0/iter1/work_2/tensorboard/summaries/events.out": "checkpoints",
    "amble/seed0/best/rollout.mp4": "best",
    "amble/seed0/best/reward.py": "best",
    "amble/seed0/evaluation.json": "best",
    "amble/seed0/best.json": "best",
    "report.html": "report",
    "amble/seed0/report.html": "report",
    "amble/seed0/report.json": "report",
    "amble/seed0/clips.json": "tables",
    "tables/quick/figure4/dog.jpg": "tables",
    "benchmarks/walks/amble/seed0/iter1/rollout.h5": "rollout",
    "notes.txt": "other",
    "amble/.hidden": "other",
}


@pytest.mark.parametrize(("path", "stage"), FILES.items())
def test_every_file_belongs_to_its_stage(path, stage):
    assert stage_of(Path(path)) == stage


def test_what_a_killed_writer_leaves_is_a_leftover(tmp_path):
    with atomic_path(tmp_path / "videos" / "dog" / "keypoints.h5") as aside:
        aside.write_text("half")
        assert stage_sizes(tmp_path) == {"leftovers": Size(1, 4)}


def test_sizes_add_up_and_keep_the_order_of_flow(tmp_path):
    for i, path in enumerate(FILES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x" * (i + 1))
    sizes = stage_sizes(tmp_path)
    assert sizes["frames"] == Size(2, 1 + 2)
    assert sizes["completion"].files == 2
    assert list(sizes)[:3] == ["frames", "keypoints", "motion"]
    assert sum(sizes.values(), Size()) == folder_size(tmp_path)
    assert folder_size(tmp_path).bytes == sum(range(1, len(FILES) + 1))


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert stage_sizes(tmp_path / "results") == {}


def test_links_count_for_themselves(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"x" * 10_000)
    results = tmp_path / "results"
    results.mkdir()
    (results / "linked.mp4").symlink_to(tmp_path / "film.mp4")
    assert folder_size(results).bytes < 1000


def test_environments_are_named(tmp_path):
    (tmp_path / "mediapipe" / "lib").mkdir(parents=True)
    (tmp_path / "mediapipe" / "pyvenv.cfg").write_text("home")
    (tmp_path / "mediapipe" / "lib" / "a.py").write_text("123")
    (tmp_path / "logs").mkdir()
    assert environment_sizes(tmp_path) == {"mediapipe": Size(2, 7)}


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_960, "10 kB"), (999_499, "999 kB"), (1_250_000, "1.2 MB"), (2.5e9, "2.5 GB"), (3e12, "3.0 TB")],
)  # fmt: skip
def test_bytes_in_words(count, words):
    assert human_bytes(count) == words
