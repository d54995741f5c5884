"""A person filmed in a park, from the video to the humanoid's prompt: needs V2R_LOCAL_DATA with sports2d_demo.mp4."""

import json
import os
from pathlib import Path

import av
import numpy as np
import pytest
import yaml

from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.reference import read_reference

CLIP = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "sports2d_demo.mp4"
# Counted by eye: the left heel strikes in frames 78, 115 and 152 of 30 a second.
STRIDE_S = 37 / 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.local_data,
    pytest.mark.skipif(not CLIP.exists(), reason="V2R_LOCAL_DATA has no sports2d_demo.mp4"),
]


@pytest.mark.parametrize("hint", [{"box": [1250, 520, 1520, 960]}, {}], ids=["box", "no hint"])
def test_a_real_walk_reaches_the_humanoids_prompt(workflow, hint):
    """A woman walks from right to left; a man, not to be followed, stands on a roof."""
    settings = {
        "file": str(CLIP), "trim": [2.0, 5.667],
        "subject": {"species": "human", **hint},
        "pose": {"backend": "mediapipe", "skeleton": "coco17"},
    }  # fmt: skip
    clip = workflow.folder / "walker.yaml"
    clip.write_text(yaml.safe_dump(settings))
    experiment = "humanoid-walker-video2reward"
    done = workflow(
        "--config", f"video={clip}", "robot=humanoid", "method=video2reward",
        "--", f"results/{experiment}/seed0/iter1/prompt.txt",
    )  # fmt: skip
    assert done.status == 0, done.output[-4000:]

    motion = read_motion(workflow / "videos/walker/motion.h5")
    assert motion.period_s == pytest.approx(STRIDE_S, rel=0.05)
    assert motion.period_confidence > 0.8
    assert motion.mirrored and motion.camera == "fixed"
    assert 0.9 < motion.speed_m_s < 1.7
    with av.open(str(workflow / "videos/walker/overlay.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == len(motion.times) == 111

    reference = read_reference(workflow / experiment / "reference.h5")
    assert reference.period_s == pytest.approx(STRIDE_S * (0.80 / motion.leg_length_m) ** 0.5, rel=0.05)
    track = {name: reference.cycle[:, i, 0] for i, name in enumerate(reference.keypoint_names)}
    for first, second in (
        ("left_ankle", "right_ankle"),
        ("left_wrist", "left_ankle"),
        ("right_wrist", "right_ankle"),
    ):
        assert np.corrcoef(track[first], track[second])[0, 1] < -0.5, (first, second)
    gap = abs(reference.touchdown[1] - reference.touchdown[0])
    assert gap == pytest.approx(0.5, abs=0.1)

    folder = workflow / experiment / "seed0/iter1"
    text = (folder / "prompt.txt").read_text()
    assert f"stride period T: {reference.period_s:.3f} s (in the video {motion.period_s:.3f} s)" in text
    assert "a video of a human" in text and "left_wrist: [" in text
    facts = json.loads((folder / "prompt.json").read_text())["facts"]
    assert facts["robot"] == "humanoid" and len(facts["keypoints"]) == 13
