"""Project a motion capture recording to a virtual camera's side view, as keypoints for the import backend.

The recording has one line per frame with x, y, z in m of each joint, y up, as in the data of
google-research/motion_imitation; JOINTS maps its columns to AP-10K joints.

    python benchmarks/mocap_to_keypoints.py --mocap dog_walk00_joint_pos.txt --frames 150 400 --out keypoints.h5
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow_scripts"))

from video2reward.artifacts.io import provenance
from video2reward.artifacts.keypoints import Keypoints, write_keypoints
from video2reward.errors import UserError
from video2reward.geometry import side_view, travel_heading
from video2reward.jobs.script import run_script
from video2reward.skeletons import AP10K

# AP-10K joint -> the recording's joint; the eyes are not in it.
JOINTS = {
    "Nose": 5, "Neck": 3, "Root_of_tail": 0,
    "L_Shoulder": 7, "L_Elbow": 8, "L_F_Paw": 10, "R_Shoulder": 12, "R_Elbow": 13, "R_F_Paw": 15,
    "L_Hip": 16, "L_Knee": 17, "L_B_Paw": 19, "R_Hip": 20, "R_Knee": 21, "R_B_Paw": 23,
}  # fmt: skip
FPS = 60.0
PIXELS_PER_METRE = 200.0
MARGIN_PX = 60.0


def read_mocap(path: Path, first: int, last: int) -> np.ndarray:
    """Read frames first..last (included, from 0) -> (T, joints, 3) m, x forward-left-up as the world has it."""
    if not path.exists():
        raise UserError(f"{path} does not exist")
    rows = np.array([line.replace(",", " ").split() for line in path.read_text().splitlines()], float)
    if not 0 <= first < last < len(rows):
        raise UserError(f"{path} has frames 0..{len(rows) - 1}; frames {first} {last} are not within them")
    points = rows[first : last + 1].reshape(last + 1 - first, -1, 3)
    return points[..., [2, 0, 1]]  # z forward, x left, y up in the file


def hip_height(points: np.ndarray) -> float:
    """Return the mean height of the hips (T, joints, 3) over the lowest a toe comes, m."""
    hips, toes = ([JOINTS[f"{side}_{joint}"] for side in "LR"] for joint in ("Hip", "B_Paw"))
    return float(points[:, hips, 2].mean() - np.percentile(points[:, toes, 2], 1))


def film(points: np.ndarray, degrees: float = 0.0) -> Keypoints:
    """Look at the recording (T, joints, 3) square to its travel, or at an angle to that, from afar."""
    names = list(JOINTS)
    heading = travel_heading(points[:, JOINTS["Root_of_tail"]], 0.0, 0.0)
    heading += float(np.radians(degrees))
    flat = side_view(points[:, [JOINTS[name] for name in names]], np.full(len(points), heading))
    pixels = flat * [PIXELS_PER_METRE, -PIXELS_PER_METRE]
    pixels += MARGIN_PX - pixels.min(axis=(0, 1))
    size = np.ceil(pixels.max(axis=(0, 1)) + MARGIN_PX).astype(int)
    keypoints = np.full((len(points), len(AP10K.joints), 3), np.nan)
    keypoints[..., 2] = 0.0
    for column, name in enumerate(names):
        keypoints[:, AP10K.index(name), :2] = pixels[:, column]
        keypoints[:, AP10K.index(name), 2] = 1.0
    low, high = pixels.min(axis=1) - MARGIN_PX / 3, pixels.max(axis=1) + MARGIN_PX / 3
    return Keypoints(
        keypoints=keypoints,
        times=np.arange(len(points)) / FPS,
        joint_names=AP10K.joints,
        skeleton=AP10K.name,
        size=(int(size[0]), int(size[1])),
        boxes=np.concatenate([low, high], axis=1),
        backend="mocap",
    )


def main() -> None:
    """Convert one recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True)
    parser.add_argument("--frames", type=int, nargs=2, required=True, metavar=("FIRST", "LAST"))
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    points = read_mocap(args.mocap, *args.frames)
    keypoints = film(points)
    parameters = {"frames": args.frames, "pixels_per_metre": PIXELS_PER_METRE}
    origin = provenance({"mocap": args.mocap}, parameters)
    write_keypoints(args.out, Keypoints(**{**vars(keypoints), "provenance": origin}))
    print(
        f"{args.out}: {len(keypoints.times)} frames at {FPS:g} /s, {keypoints.size[0]} x {keypoints.size[1]} px; "
        f"subject.leg_length_m: {hip_height(points):.2f}"
    )


if __name__ == "__main__":
    run_script(main)
