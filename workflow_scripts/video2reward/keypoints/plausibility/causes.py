"""Likely causes of an implausible skeleton or of no detection: view, size, darkness."""

from __future__ import annotations

import warnings

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.keypoints.following.foreground import movers
from video2reward.keypoints.pictures import read_picture
from video2reward.skeletons import Skeleton, skeleton

# Minimum height of a person, or longer side of an animal, that pose models need, px.
TALL = 60.0
# Mean width of shoulders and hips: in trunk lengths for humans, in leg lengths for animals (0.6 of the example
# figure's, as dogs are narrower). _LEG: an animal's leg length over its trunk length; a foreshortened trunk reveals
# an oblique view that the width alone, which varies with the breed, does not.
_BREADTH = {"coco17": 0.54, "ap10k": 0.45, "insect": 0.3, "spider": 0.3}
_LEG = 0.75
# Largest accepted angles, degrees, off the side view (ASIDE) and above or below it (ABOVE) if something else is wrong
# or the feet move by less than RARELY of the body's size; SURELY_ASIDE if nothing else is wrong. Pose models
# underestimate the shoulder width: figures seen 84 degrees off the side are measured at 57 to 62.
ASIDE, ABOVE, RARELY, SURELY_ASIDE = 52.0, 38.0, 0.2, 70.0
UPRIGHT = 0.5  # minimum fraction of upright frames for the view angles to be meaningful
# Minimum area of a moving object, fraction of the picture, in the search for small subjects.
_SPECK = 0.0005
# Fraction of frames without feet above which the legs are out of the picture.
_LEGLESS = 0.9
# Pictures with a lower 95th percentile of brightness (of 255) are too dark.
_DARK = 60.0
_LOOKS = 5  # pictures sampled for brightness


def view_figures(at: np.ndarray, kind: Skeleton) -> dict[str, float]:
    """Return the viewing angles and size of a body; NaN where unknown.

    at: (T, J, 2) px, NaN where unseen

    Returns aside: degrees off the side view, -90..90, positive from the front; above: degrees above or below it;
    height: px, diagonal of the joints' box; legless: fraction of frames with a trunk but no knee or foot.
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
    """Return the likely cause of a wrong skeleton and its remedy, "" if unknown; faulty: another check failed."""
    subject = skeleton(k.skeleton).subject
    height, aside, above = (found.get(name, 0.0) for name in ("height", "aside", "above"))
    if found.get("legless", 0.0) > _LEGLESS:
        return (
            f"only the {subject}'s upper body is in the picture: no knee or foot is seen in "
            f"{found['legless']:.0%} of the frames; film the whole body, from head to foot"
        )
    upright = min(found.get(name, 1.0) for name in ("right_way_up", "feet_below")) >= UPRIGHT
    doubtful = faulty or found.get("feet_move", 1.0) < RARELY
    if upright and abs(aside) > (ASIDE if doubtful else SURELY_ASIDE):
        where = "the front" if aside > 0 else "behind"
        return (
            f"the {subject} is seen from {where}, about {abs(aside):.0f} degrees off the side view, so leg motion along "
            "the path cannot be measured; film from the side, within 30 degrees, or trim the clip to where it passes"
        )
    if not faulty:
        return ""
    if 0 < height < TALL:
        return too_small(subject, height)
    if upright and above > ABOVE:
        return (
            f"the {subject} is seen from above or below, about {above:.0f} degrees off the horizontal; film from the "
            "side, at hip height"
        )
    return too_dark(frames)


def why_nobody(frames: Frames, subject: str) -> str:
    """Return why a model may have found nobody, and the remedy."""
    dark = too_dark(frames)
    if dark:
        return dark
    boxes = [box for _, box in movers(frames, _SPECK)]
    if not boxes:
        return (
            "nothing moves against a still background either, so there may be nobody: is it the right "
            f"clip, trimmed to where the {subject} is in view? If one is there but small, give its box in the "
            "first frame as subject.box"
        )
    tall = max(float((box[2:] - box[:2]).max()) for box in boxes)
    if tall < TALL:
        return too_small(f"the moving object, if it is a {subject},", tall)
    return (
        f"the model does not recognise what moves there, {tall:.0f} px tall. For an animal: pose.backend: onnx (or "
        f"markers) with pose.skeleton: ap10k, and a four-legged robot (robot: anymal_c). For a {subject} partly out of "
        "the picture, or seen from above: film the whole body from the side, or give its box in the first frame as "
        "subject.box"
    )


def too_small(who: str, height: float) -> str:
    """Return the sentence for a subject that is too small, height in px, with the remedy."""
    return (
        f"{who if ' ' in who else f'the {who}'} is too small: {height:.0f} px tall, at least {TALL:.0f} are needed; film "
        "from closer, or use a clip of higher resolution"
    )


def too_dark(frames: Frames) -> str:
    """Return a sentence if the pictures are too dark, else ""."""
    some = np.linspace(0, len(frames.times) - 1, _LOOKS).round().astype(int)
    bright = max(float(np.percentile(read_picture(frames, int(i), 4).mean(axis=-1), 95)) for i in some)
    if bright >= _DARK:
        return ""
    return (
        f"the pictures are too dark: 95 % of each is below {bright:.0f} of 255; brighten the clip "
        "(ffmpeg -vf eq=brightness=0.3:contrast=2) or film with more light"
    )
