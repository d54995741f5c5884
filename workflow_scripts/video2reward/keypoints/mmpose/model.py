"""An mmpose pose model, built from a configuration and a checkpoint: picture and box in, joints out."""

from __future__ import annotations

import difflib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.mmpose.checkpoint import read_weights
from video2reward.keypoints.mmpose.stand_ins import allow_imports
from video2reward.skeletons import Skeleton

CONFIGS = ".mim/configs"  # in mmpose's wheel
INCIDENTAL = "num_batches_tracked"  # counted in training only


@dataclass(frozen=True)
class MmposeModel:
    """A loaded top-down model; cropping, test-time flipping and decoding follow its configuration."""

    model: Any

    def __call__(self, picture: np.ndarray, box: np.ndarray, zoom: float = 1.0) -> np.ndarray:
        """Return joints (J, 3), px of the picture and confidence 0..1, of the subject in the box (4,).

        Joints outside the picture (H, W, 3), uint8 BGR, are unseen: NaN, NaN, 0.
        zoom: enlargement of the box
        """
        centre, half = (box[:2] + box[2:]) / 2, zoom * np.maximum(box[2:] - box[:2], 1.0) / 2
        where = np.concatenate([centre - half, centre + half])[None].astype(np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # mmpose was written for earlier versions of torch
            found = mmpose_apis().inference_topdown(self.model, picture, where)[0].pred_instances
        score = np.clip(np.asarray(found.keypoint_scores[0], float), 0.0, 1.0)
        joints = np.column_stack([np.asarray(found.keypoints[0], float), score])
        height, width = picture.shape[:2]
        inside = ((joints[:, :2] >= 0) & (joints[:, :2] <= (width - 1, height - 1))).all(1)
        joints[~(inside & (score > 0))] = (np.nan, np.nan, 0.0)
        return joints


def mmpose_apis() -> ModuleType:
    """Import `mmpose.apis` without its version warnings."""
    # Passive waiting, as the cores may have other work: with two threads on two busy cores RTMPose-m takes 0.2 s
    # per frame like this, 4 s with spinning. Takes effect only before the first import of torch.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    allow_imports()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mmpose.apis

    return mmpose.apis  # type: ignore[no-any-return]


def open_model(config: str, checkpoint: Path, skeleton: Skeleton, threads: int) -> MmposeModel:
    """Load a model onto the GPU if torch finds one, else onto the CPU.

    config: name of a configuration in mmpose's wheel, or path of a .py file

    Raises:
        UserError: the configuration is unknown, not top-down or of another skeleton, or does not fit the checkpoint
    """
    apis = mmpose_apis()
    import torch
    from mmengine.config import Config
    from mmengine.logging import MMLogger

    MMLogger.get_current_instance().setLevel("ERROR")
    torch.set_num_threads(threads)
    path = config_path(config)
    weights = read_weights(checkpoint)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            settings = Config.fromfile(str(path))
            model = apis.init_model(settings, None, device="cpu")
        except UserError:
            raise
        except Exception as error:  # a configuration is a program and may raise anything
            raise UserError(
                f"{path} is not a configuration from which mmpose {_version()} builds a pose model: "
                f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            ) from None
    if settings.model.type != "TopdownPoseEstimator":
        raise UserError(
            f"{path} describes a {settings.model.type}, not a TopdownPoseEstimator; choose another configuration"
        )
    _check_joints(model, skeleton, path)
    _fill(model, weights, path, checkpoint)
    return MmposeModel(model.to("cuda" if torch.cuda.is_available() else "cpu").eval())


def config_path(config: str) -> Path:
    """Return a configuration's file, given its path or its name in mmpose's wheel.

    Raises:
        UserError: no such file or name; the message suggests similar names
    """
    if config.endswith(".py") and Path(config).exists():
        return Path(config)
    folder = Path(mmpose_apis().__file__ or "").parents[1] / CONFIGS
    known = {path.stem: path for path in folder.rglob("*.py") if "_base_" not in path.parts}
    name = config.removesuffix(".py")
    if name not in known:
        near = difflib.get_close_matches(name, known, 3)
        raise UserError(
            f"pose.config: {config} is neither a .py file nor a configuration of mmpose {_version()}"
            f"{'; similar: ' + ', '.join(near) if near else ''}; all {len(known)} are in {folder}"
        )
    return known[name]


def _check_joints(model: Any, skeleton: Skeleton, path: Path) -> None:
    names = model.dataset_meta["keypoint_id2name"]
    found = tuple(str(names[i]).replace(" ", "_") for i in sorted(names))
    if found != skeleton.joints:
        raise UserError(
            f"{path.name} finds {len(found)} joints of {model.dataset_meta['dataset_name']} ({', '.join(found[:4])}, "
            f"...), pose.skeleton {skeleton.name} has {len(skeleton.joints)} ({', '.join(skeleton.joints[:4])}, ...); "
            "correct pose.skeleton, or choose another model"
        )


def _fill(model: Any, weights: dict[str, Any], path: Path, checkpoint: Path) -> None:
    """Load weights into the model; names from mmpose 0.x are accepted, another model's are a `UserError`."""
    wrong = f"{checkpoint} is not a checkpoint of {path.name}"
    way_out = (
        "give the configuration that it was trained with as pose.config, or another checkpoint as pose.model"
    )
    try:
        missing, unexpected = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:  # torch says so of shapes that differ
        first = next(
            (line for line in str(error).splitlines() if "size mismatch" in line), str(error)
        ).strip()
        raise UserError(f"{wrong}: {first}; {way_out}") from None
    missing = [name for name in missing if not name.endswith(INCIDENTAL)]
    if missing:
        raise UserError(
            f"{wrong}: {len(missing)} of {len(model.state_dict())} weights are missing ({missing[0]}, ...), "
            f"{len(unexpected)} others are unexpected{f' ({unexpected[0]}, ...)' if unexpected else ''}; {way_out}"
        )
    if unexpected:
        print(
            f"{checkpoint.name}: {len(unexpected)} weights are not used by {path.name}, for example {unexpected[0]}"
        )


def _version() -> str:
    import mmpose

    return str(mmpose.__version__)
