"""Posture similarity: it covers what the gait distance misses, as that centres every joint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import trunk_ends
from video2reward.similarity.gait import GaitSimilarity, body_view, settled_from
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Allowance:
    """Allowed error of a figure: no penalty up to `free`, full penalty from `worst` on, linear between."""

    free: float
    worst: float

    def charge(self, error: np.ndarray) -> np.ndarray:
        """Return the penalty 0..1 of absolute errors, 0 for NaN."""
        return np.nan_to_num(np.clip((np.abs(error) - self.free) / (self.worst - self.free), 0.0, 1.0))


# The good gaits in docs/similarity.md are off by at most 1 degree and 0.02 leg lengths, which is free. 10 degrees of
# lean or a crouch of 0.1 leg lengths cost a quarter of the similarity, more than any of these gaits loses against the
# motion in reach (13 to 20 %). Knees get twice the allowance, as they also bend with foot lift, which the gait distance
# covers.
ALLOWANCES = {
    "lean": Allowance(5.0, 25.0),
    "legs": Allowance(5.0, 25.0),
    "knees": Allowance(10.0, 50.0),
    "hip_height": Allowance(0.05, 0.25),
}
NEAR_ENOUGH = 0.01
"""A figure with a penalty, averaged over agents, of at most this counts as right."""
APART = 30.0
"""Degrees between the legs from which on some point ahead and others behind, as an insect's, and a mean says nothing."""
UNITS = {"lean": "degrees", "legs": "degrees", "knees": "degrees", "hip_height": "standing leg lengths"}
DEFINITIONS = {
    "lean": "Angle of the trunk in side view from where it is when the robot stands, degrees, positive forward (a head "
    "ahead of the hips, a nose down); mean over the steps. Wanted: of people, the clip's angle between the line from "
    "hips to shoulders and the vertical; of animals 0, since the line from tail to neck has a slope of its own that no "
    "clip tells.",
    "legs": "Angle of the line from hip to foot in side view from straight down, degrees, positive with the foot ahead; "
    "mean over the steps. Wanted: that of the motion in the robot's reach.",
    "knees": "Angle in side view by which a knee or elbow is bent, degrees, 0 for a straight leg; mean over the steps. "
    "Wanted: that of the motion in reach.",
    "hip_height": "Height of the hips (mean over the legs) above the lowest foot, 1 where the robot stands; mean over the "
    "steps. Less is a crouch. Wanted: that of the motion in reach.",
    "charge": "0 to 1, mean over the agents that stayed up of the largest charge among lean, legs, knees and hip_height; 1 "
    "if none stayed up. Of each, nothing up to "
    + ", ".join(f"{a.free:g} ({name})" for name, a in ALLOWANCES.items())
    + " off, all from "
    + ", ".join(f"{a.worst:g}" for a in ALLOWANCES.values())
    + " on, linearly between; of legs and knees the mean over limbs of the absolute error.",
    "distance": "The gait distance moved by the charge towards that of a robot that stands still: what selection goes by.",
}


@dataclass(frozen=True)
class Posture:
    """Means over a stride. lean, legs, knees: degrees, by limb; hip_height: standing leg lengths (DEFINITIONS)."""

    lean: float
    legs: dict[str, float]
    knees: dict[str, float]
    hip_height: float

    def mean(self, part: str) -> float:
        """Return a figure, averaged over limbs for legs and knees; NaN if missing."""
        value = getattr(self, part)
        return _mean(list(value.values())) if isinstance(value, dict) else value


@dataclass(frozen=True)
class PostureSimilarity:
    """A robot's posture compared with its target.

    robot: mean over the agents that stayed up, NaN without any; wanted: target from the clip
    errors: robot minus wanted, averaged over limbs for legs and knees; charges: part -> penalty 0..1, mean over agents
    charge: 0..1; distance: gait distance including it, body lengths per aligned sample; agents: number that stayed up
    """

    robot: Posture
    wanted: Posture
    errors: dict[str, float]
    charges: dict[str, float]
    charge: float
    distance: float
    agents: int

    def as_dict(self) -> dict[str, Any]:
        """Return the figures with their definitions and units, for JSON."""
        return {"definitions": DEFINITIONS, "units": UNITS, **asdict(self)}


def posture_similarity(rollout: Rollout, reference: Reference, gait: GaitSimilarity) -> PostureSimilarity:
    """Compare the posture of the agents that stayed up, without their first strides, with the target."""
    body = body_view(rollout, reference)[~rollout.fell]
    body = body[:, settled_from(body.shape[1], rollout.dt, reference.period_s) :]
    limbs, wanted = _limbs(reference), wanted_posture(reference)
    found = _measure(body, reference, _trunk(reference.standing, reference))
    errors = {
        "lean": found["lean"] - wanted.lean,
        "legs": found["legs"] - list(wanted.legs.values()),
        "knees": found["knees"] - list(wanted.knees.values()),
        "hip_height": found["hip_height"] - wanted.hip_height,
    }
    sizes = {part: _over_limbs(np.abs(error)) for part, error in errors.items()}
    charges = {part: ALLOWANCES[part].charge(size) for part, size in sizes.items()}
    charge = float(np.max(list(charges.values()), axis=0).mean()) if len(body) else 1.0
    return PostureSimilarity(
        robot=_posture(found, limbs),
        wanted=wanted,
        errors={part: _mean(_over_limbs(error)) for part, error in errors.items()},
        charges={part: _mean(values) for part, values in charges.items()},
        charge=charge,
        distance=gait.distance + charge * max(0.0, gait.standing - gait.distance),
        agents=len(body),
    )


def wanted_posture(reference: Reference) -> Posture:
    """Return the target posture: the clip's lean (for humans), and the posture of the motion in reach."""
    found = _measure(reference.cycle[None], reference, _trunk(reference.standing, reference))
    if skeleton(reference.skeleton).subject == "human":
        found["lean"] = _measure(reference.target[None], reference, np.array([0.0, 1.0]))["lean"]
    return _posture(found, _limbs(reference))


def clip_knees(reference: Reference) -> float:
    """Return the knee bend of the clip's subject, degrees, mean over limbs and the stride."""
    return _mean(_measure(reference.target[None], reference, np.array([0.0, 1.0]))["knees"])


def _measure(body: np.ndarray, reference: Reference, upright: np.ndarray) -> dict[str, np.ndarray]:
    """Return lean (A,), legs (A, L), knees (A, L) and hip_height (A,) of (A, T, J, 2), averaged over steps."""
    limbs = _limbs(reference)
    trunk = _trunk(body, reference)
    turned = upright[1] * trunk[..., 0] - upright[0] * trunk[..., 1]
    hips, knees, feet = (body[..., [rows[i] for rows in limbs.values()], :] for i in range(3))
    legs, thighs, shanks = feet - hips, knees - hips, feet - knees
    bent = np.abs(thighs[..., 0] * shanks[..., 1] - thighs[..., 1] * shanks[..., 0])
    standing = reference.standing[None, None]
    return {
        "lean": _mean_angle(turned, trunk @ upright),
        "legs": _mean_angle(legs[..., 0], -legs[..., 1]),
        "knees": _mean_angle(bent, (thighs * shanks).sum(axis=-1)),
        "hip_height": _clearance(body, limbs) / _clearance(standing, limbs),
    }


def _clearance(body: np.ndarray, limbs: Mapping[str, Sequence[int]]) -> np.ndarray:
    """Return the mean height of the hips above the lowest foot, (A,), of (A, T, J, 2); NaN without limbs."""
    if not limbs:
        return np.full(len(body), np.nan)
    hips, feet = (body[..., [rows[i] for rows in limbs.values()], 1] for i in (0, 2))
    return np.asarray((hips.mean(axis=-1) - feet.min(axis=-1)).mean(axis=1))


def _trunk(body: np.ndarray, reference: Reference) -> np.ndarray:
    """Return the trunk's vector from back to front, (..., 2), of (..., J, 2)."""
    front, back = trunk_ends(body, reference.keypoint_names, skeleton(reference.skeleton))
    return front - back


def _limbs(reference: Reference) -> dict[str, tuple[int, int, int]]:
    """Return limb -> rows of hip, knee and foot, for limbs with all three joints."""
    own = {limb.name: limb for limb in skeleton(reference.skeleton).limbs}
    names = reference.keypoint_names
    found = {}
    for name, foot in zip(reference.limb_names, reference.foot_names, strict=True):
        joints = (own[name].hip, own[name].knee, foot)
        if all(joint in names for joint in joints):
            found[name] = (names.index(joints[0]), names.index(joints[1]), names.index(joints[2]))
    return found


def _posture(found: Mapping[str, np.ndarray], limbs: Mapping[str, Any]) -> Posture:
    """Return the posture averaged over agents."""
    legs, knees = (
        {name: _mean(found[part][:, i]) for i, name in enumerate(limbs)} for part in ("legs", "knees")
    )
    return Posture(_mean(found["lean"]), legs, knees, _mean(found["hip_height"]))


def _mean_angle(across: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Return the circular mean over axis 1 of the angles atan2(across, along), degrees."""
    turns = np.exp(1j * np.arctan2(across, along))
    return np.degrees(np.angle(turns.mean(axis=1)))


def _over_limbs(values: np.ndarray) -> np.ndarray:
    """Return the mean over limbs of (A, L), NaN without limbs; (A,) unchanged."""
    if values.ndim == 1:
        return values
    return values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
