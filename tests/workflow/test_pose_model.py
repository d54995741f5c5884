"""A video with a pose model in an ONNX file, through Snakemake."""

import os

import pytest
import torch
from tests.toy_pose import SIZE, VIDEOS, HeatMaps, SimCC, export

from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import read_keypoints

FOUND = "results/videos/dog/keypoints.h5"
YAML = """
file: dog.mp4
subject: {{box: [20, 100, 300, 330]}}
pose: {{{pose}}}
"""


@pytest.fixture
def dog(workflow):
    """A clip with a YAML beside it; call it with what stands under pose: to change it."""

    def write(pose):
        (workflow.folder / "dog.yaml").write_text(YAML.format(pose=pose))

    (workflow.folder / "dog.mp4").write_bytes((VIDEOS / "dog_amble.mp4").read_bytes())
    write("backend: onnx, model: mine.onnx, accept: true")  # random weights find no body
    return write


def asked(workflow):
    return "--config", f"video={workflow.folder / 'dog.yaml'}", "robot=anymal_c", "--retries", "0", FOUND


def model(path, seed):
    torch.manual_seed(seed)
    return export(SimCC(HeatMaps()), path, SIZE, ["simcc_x", "simcc_y"])


@pytest.mark.slow
def test_keypoints_follow_the_content_of_the_model(workflow, dog):
    ask = asked(workflow)
    path = model(workflow.folder / "mine.onnx", 0)
    run = workflow(*ask)
    assert run.status == 0, run.output[-3000:]
    first = read_keypoints(workflow.folder / FOUND)
    assert first.backend == "onnx" and first.weights_digest == digest(path)
    assert first.provenance["inputs"]["model"] == digest(path)
    assert workflow.planned(*ask) == set()
    os.utime(path)  # another time, the same content
    assert workflow.planned(*ask) == set()
    model(path, 1)
    assert workflow.planned(*ask) == {"estimate_keypoints"}
    assert workflow(*ask).status == 0
    assert read_keypoints(workflow.folder / FOUND).weights_digest == digest(path) != first.weights_digest
    dog("backend: onnx, model: rtmpose-m-ap10k")
    assert workflow.planned(*ask) == {"estimate_keypoints"}


@pytest.mark.slow
def test_without_a_network_the_error_says_what_to_put_where(workflow, dog):
    dog("backend: onnx")
    models = workflow.folder / "models"
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    run = workflow(*asked(workflow), V2R_MODELS=str(models), **nowhere)
    assert run.status != 0
    sentences = [line for line in run.output.splitlines() if line.startswith("error: rtmpose-m-ap10k cannot")]
    assert sentences, run.output[-3000:]
    sentence = sentences[0]
    name = "rtmpose-m_simcc-ap10k_pt-aic-coco_210e-256x256-7a041aa1_20230206"
    assert "download https://download.openmmlab.com/" in sentence
    assert f"put it at {models / name}.zip" in sentence
    assert "Traceback" not in run.output
    assert not (workflow.folder / FOUND).exists()


def test_a_wrong_name_ends_before_the_graph(workflow, dog):
    for pose, message in (
        (
            "backend: onnx, model: rtmpose-ap10k",
            "unknown pose model 'rtmpose-ap10k'. Did you mean 'rtmpose-m-ap10k'",
        ),
        ("backend: onnx, detector: other.onnx", "dog.yaml: pose.detector: "),
    ):
        dog(pose)
        run = workflow("--dry-run", *asked(workflow))
        assert run.status != 0
        assert message in run.output and "Traceback" not in run.output
