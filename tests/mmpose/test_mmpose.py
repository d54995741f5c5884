"""The mmpose backend as the workflow runs it, with checkpoints of random or toy-trained weights."""

import os
import shutil
from pathlib import Path

import pytest
from tests.toy_pose import VIDEOS

from synthesis.keypoint_accuracy import pck
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.config.model_files import known_models
from video2reward.skeletons import SKELETONS

HERE = Path(__file__).parent
RTMPOSE = "rtmpose-m_8xb256-420e_body8-256x192"
HRNET = "td-hm_hrnet-w32_8xb64-210e_ap10k-256x256"
FOUND = "results/videos/clip/keypoints.h5"
NOWHERE = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}


@pytest.fixture
def find(workflow):
    """Find the keypoints of an example clip: `find(clip, skeleton, trim, **pose)` -> the run of Snakemake."""

    def run(clip, skeleton, trim="[0, null]", box=None, dry=False, **pose):
        folder = workflow.folder
        shutil.copyfile(VIDEOS / f"{clip}.mp4", folder / "clip.mp4")
        settings = {"backend": "mmpose", "skeleton": skeleton, **pose}
        subject = f"species: {'human' if skeleton == 'coco17' else 'dog'}"
        if box is not None:
            subject += f", box: {[round(float(side), 1) for side in box]}"
        (folder / "clip.yaml").write_text(
            f"file: clip.mp4\ntrim: {trim}\nsubject: {{{subject}}}\n"
            f"pose: {{{', '.join(f'{key}: {value}' for key, value in settings.items())}}}\n"
        )
        robot = "humanoid" if skeleton == "coco17" else "anymal_c"
        ask = ["--config", f"video={folder / 'clip.yaml'}", f"robot={robot}", "--retries", "0"]
        ask += ["--dry-run"] if dry else []
        return workflow(*ask, FOUND, V2R_MODELS=str(folder / "models"), **NOWHERE)

    return run


def errors(run):
    assert run.status != 0 and "Traceback" not in run.output, run.output[-3000:]
    return " ".join(line for line in run.output.splitlines() if line.startswith("error: "))


@pytest.mark.parametrize(
    ("clip", "skeleton", "config", "age"),
    [("human_walk", "coco17", RTMPOSE, "new"), ("dog_amble", "ap10k", HRNET, "old")],
    ids=["rtmpose", "hrnet"],
)
def test_published_models_run_from_their_checkpoints(inside, workflow, find, clip, skeleton, config, age):
    """Their configurations from the wheel, weights at random: as mmengine saves them, and as mmpose 0.x did."""
    truth = read_keypoints(VIDEOS / f"{clip}.truth.h5")
    first = int((truth.keypoints[:-5, :, 2] > 0).sum(1).argmax())
    trim = [round(float(truth.times[first + k]), 3) for k in (0, 4)]
    path = workflow.folder / "mine.pth"
    inside("random", config, path, 0, age)
    run = find(clip, skeleton, trim, truth.boxes[first], model="mine.pth", config=config, accept="true")
    assert run.status == 0, run.output[-4000:]
    found = read_keypoints(workflow.folder / FOUND)
    assert 3 <= len(found.times) <= 6
    assert found.keypoints.shape == (len(found.times), 17, 3)
    assert (found.skeleton, found.joint_names) == (skeleton, SKELETONS[skeleton].joints)
    assert found.backend == "mmpose" and found.weights_digest == digest(path)
    assert found.provenance["inputs"]["model"] == digest(path)
    assert found.provenance["versions"]["mmpose"] == "1.3.2"
    seen = found.keypoints[found.keypoints[..., 2] > 0]
    assert len(seen) and (seen[:, :2] >= 0).all() and (seen[:, :2] < found.size).all()


@pytest.mark.parametrize("clip", ["dog_amble_pan", "dog_run_pan"])
def test_joints_are_found_in_clips_that_the_model_was_not_trained_on(inside, toy, workflow, find, clip):
    truth = read_keypoints(VIDEOS / f"{clip}.truth.h5")
    shutil.copyfile(toy, workflow.folder / "toy.pth")
    shutil.copyfile(HERE / "toy_config.py", workflow.folder / "toy.py")
    run = find(clip, "ap10k", "[0, null]", truth.boxes[0], model="toy.pth", config="toy.py")
    assert run.status == 0, run.output[-4000:]
    found = read_keypoints(workflow.folder / FOUND)
    assert pck(found, truth) >= 0.97
    assert found.provenance["inputs"]["config"] == digest(workflow.folder / "toy.py")


def test_without_a_box_what_moves_is_followed(inside, toy, workflow, find):
    truth = read_keypoints(VIDEOS / "dog_amble.truth.h5")
    shutil.copyfile(toy, workflow.folder / "toy.pth")
    shutil.copyfile(HERE / "toy_config.py", workflow.folder / "toy.py")
    run = find("dog_amble", "ap10k", model="toy.pth", config="toy.py")
    assert run.status == 0, run.output[-4000:]
    assert pck(read_keypoints(workflow.folder / FOUND), truth) >= 0.97


@pytest.mark.parametrize(
    ("config", "skeleton", "least"), [(RTMPOSE, "coco17", 1.0), (HRNET, "ap10k", 6.0)], ids=["simcc", "maps"]
)
def test_the_flip_test_of_a_configuration_is_done(inside, tmp_path, config, skeleton, least):
    """Averaged with its mirror image, a picture's joints mirror with it: to a pixel, or to 1.5 cells of a heat map."""
    inside("random", config, tmp_path / "a.pth")
    away = inside("mirrored", config, tmp_path / "a.pth", skeleton)
    assert away["seen True"] >= 10
    assert away["True"] < least < 10 * least < away["False"]


def test_what_is_not_installed_says_so_when_it_is_called(inside):
    compiled, data = inside("stand_ins")
    assert "mmcv._ext.deform_conv_forward was called, but mmcv._ext is not installed" in compiled
    assert "xtcocotools.coco.COCO was called" in data


def test_what_does_not_fit_is_named(inside, toy, workflow, find):
    truth = read_keypoints(VIDEOS / "dog_amble.truth.h5")
    shutil.copyfile(toy, workflow.folder / "toy.pth")
    rest = {"trim": "[1, 1.1]", "box": truth.boxes[60]}
    wrong = errors(find("dog_amble", "ap10k", **rest, model="toy.pth"))
    assert f"toy.pth is not a checkpoint of {HRNET}.py: " in wrong and "pose.config" in wrong
    unknown = errors(find("dog_amble", "ap10k", **rest, model="toy.pth", config=f"{HRNET[:-1]}"))
    assert f"similar: {HRNET}" in unknown
    other = errors(find("dog_amble", "ap10k", **rest, model="toy.pth", config=RTMPOSE))
    assert "17 joints of coco" in other and "correct pose.skeleton" in other
    bottom_up = "rtmo-s_8xb32-600e_body7-640x640"
    assert "TopdownPoseEstimator" in errors(
        find("dog_amble", "ap10k", **rest, model="toy.pth", config=bottom_up)
    )
    (workflow.folder / "toy.py").write_text("model = dict(type='NoSuchThing')\n")
    assert "toy.py is not a configuration from which mmpose 1.3.2 builds a pose model" in errors(
        find("dog_amble", "ap10k", **rest, model="toy.pth", config="toy.py")
    )
    published = workflow.folder / "models" / known_models()["hrnet-w32-ap10k"].checkpoint.file
    published.parent.mkdir(exist_ok=True)
    shutil.copyfile(toy, published)
    assert f"{published.name} is damaged or a different file" in errors(find("dog_amble", "ap10k", **rest))
    (workflow.folder / "toy.pth").write_bytes(os.urandom(1000))
    assert "toy.pth cannot be read as a checkpoint" in errors(
        find("dog_amble", "ap10k", **rest, model="toy.pth")
    )


def test_without_a_network_the_error_says_what_to_put_where(inside, workflow, find):
    sentence = errors(find("dog_amble", "ap10k"))
    known = known_models()["hrnet-w32-ap10k"].checkpoint
    assert sentence.startswith("error: hrnet-w32-ap10k cannot be downloaded (download.openmmlab.com: ")
    assert f"download {known.addresses[0]} elsewhere and put it at {workflow.folder / 'models' / known.file}" in sentence  # fmt: skip


def test_a_missing_file_ends_before_the_graph(workflow, find):
    assert "pose.model: " in errors(find("dog_amble", "ap10k", dry=True, model="gone.pth"))
