"""What a plan needs of the network, before it runs where there is none."""

import re
import shutil

import pytest
from tests.workflow.conftest import ROOT


@pytest.mark.slow
def test_models_environments_and_videos_of_the_plan(workflow, tmp_path):
    """A film without a YAML is looked at by the default pose model, one of a web page is fetched."""
    clip = tmp_path / "clip.mp4"
    shutil.copyfile(ROOT / "resources" / "videos" / "dog_amble.mp4", clip)
    own = workflow(
        "--dry-run", "--printshellcmds", "--quiet", "host", "--config", f"video={clip}", "--", "prepare"
    )
    assert re.search(r"fetch_model\.py --backend onnx rtmpose-m-ap10k \)", own.output), own.output
    address = "https://example.org/dog.mp4"
    assert workflow.planned("--config", f"video={address}", "--", "prepare") == {"fetch_video", "prepare"}
    other = workflow(
        "--dry-run", "--quiet", "host", "--config", "video=human_run", "robot=humanoid", "--", "prepare"
    )
    assert ".environments/mediapipe.json" in other.output


@pytest.mark.slow
def test_a_plan_that_needs_nothing_is_prepared(workflow):
    run = workflow("--", "prepare")
    assert run.status == 0, run.output
    assert not (workflow / "videos").exists()
    assert "open" not in run.output.splitlines()[-1]
