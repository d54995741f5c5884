"""The whole path on real pictures: pictures, cut, onnxruntime, decoding, following."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.toy_pose import SIZE, Brightest, Fixed, HeatMaps, SimCC, export

from synthesis.keypoint_accuracy import hits, pck, torso_lengths
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import check_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.onnx.backend import OnnxBackend
from video2reward.settings.video import Pose, Subject


def estimate(frames, model, subject=None, detector=None, skeleton="ap10k"):
    pose = Pose(backend="onnx", skeleton=skeleton, model=str(model), detector=detector and str(detector))
    return OnnxBackend().estimate(frames, pose, subject or Subject())


@pytest.mark.parametrize("kind", ["heatmap", "simcc"])
@pytest.mark.parametrize("clip", ["dog_amble_pan", "dog_run_pan"])
@pytest.mark.slow
def test_joints_are_found_in_clips_that_the_model_was_not_trained_on(clips, toy, clip, kind):
    frames, truth = clips(clip)
    found = check_keypoints(estimate(frames, toy / f"{kind}.onnx", Subject(box=tuple(truth.boxes[0]))), clip)
    assert pck(found, truth) >= 0.97
    near, _ = hits(found, truth)
    off = found.keypoints[..., :2] - truth.keypoints[..., :2]
    # Half a pixel of the network's input, where a wrong half-cell or a swapped refinement would show.
    pixel = 1.25 * (truth.boxes[:, 2] - truth.boxes[:, 0]).mean() / SIZE[0]
    assert np.abs(off[near].mean(0)).max() < 0.5 * pixel
    assert np.median(np.linalg.norm(off[near], axis=-1)) < 0.05 * np.median(torso_lengths(truth))
    assert found.weights_digest == digest(toy / f"{kind}.onnx")
    assert found.backend == "onnx"


@pytest.mark.parametrize("clip", ["dog_amble", "dog_run"])
def test_without_a_box_what_moves_is_followed_both_ways(clips, toy, clip):
    frames, truth = clips(clip)
    found = estimate(frames, toy / "simcc.onnx")
    assert pck(found, truth) >= 0.97
    assert pck(*(replace(k, keypoints=k.keypoints[:10], times=k.times[:10]) for k in (found, truth))) >= 0.9


def test_a_loose_box_is_tightened(clips, toy):
    frames, truth = clips("dog_amble_pan")
    x0, y0, x1, y1 = truth.boxes[0]
    loose = Subject(box=(x0 - 60, y0 - 50, x1 + 20, y1 + 70))
    assert pck(estimate(frames, toy / "simcc.onnx", loose), truth) >= 0.97


def test_every_frame_rate_keeps_up(clips, toy):
    """At a fifth of the frame rate the dog moves by up to a third of its length from frame to frame."""
    frames, truth = clips("dog_run")
    every = slice(30, 90, 5)
    index = np.arange(len(frames.times))[every]
    slow = replace(frames, times=frames.times[every])
    object.__setattr__(slow, "picture", lambda i: frames.folder / f"{index[i]:06d}.jpg")
    part = replace(
        truth, keypoints=truth.keypoints[every], times=truth.times[every], boxes=truth.boxes[every]
    )
    box = tuple(truth.boxes[index[0]])
    assert pck(estimate(slow, toy / "simcc.onnx", Subject(box=box)), part) >= 0.95


def test_a_random_network_of_rtmposes_interface_runs(clips, tmp_path):
    frames, truth = clips("dog_amble")
    few = replace(frames, times=frames.times[:5])
    torch.manual_seed(0)
    model = export(
        SimCC(HeatMaps(), (192, 256)), tmp_path / "random.onnx", (192, 256), ["simcc_x", "simcc_y"]
    )
    found = estimate(few, model, Subject(box=tuple(truth.boxes[60])), skeleton="coco17")
    check_keypoints(found, "random")
    assert found.joint_names[0] == "nose"
    seen = found.keypoints[..., 2] > 0
    inside = (found.keypoints[seen][:, :2] >= 0).all() and (found.keypoints[seen][:, :2] < frames.size).all()
    assert seen.any() and inside


def test_nobody_there(clips, tmp_path):
    frames, truth = clips("dog_amble")
    few = replace(frames, times=frames.times[:3])
    nothing = export(
        Fixed(np.zeros((1, 17, 64, 64), np.float32)), tmp_path / "no.onnx", (256, 256), ["heatmap"]
    )
    with pytest.raises(UserError, match="no.onnx finds no joint at .* in frame 0 .*subject.box"):
        estimate(few, nothing, Subject(box=tuple(truth.boxes[60])))
    blind = export(Fixed(np.zeros((1, 1, 5), np.float32)), tmp_path / "blind.onnx", (64, 64), ["dets"])
    with pytest.raises(UserError, match="blind.onnx finds no quadruped in any of 3 frames"):
        estimate(few, nothing, detector=blind)
    still = replace(few)
    object.__setattr__(still, "picture", lambda i: frames.folder / "000000.jpg")
    with pytest.raises(UserError, match="nothing moves against a still background.*pose.detector"):
        estimate(still, nothing)


def test_the_detector_says_where_to_look(clips, toy, tmp_path):
    """The dog's box comes from a detector that sees a bright patch painted over its belly in one late frame."""
    import cv2

    frames, truth = clips("dog_amble")
    x0, y0, x1, y1 = truth.boxes[70].astype(int)
    marked = cv2.imread(str(frames.picture(70)))
    marked[y0:y1, x0:x1] = 255
    cv2.imwrite(str(tmp_path / "marked.jpg"), marked)
    asked = replace(frames)
    pictures = {70: iter([tmp_path / "marked.jpg"])}

    def picture(i):
        return next(pictures.get(i, iter(())), frames.folder / f"{i:06d}.jpg")

    object.__setattr__(asked, "picture", picture)
    detector = export(Brightest(16), tmp_path / "bright.onnx", (160, 96), ["dets", "labels"])
    assert pck(estimate(asked, toy / "simcc.onnx", detector=detector), truth) >= 0.97


def test_settings_that_cannot_work(clips, toy):
    frames, _ = clips("dog_amble")
    for box in ((500, 10, 400, 200), (970, 10, 990, 200)):
        with pytest.raises(UserError, match="is not x0, y0, x1, y1"):
            estimate(frames, toy / "simcc.onnx", Subject(box=box))
    with pytest.raises(
        UserError, match="unknown pose model 'rtmpose-m-ap1k'. Did you mean 'rtmpose-m-ap10k'"
    ):
        estimate(frames, "rtmpose-m-ap1k")
    with pytest.raises(UserError, match="unknown skeleton 'coco'"):
        estimate(frames, toy / "simcc.onnx", skeleton="coco")
