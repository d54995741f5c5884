"""The spider's walk on the ant, from film to report, small, with actions about the motion in reach."""

import json

import pytest

from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.reference import read_reference


@pytest.mark.slow
def test_a_spiders_film_becomes_an_ants_report(workflow):
    few = ("experiments=[spider_walk]", "iterations=1", "samples=1", "task={actions: residual}")
    done = workflow("--config", *few)
    assert done.status == 0, done.output[-4000:]
    motion = read_motion(workflow / "videos/spider_walk/motion.h5")
    assert motion.gait == "alternating tetrapod" and not motion.warnings
    reference = read_reference(workflow / "spider_walk/reference.h5")
    assert reference.robot == "ant" and len(reference.foot_names) == 4
    text = (workflow / "spider_walk/seed0/iter1/prompt.txt").read_text()
    assert "gait: alternating tetrapod; a foot lands 0.5" in text and "a video of a spider" in text
    assert "degrees ahead of or behind the hips" in text
    judged = json.loads((workflow / "spider_walk/seed0/evaluation.json").read_text())
    assert judged["deterministic"]["gait"]["standing"] > 0.1
    assert "ant learns spider_walk" in (workflow / "spider_walk/seed0/report.html").read_text()
    assert (workflow / "report.html").exists()
