"""Every artefact of the design, made by its rule, on the default clip and robot."""

import json

import h5py
import numpy as np
import pytest

LOOP = "amble/seed0"
ITERATION = ("prompt.txt", "prompt.json", "selection.json", "best.pth", "best_reward.py", "rollout.h5", "feedback.json", "similarity.png")  # fmt: skip
CANDIDATE = ("completion_{}.json", "reward_{}.py", "check_{}.json", "repairs_{}.json", "policy_{}.pth", "training_{}.csv", "training_{}.json", "evaluation_{}.json")  # fmt: skip
FILES = [
    "videos/dog_amble/frames/index.json", "videos/dog_amble/keypoints.h5", "videos/dog_amble/motion.h5",
    "videos/dog_amble/overlay.mp4", "videos/dog_amble/motion.png", "robots/anymal_c/base.pth", "amble/reference.h5",
    *[f"{LOOP}/iter{n}/{name}" for n in (1, 2) for name in ITERATION],
    *[f"{LOOP}/iter{n}/{name.format(k)}" for n in (1, 2) for k in (1, 2) for name in CANDIDATE],
    *[f"{LOOP}/best/{name}" for name in ("reward.py", "policy.pth", "policy.onnx", "rollout.mp4", "evaluation.json")],
    f"{LOOP}/iter2/rollout.mp4", f"{LOOP}/report.html", f"{LOOP}/report.json", "report.html",
]  # fmt: skip


@pytest.mark.slow
def test_every_artefact_is_made(finished):
    missing = [name for name in FILES if not (finished / name).exists()]
    assert not missing
    assert all((finished / name).stat().st_size > 0 for name in FILES)


@pytest.mark.slow
def test_every_artefact_carries_its_provenance(finished):
    for name in (
        "videos/dog_amble/frames/index.json",
        f"{LOOP}/iter1/completion_1.json",
        f"{LOOP}/iter2/feedback.json",
    ):
        record = json.loads((finished / name).read_text())["provenance"]
        assert record["code"] and record["versions"]["video2reward"] and record["inputs"]
    for name in ("videos/dog_amble/motion.h5", "amble/reference.h5", f"{LOOP}/iter1/rollout.h5"):
        with h5py.File(finished / name) as file:
            assert json.loads(file.attrs["provenance"])["code"]


@pytest.mark.slow
def test_the_second_round_has_read_the_first(finished):
    first, second = ((finished / f"{LOOP}/iter{n}/prompt.txt").read_text() for n in (1, 2))
    feedback = json.loads((finished / f"{LOOP}/iter1/feedback.json").read_text())
    assert feedback["text"].strip() in second
    assert feedback["text"].strip() not in first


@pytest.mark.slow
def test_the_template_says_that_it_is_no_language_model(finished):
    completion = json.loads((finished / f"{LOOP}/iter1/completion_1.json").read_text())
    assert completion["is_language_model"] is False
    assert "no language model" in (finished / f"{LOOP}/iter1/reward_1.py").read_text().lower()
    assert "no language model" in (finished / "report.html").read_text().lower()


@pytest.mark.slow
def test_keypoints_of_the_rollout_move(finished):
    with h5py.File(finished / f"{LOOP}/iter2/rollout.h5") as file:
        assert np.ptp(file["keypoints"][0, :, :, 0]) > 0.01


@pytest.mark.slow
def test_a_second_call_does_nothing_quickly(finished):
    again = finished()
    assert again.status == 0
    assert "Nothing to be done" in again.output
    assert again.seconds < 60
