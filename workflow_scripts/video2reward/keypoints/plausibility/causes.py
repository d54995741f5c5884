"""Why a skeleton is no body's, or why nobody was found: what was filmed wrongly, told by evidence."""

from __future__ import annotations

import warnings

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.keypoints.following.foreground import movers
from video2reward.keypoints.pictures import read_picture
from video2reward.skeletons import Skeleton, skeleton

# px from head to foot of a person, and of an animal's longer side, that pose models can do with.
TALL = 60.0
# Half the distance of shoulders and of hips together, trunk lengths, of people; of animals of the lengths of their legs
# (0.6 of the figure's, dogs are narrower), whose legs are that many trunks long from the side: a trunk seen shorter
# tells what the breadth alone, that differs from breed to breed, does not.
_BREADTH = {"coco17": 0.54, "ap10k": 0.45}
_LEG = 0.75
# Degrees off the side view, and above or below it, from which on nothing is measured where something else is at fault
# or the feet move by less than this part of the body's size; with nothing else at fault. Pose models put shoulders
# nearer to each other than they are: of figures seen from 84 degrees aside, 57 to 62 are left.
ASIDE, ABOVE, RARELY, SURELY_ASIDE = 52.0, 38.0, 0.2, 70.0
UPRIGHT = 0.5  # part of the frames in which a body is the right way up, so that its view is one
# What moves and is a smaller part of the picture is nothing, where somebody small is looked for.
_SPECK = 0.0005
# Part of the frames that show the body in which no foot is: the legs are not in the picture.
_LEGLESS = 0.9
# Pictures whose brightest twentieth is darker show nobody, of 255.
_DARK = 60.0
_LOOKS = 5  # pictures whose brightness is looked at


def view_figures(at: np.ndarray, kind: Skeleton) -> dict[str, float]:
    """Return from where a body is seen; what cannot be told is NaN.

    at: (T, J, 2) px, NaN where unseen

    aside: degrees off the side view, -90..90, positive from the front; above: degrees above or below it; height: px,
    of the joints' box, the longer side; legless: part of the frames with a trunk in which no knee or foot is seen
    """
    hips = [kind.index(limb.hip) for limb in kind.limbs]
    shoulders = [kind.index(joint) for joint in kind.front] if kind.subject == "human" else []
    lefts, rights = (shoulders[::2] + hips[::2], shoulders[1::2] + hips[1::2])
    legs = [kind.index(joint) for limb in kind.limbs for joint in (limb.knee, limb.foot)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never seen
        front, back = (
            np.nanmean(at[:, [kind.index(j) for j in end]], axis=1) for end in (kind.front, kind.back)
        )
        apart = np.nanmedian(at[:, lefts] - at[:, rights], axis=0).mean(axis=0)
        unit = trunk = float(np.nanmedian(np.linalg.norm(front - back, axis=-1)))
        if kind.subject != "human":
            hip, knee, foot = (
                at[:, [kind.index(getattr(limb, part)) for limb in kind.limbs]]
                for part in ("hip", "knee", "foot")
            )
            unit = float(np.nanmedian(np.linalg.norm([knee - hip, foot - knee], axis=-1), axis=(1, 2)).sum())
        box = np.nanmax(at, axis=1) - np.nanmin(at, axis=1)
        height = float(np.nanmedian(np.linalg.norm(box, axis=-1)))
    body = np.asarray(np.isfinite(front).all(axis=-1))
    legless = ~np.isfinite(at[:, legs, 0]).any(axis=1)
    across, up = apart / max(unit, 1e-9) / _BREADTH[kind.name]
    if kind.subject == "human":
        aside = np.arcsin(np.clip(across, -1, 1))
    else:
        aside = np.arctan2(across, min(1.0, _LEG * trunk / max(unit, 1e-9)))
    return {
        "aside": float(np.degrees(aside)),
        "above": float(np.degrees(np.arctan(abs(up)))),
        "height": height,
        "legless": float(legless[body].mean()) if body.any() else float("nan"),
    }


def cause_of(k: Keypoints, frames: Frames, found: dict[str, float], faulty: bool) -> str:
    """Return why the skeleton is wrong, with the way out, "" where nothing is known; faulty: something else is wrong."""
    subject = skeleton(k.skeleton).subject
    height, aside, above = (found.get(name, 0.0) for name in ("height", "aside", "above"))
    if found.get("legless", 0.0) > _LEGLESS:
        return (
            f"only the {subject}'s upper body is in the picture: no knee and no foot is seen in "
            f"{found['legless']:.0%} of the frames; film it whole, from head to foot"
        )
    upright = min(found.get(name, 1.0) for name in ("right_way_up", "feet_below")) >= UPRIGHT
    doubtful = faulty or found.get("feet_move", 1.0) < RARELY
    if upright and abs(aside) > (ASIDE if doubtful else SURELY_ASIDE):
        where = "the front" if aside > 0 else "behind"
        return (
            f"the {subject} is seen from {where}, about {abs(aside):.0f} degrees off the side; what legs do along "
            "the path cannot be measured so: film from the side, within 30 degrees, or trim the clip to where it passes"
        )
    if not faulty:
        return ""
    if 0 < height < TALL:
        return too_small(subject, height)
    if upright and above > ABOVE:
        return (
            f"the {subject} is seen from above or below, about {above:.0f} degrees off the level; film from the "
            "side, at the height of its hips"
        )
    return too_dark(frames)


def why_nobody(frames: Frames, subject: str) -> str:
    """Return why a model may have found nobody, with the way out."""
    dark = too_dark(frames)
    if dark:
        return dark
    boxes = [box for _, box in movers(frames, _SPECK)]
    if not boxes:
        return (
            "nothing moves before a background that stands still either, so there may be nobody: is it the right "
            f"clip, and trimmed to where the {subject} is in view? If one is there but small, give its box in the "
            "first frame as subject.box"
        )
    tall = max(float((box[2:] - box[:2]).max()) for box in boxes)
    if tall < TALL:
        return too_small(f"what moves, if it is a {subject},", tall)
    return (
        f"what moves there, {tall:.0f} px tall, is none that the model knows. An animal: pose.backend: onnx (or "
        f"markers) with pose.skeleton: ap10k, and a robot on four legs (robot: anymal_c). A {subject} that is partly in "
        "the picture, or seen from above: film it whole and from the side; or give its box in the first frame as "
        "subject.box"
    )


def too_small(who: str, height: float) -> str:
    """Say that somebody is too small, px, and the way out."""
    return (
        f"{who if ' ' in who else f'the {who}'} is too small: {height:.0f} px tall, at least {TALL:.0f} are needed; film "
        "from nearer, or take the clip with more pixels"
    )


def too_dark(frames: Frames) -> str:
    """Return a sentence if the pictures are too dark to show anybody, else ""."""
    some = np.linspace(0, len(frames.times) - 1, _LOOKS).round().astype(int)
    bright = max(float(np.percentile(read_picture(frames, int(i), 4).mean(axis=-1), 95)) for i in some)
    if bright >= _DARK:
        return ""
    return (
        f"the pictures are too dark: 95 % of each is below {bright:.0f} of 255; brighten the clip "
        "(ffmpeg -vf eq=brightness=0.3:contrast=2) or film with more light"
    )
