"""A refusal names what was filmed wrongly, by evidence."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.errors import UserError
from video2reward.keypoints.plausibility import causes
from video2reward.keypoints.plausibility.causes import TALL, cause_of, too_dark, why_nobody
from video2reward.keypoints.plausibility.plausible import body_figures, check_plausible, sure_joints
from video2reward.skeletons import skeleton


def made(species="human", gait="walk", **condition):
    return make_case(species, GAITS[species, gait], Condition("case", noise=0.01, **condition)).keypoints


def at(k, xy):
    return replace(k, keypoints=np.concatenate([xy, k.keypoints[..., 2:]], axis=-1))


def why(k, frames, faulty=True):
    return cause_of(k, frames, body_figures(k, sure_joints(k)), faulty)


@pytest.fixture
def frames(clips):
    return clips("human_walk")[0]


@pytest.mark.parametrize(("angle", "where"), [(-85.0, "the front"), (85.0, "behind")])
@pytest.mark.parametrize("faulty", [True, False])
def test_the_front_and_the_back_are_named(frames, angle, where, faulty):
    k = made(angle=angle)
    figures = body_figures(k, sure_joints(k))
    assert abs(figures["aside"]) == pytest.approx(85, abs=10)
    said = why(k, frames, faulty)
    assert f"seen from {where}" in said and "film from the side" in said
    with pytest.raises(UserError, match=f"seen from {where}.*pose.accept: true"):
        check_plausible(k, frames, accept=False)
    assert check_plausible(k, frames, accept=True)["aside"] == figures["aside"]


@pytest.mark.parametrize("angle", [-45, -20, 0, 20, 45])
@pytest.mark.parametrize(("species", "gait"), GAITS)
def test_other_views_are_none(frames, angle, species, gait):
    k = made(species, gait, angle=float(angle))
    assert why(k, frames, faulty=False) == ""
    assert "seen from" not in why(k, frames, faulty=True)


def test_a_view_from_above_is_named(frames):
    k = made()
    xy = k.keypoints[..., :2].copy()
    middle = xy.mean(axis=1, keepdims=True)
    trunk = np.linalg.norm(xy[:, [5, 6]].mean(1) - xy[:, [11, 12]].mean(1), axis=-1).mean()
    # 60 degrees above: heights shrink to a half, the far side lies higher in the picture by its depth.
    xy[..., 1] = middle[..., 1] + 0.5 * (xy[..., 1] - middle[..., 1])
    for pair, breadth in (([5, 6], 0.72), ([11, 12], 0.36)):
        xy[:, pair, 1] += np.array([-0.5, 0.5]) * breadth * trunk * np.sin(np.radians(60))
    assert "from above or below" in why(at(k, xy), frames)
    assert why(at(k, xy), frames, faulty=False) == ""


@pytest.mark.parametrize("tall", [20, 45])
def test_somebody_too_small_is_told_the_size(frames, tall):
    k = made()
    xy = k.keypoints[..., :2]
    figure = body_figures(k, sure_joints(k))["height"]
    small = at(k, xy * tall / figure)
    assert f"too small: {tall} px tall, at least {TALL:.0f}" in why(small, frames)
    assert why(small, frames, faulty=False) == ""


def test_an_upper_body_is_told(frames):
    k = made()
    legs = [skeleton("coco17").index(f"{side}_{joint}") for side in ("left", "right") for joint in ("knee", "ankle")]  # fmt: skip
    k.keypoints[:, legs] = (np.nan, np.nan, 0.0)
    with pytest.raises(UserError, match="only the human's upper body is in the picture.*100% of the frames"):
        check_plausible(k, frames, accept=False)


def test_hardly_seen_at_all_is_told(frames):
    k = made()
    k.keypoints[2:] = (np.nan, np.nan, 0.0)
    with pytest.raises(UserError, match=rf"seen in only 2 of {len(k.times)} frames"):
        check_plausible(k, frames, accept=False)
    check_plausible(k, frames, accept=True)


def test_what_is_upside_down_is_not_seen_from_the_front(frames):
    k = made(angle=-85.0)
    turned = at(k, k.keypoints[..., :2] * [1.0, -1.0])
    assert "seen from" not in why(turned, frames)


def darker(frames, folder, part, picture=None):
    """The clip's pictures, darker by `part`, or all of them `picture`."""
    folder.mkdir()
    for index in range(len(frames.times)):
        there = cv2.imread(str(frames.picture(index))) if picture is None else picture
        cv2.imwrite(str(folder / frames.picture(index).name), (part * there).astype(np.uint8))
    return replace(frames, folder=folder)


def test_pictures_that_are_too_dark_are_told(frames, tmp_path):
    dark = darker(frames, tmp_path / "dark", 0.1)
    assert "too dark" in too_dark(dark) and "too dark" in why_nobody(dark, "person")
    assert "too dark" in why(made(), dark)
    assert too_dark(frames) == ""


def test_nobody_is_told_from_something_small_and_something_else(frames, tmp_path, monkeypatch):
    empty = darker(frames, tmp_path / "empty", 1.0, cv2.imread(str(frames.picture(0))))
    assert "nothing moves" in why_nobody(empty, "person")
    assert "model does not recognise what moves" in why_nobody(frames, "person")
    box = (0, np.array([10.0, 10.0, 25.0, 55.0]))
    monkeypatch.setattr(causes, "movers", lambda *_: [box])
    assert "too small: 45 px tall, at least 60" in why_nobody(frames, "person")
