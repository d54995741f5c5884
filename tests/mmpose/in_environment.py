"""What the tests do inside mmpose's own environment: `python in_environment.py FUNCTION ARGUMENTS`."""

import json
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow_scripts"))

import numpy as np
import torch

from video2reward.keypoints.mmpose.model import config_path, mmpose_apis, open_model
from video2reward.skeletons import skeleton

TOY = Path(__file__).with_name("toy_config.py")


def build(config, seed=0):
    """A model of random weights that finds joints, whatever it sees."""
    from mmengine.logging import MMLogger

    MMLogger.get_current_instance().setLevel("ERROR")
    torch.manual_seed(seed)
    model = mmpose_apis().init_model(str(config_path(config)), None, device="cpu")
    if hasattr(model.head, "final_layer") and not hasattr(model.head, "cls_x"):
        torch.nn.init.constant_(model.head.final_layer.bias, 0.5)
    return model


def random(config, out, seed="0", old="new"):
    """Save random weights as mmengine does with what training leaves beside them, or as mmpose 0.x did."""
    from mmengine.logging import HistoryBuffer
    from mmengine.runner import save_checkpoint

    model = build(config, int(seed))
    weights = model.state_dict()
    meta = {"dataset_meta": model.dataset_meta, "loss": HistoryBuffer([1.0], [1]), "cfg": model.cfg}
    if old == "new":
        save_checkpoint({"state_dict": weights, "meta": meta}, out)
    else:
        renamed = {name.replace("head.", "keypoint_head."): value for name, value in weights.items()}
        torch.save({"state_dict": renamed, "meta": meta}, out, _use_new_zipfile_serialization=False)


def train(examples, out, steps="250"):
    """Fit the toy's heat maps to pictures and maps of an .npz file."""
    from mmengine.runner import save_checkpoint

    torch.set_num_threads(1)  # so small a network is faster so
    data = np.load(examples)
    pictures, maps = torch.tensor(data["pictures"]), torch.tensor(data["maps"])
    model = build(str(TOY)).train()
    torch.nn.init.zeros_(model.head.final_layer.bias)
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=int(steps))
    generator = torch.Generator().manual_seed(0)
    for _ in range(int(steps)):
        batch = torch.randint(len(pictures), (8,), generator=generator)
        found = model.head(model.backbone(pictures[batch]))
        loss = ((found - maps[batch]) ** 2 * (1 + 40 * maps[batch])).sum((2, 3)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    save_checkpoint({"state_dict": model.state_dict(), "meta": {}}, out)
    print(json.dumps({"loss": float(loss)}))


def mirrored(config, checkpoint, name):
    """How far the joints of a mirrored picture lie from the mirrored joints, px of the input, median, by flip test."""
    bones, rng = skeleton(name), np.random.default_rng(0)
    picture = rng.integers(0, 255, (30, 40, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    box = np.array([200.0, 100.0, 440.0, 420.0])
    other = np.array([640 - box[2], box[1], 640 - box[0], box[3]])
    model = open_model(config, Path(checkpoint), bones, 1)
    width, height = model.model.cfg.codec.input_size
    extent = 1.25 * max(box[2] - box[0], (box[3] - box[1]) * width / height)
    pairs = model.model.dataset_meta["flip_indices"]
    found = {}
    for flip in (False, True):
        model.model.test_cfg["flip_test"] = flip
        a, b = model(picture, box), model(np.ascontiguousarray(picture[:, ::-1]), other)[pairs]
        b[:, 0] = 639 - b[:, 0]
        both = (a[:, 2] > 0) & (b[:, 2] > 0)
        away = np.linalg.norm(a[both, :2] - b[both, :2], axis=-1)
        found[str(flip)] = float(np.median(away)) * width / extent
        found[f"seen {flip}"] = int(both.sum())
    print(json.dumps(found))


def speed(config, name):
    """Processor time a frame of 640x480 px takes with one thread, s, median of ten, after two."""
    import tempfile
    import time

    with tempfile.TemporaryDirectory() as folder:
        random(config, f"{folder}/a.pth")
        model = open_model(config, Path(folder) / "a.pth", skeleton(name), 1)
    picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    times = []
    for _ in range(12):
        start = time.process_time()
        model(picture, np.array([200.0, 100.0, 440.0, 420.0]))
        times.append(time.process_time() - start)
    print(json.dumps({"s a frame": round(float(np.median(times[2:])), 3)}))


def stand_ins():
    """What happens when something that is not installed is called."""
    mmpose_apis()
    from mmcv.ops import DeformConv2d
    from xtcocotools.coco import COCO

    messages = []
    for call in (lambda: DeformConv2d(3, 3, 3)(torch.zeros(1, 3, 8, 8), torch.zeros(1, 18, 6, 6)), COCO):
        try:
            call()
        except RuntimeError as error:
            messages.append(str(error))
    print(json.dumps(messages))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    globals()[sys.argv[1]](*sys.argv[2:])
