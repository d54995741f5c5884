"""compare_clips: one recording against the clips of its group."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

import compare_clips
from video2reward.artifacts.io import read_json
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.rollout import write_rollout

ARRAYS = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at")


@pytest.fixture
def compared(tmp_path, monkeypatch, sine_gait, sine_reference):
    """Compare a recording with the clip of its own gait, one of another, and one of another body."""
    trot = sine_gait(np.arange(64) / 64, (0.0, 0.5, 0.5, 0.0))
    other = replace(sine_reference, keypoint_names=("Tail", *sine_reference.keypoint_names[1:]))
    references = {"pace": sine_reference, "trot": replace(sine_reference, target=trot), "tailed": other}
    for name, reference in references.items():
        write_reference(tmp_path / f"{name}.h5", reference)

    def compare(rollout):
        write_rollout(tmp_path / "rollout.h5", rollout)
        monkeypatch.setattr(
            sys, "argv",
            ["compare_clips.py", "--params", json.dumps({"trained_on": "pace", "clips": list(references)}),
             "--rollout", str(tmp_path / "rollout.h5"), "--clips", str(tmp_path / "clips.json"),
             "--references", *(str(tmp_path / f"{name}.h5") for name in references)],
        )  # fmt: skip
        compare_clips.main()
        return read_json(tmp_path / "clips.json")["clips"]

    return compare


def test_a_pace_is_nearer_to_the_pace_than_to_the_trot(compared, sine_gait, sine_rollout, sine_reference):
    phase = np.arange(300) * 0.02 / sine_reference.period_s
    clips = compared(sine_rollout(sine_gait(phase)[None]))
    assert clips["pace"]["distance"] < 0.02 < 0.05 < clips["trot"]["distance"]
    assert "lacks the reference's keypoints" in clips["tailed"]["missing"]


def test_without_a_policy_there_is_no_distance_and_why(compared, sine_gait, sine_rollout):
    rollout = sine_rollout(sine_gait(np.arange(300) * 0.02)[None])
    nobody = replace(
        rollout, info={"reason": "all candidates failed"}, **{a: getattr(rollout, a)[:0] for a in ARRAYS}
    )
    assert compared(nobody)["pace"] == {"missing": "all candidates failed"}
