"""The values of robot.yaml, and for each that the model did not give, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, place
from video2reward.importing.contacts import Contacts
from video2reward.importing.description import grouped
from video2reward.importing.drives import Drives
from video2reward.importing.stance import StandingPose
from video2reward.settings.motion import Reach
from video2reward.settings.robot import KeypointTable, Robot

_SPREAD = {4: 0.3, 2: 0.1}  # rad that episodes start from the default pose; of two legs a part of it
_ABOVE = 0.01  # m that episodes start above the stance
_FALLEN = 0.6  # of the standing height, of two legs
_ACTION = 0.5  # rad
_KINDS = {4: "four-legged", 2: "two-legged"}
_GOALS = {
    4: "to make the quadruped robot follow the commanded forward, sideways and turning velocities without falling, moving its "
    "legs as the animal in the video does",
    2: "to make the humanoid robot run straight ahead at the commanded speed without falling, moving its legs and arms as the "
    "person in the video does",
}
_FOR_LEGS = {
    4: {
        "reset_spread": f"Guessed: {_SPREAD[4]} rad at most.",
        "terminate_on_contact": "Guessed: trunk and thighs must not touch the ground.",
        "skeletons": "Hips and knees are the joints' axes; Neck and Root_of_tail lie between them.",
    },
    2: {
        "reset_spread": "Guessed: a robot on two legs barely balances.",
        "reach": "Guessed: people walk with nearly straight legs.",
        "terminate_on_contact": "Guessed: nothing but the feet must touch the ground.",
        "fall_height": f"Guessed: {_FALLEN:.0%} of the standing height.",
        "skeletons": "Hips, knees and arms are the joints' axes; feet are the ankles.",
    },
}


@dataclass(frozen=True)
class Found:
    """All that was found of a robot; model: the source's robot alone, before anything was added (mujoco.MjModel)."""

    model: Any
    given: Given
    body: Body
    stance: StandingPose
    contacts: Contacts
    feet: tuple[str, ...]
    table: KeypointTable


def robot_of(name: str, file: Path, found: Found, drives: Drives) -> Robot:
    """Return robot.yaml's values."""
    legs, stance = len(found.body.legs), found.stance
    mass = float(found.model.body(found.given.base).subtreemass[0])
    largest = max(map(abs, stance.pose.values()))
    return Robot(
        name=name,
        description=f"{name}, a {_KINDS[legs]} robot of {mass:.1f} kg with {len(found.given.joints)} driven joints",
        mjcf=f"{name}.xml",
        source=f"made from {file.name}, see SOURCE and LICENSE",
        task_description=_GOALS[legs],
        base=found.given.base,
        joints=found.given.joints,
        default_pose=stance.pose,
        spawn_height=round(stance.height + _ABOVE, 3),
        reset_spread=_SPREAD[2] if legs == 2 else round(min(0.5, _SPREAD[4] / max(largest, 1e-6)), 2),
        leg_length_m=round(_hip_height(found), 3),
        reach=Reach(extension=0.99, crouch=0.05) if legs == 2 else Reach(),
        stiffness=grouped(drives.stiffness),
        damping=grouped(drives.damping),
        action_scale=_ACTION,
        feet=found.feet,
        terminate_on_contact=found.contacts.forbidden,
        fall_height=round(_FALLEN * stance.height, 2) if legs == 2 else None,
        collision_bodies=found.contacts.counted,
        skeletons={found.body.skeleton: found.table},
    )


def comments_of(found: Found, drives: Drives, factor: float) -> dict[str, str]:
    """Return robot.yaml's key -> where its value comes from; `factor`: what the guessed gains were multiplied by."""
    own = _FOR_LEGS[len(found.body.legs)]
    comments = {
        "joints": "Action i moves joint i, in the model's order.",
        "default_pose": f"From {found.stance.origin}.",
        "spawn_height": f"Guessed: {_ABOVE * 100:g} cm above the stance.",
        "leg_length_m": "Hip axis above the ground in the default pose.",
        "action_scale": "Guessed.",
        "collision_bodies": "Guessed.",
        "stiffness": "From the model's position actuators.",
        **own,
    }
    if out := found.contacts.left_out:
        comments["collision_bodies"] += (
            f" Too near the ground in the default pose to count: {', '.join(out)}."
        )
    if drives.guessed_gains:
        changed = f", times {factor:g}, with which it stands" if factor != 1 else ""
        comments["stiffness"] = f"Guessed from weight, leg length and the stance{changed}."
        comments["damping"] = "Guessed from the joints' inertia, half of critical."
    if drives.guessed_limits:
        comments["action_scale"] += (
            " The torque limits in the MJCF (actuatorfrcrange) are guesses too: put the maker's there."
        )
    return comments


def _hip_height(found: Found) -> float:
    """Return the hips' height above the ground in the stance, m."""
    data = place(found.model, found.given, found.stance.pose)
    hips = [float(data.xanchor[leg.hip, 2]) for leg in found.body.legs]
    return found.stance.height + sum(hips) / len(hips)
