"""Keypoint sites on the robot's spec, and the skeleton's table in robot.yaml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, Chain, place, tip_of
from video2reward.importing.shapes import lowest, placed
from video2reward.importing.source import unused
from video2reward.importing.stance import StandingPose
from video2reward.settings.robot import KeypointTable, RobotLimb
from video2reward.skeletons import skeleton

_SIDEWAYS = 0.95  # a knee whose axis lies this much along y bends in the side view


def add_sites(
    spec: Any, model: Any, given: Given, body: Body, stance: StandingPose, notes: list[str]
) -> KeypointTable:
    """Add a site for each keypoint that the robot has a counterpart for, and return the table."""
    data = place(model, given, stance.pose)
    used = {site.name for site in spec.sites}

    def site(keypoint: str, on: int, at: np.ndarray) -> str:
        name = unused(keypoint, used)
        used.add(name)
        local = data.xmat[on].reshape(3, 3).T @ (at - data.xpos[on])
        spec.body(model.body(on).name).add_site(name=name, pos=local, group=4, size=[0.01, 0.01, 0.01])
        return name

    sites: dict[str, str | tuple[str, ...]] = {}
    limbs, scored = [], list[str]()
    if body.skeleton == "coco17":
        sites |= _arm_sites(model, data, given, body, site, notes)
        scored += [name for name in sites if not name.endswith("shoulder")]
    legs = {leg.name: leg for leg in body.legs}
    for limb in skeleton(body.skeleton).limbs:
        leg = legs[limb.name]
        foot, on = _foot(data, model, leg)
        sites[limb.hip] = site(limb.hip, int(model.jnt_bodyid[leg.hip]), data.xanchor[leg.hip])
        sites[limb.knee] = site(limb.knee, int(model.jnt_bodyid[leg.knee]), data.xanchor[leg.knee])
        sites[limb.foot] = site(limb.foot, on, foot)
        scored += [limb.knee, limb.foot]
        limbs.append(
            RobotLimb(
                name=limb.name,
                hip=limb.hip,
                knee=limb.knee,
                foot=limb.foot,
                lengths_m=_lengths(data, leg, foot),
            )
        )
    if body.skeleton == "ap10k":
        ends = {
            end: tuple(str(sites[f"{side}_{joint}"]) for side in "LR")
            for end, joint in (("Neck", "Shoulder"), ("Root_of_tail", "Hip"))
        }
        sites = {**ends, **sites}
    if any(limb.lengths_m is None for limb in limbs):
        notes.append("The legs do not bend in the side view; they are fitted by their joints, as the ant's.")
    return KeypointTable(sites=sites, scored=tuple(scored), limbs=tuple(limbs))


def _arm_sites(
    model: Any,
    data: Any,
    given: Given,
    body: Body,
    site: Callable[[str, int, np.ndarray], str],
    notes: list[str],
) -> dict[str, str]:
    """Add shoulders, elbows and wrists; without arms the shoulders alone, which the trunk's upper end needs."""
    if not body.arms:
        notes.append("No pair of arms was found: the shoulders are the trunk's top, and no arm is judged.")
        return _shoulders(model, data, given, body, site)
    found = {}
    for arm in body.arms:
        for word, joint in (("shoulder", arm.hip), ("elbow", arm.knee)):
            name = f"{arm.name}_{word}"
            found[name] = site(name, int(model.jnt_bodyid[joint]), data.xanchor[joint])
        wrist = data.xanchor[arm.ankle] if arm.ankle is not None else _farthest(model, data, arm)
        found[f"{arm.name}_wrist"] = site(f"{arm.name}_wrist", arm.end, wrist)
    return found


def _farthest(model: Any, data: Any, arm: Chain) -> np.ndarray:
    """Return the point of an arm's last body that is farthest from its elbow, (3,) m; of one without geoms its middle."""
    elbow = data.xanchor[arm.knee]
    geoms = [g for g in range(model.ngeom) if model.geom_bodyid[g] == arm.end]
    points = np.concatenate([data.xipos[[arm.end]], *(placed(model, data, g) for g in geoms)])
    return np.asarray(points[np.linalg.norm(points - elbow, axis=1).argmax()])


def _foot(data: Any, model: Any, leg: Chain) -> tuple[np.ndarray, int]:
    """Return a leg's last keypoint, (3,) m, and its body: the ankle of two legs, the foot of four."""
    if leg.ankle is not None:
        return np.asarray(data.xanchor[leg.ankle]), int(model.jnt_bodyid[leg.ankle])
    return tip_of(data, leg), int(model.geom_bodyid[leg.soles[0]])


def _lengths(data: Any, leg: Chain, foot: np.ndarray) -> tuple[float, float] | None:
    """Return hip to knee and knee to foot in the side view, m; None if the leg turns out of it."""
    axes = data.xaxis[[leg.hip, leg.knee]]
    if leg.hip == leg.knee or np.abs(axes[:, 1]).min() < _SIDEWAYS:
        return None
    places = np.array([data.xanchor[leg.hip], data.xanchor[leg.knee], foot])[:, [0, 2]]
    upper, lower = np.linalg.norm(np.diff(places, axis=0), axis=1)
    return round(float(upper), 4), round(float(lower), 4)


def _shoulders(
    model: Any, data: Any, given: Given, body: Body, site: Callable[[str, int, np.ndarray], str]
) -> dict[str, str]:
    """Put shoulders at the top of all that hangs on no leg, above the hips."""
    base = int(model.body(given.base).id)
    top = max(-_height(model, data, g) for g in range(model.ngeom) if model.geom_bodyid[g] == base)
    found = {}
    for leg in body.legs:
        at = data.xanchor[leg.hip].copy()
        at[2] = max(top, at[2] + 0.1)
        found[f"{leg.name}_shoulder"] = site(f"{leg.name}_shoulder", base, at)
    return found


def _height(model: Any, data: Any, geom: int) -> float:
    points = placed(model, data, geom)
    return -float(points[:, 2].max()) if len(points) else lowest(model, data, geom)
