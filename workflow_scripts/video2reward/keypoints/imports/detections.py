"""Converting a file's detections to keypoints of named joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from video2reward.errors import UserError
from video2reward.keypoints.imports.individuals import Detection, linked
from video2reward.keypoints.imports.numbering import Numbering
from video2reward.keypoints.imports.recording import Recording
from video2reward.settings.video import Pose
from video2reward.skeletons import skeleton

COCO17_FIRST = (26, 133, 136)  # joints of Halpe and COCO-WholeBody, which begin with COCO's 17


def recorded(
    found: Sequence[Detection],
    span: tuple[int, int],
    names: tuple[str, ...],
    pose: Pose,
    path: Path,
    numbering: Numbering,
    size: tuple[int, int] | None = None,
) -> Recording:
    """Return the keypoints of all individuals in the frames of `span`, ends included.

    names: joint names (J,); if empty, the skeleton's

    Raises:
        UserError: no detections, or a wrong number of joints
    """
    if not found:
        raise UserError(f"{path} holds no subject in any frame; run your pose estimation again")
    joints = names or skeleton(pose.skeleton).joints
    counts = sorted({len(d.joints) for d in found})
    if not names and pose.skeleton == "coco17" and len(counts) == 1 and counts[0] in COCO17_FIRST:
        found = [replace(d, joints=d.joints[: len(joints)]) for d in found]
    elif counts != [len(joints)]:
        raise UserError(
            f"{path}: {counts[-1]} keypoints per subject, but {len(joints)} joints "
            + ("are named in it" if names else f"in pose.skeleton {pose.skeleton}, and the file names none")
        )
    keypoints, who, doubled = linked(found, span)
    return Recording(keypoints, joints, who, numbering, size=size, doubled=doubled)
