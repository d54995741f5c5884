from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.keypoints.markers.blobs import find_blobs
from video2reward.keypoints.markers.palette import (
    HUE_SPACING,
    HUES,
    MARKERS,
    hue_distance,
    marker_table,
)
from video2reward.skeletons import AP10K

COLOURS = np.array([MARKERS[joint] for joint in AP10K.joints])


def joint_of(rgb: np.ndarray) -> int:
    """The joint whose patch a picture of one colour, red, green, blue in 0..1, shows; -1 for none."""
    bgr = np.rint(255 * np.asarray(rgb)[::-1]).astype(np.uint8)
    found = find_blobs(np.tile(bgr, (8, 8, 1)))
    return next((j for j, blobs in enumerate(found) if blobs), -1)


def test_every_joint_has_its_own_colour():
    assert tuple(MARKERS) == AP10K.joints
    assert [joint_of(colour) for colour in COLOURS] == list(range(17))


def test_hues_are_evenly_spaced():
    hues = np.sort(list(HUES.values()))
    gaps = np.diff(np.append(hues, hues[0] + 360))
    assert gaps == pytest.approx(np.full(17, HUE_SPACING))


def test_sides_are_told_apart_even_where_they_cross():
    for joint in AP10K.joints:
        if joint.startswith("L_"):
            assert HUES[joint] < 140 < 160 < HUES["R" + joint[1:]] < 300
            assert hue_distance(HUES[joint], HUES["R" + joint[1:]]) > 160


def test_bones_join_joints_of_different_hue():
    for a, b in set(AP10K.bones) - {("Neck", "Root_of_tail")}:
        assert hue_distance(HUES[a], HUES[b]) > 1.5 * HUE_SPACING, (a, b)


@settings(deadline=None)
@given(st.floats(0.25, 1.0), st.integers(0, 16))
def test_shade_does_not_change_the_joint(light, j):
    assert joint_of(light * COLOURS[j]) == j


@settings(deadline=None)
@given(st.floats(0.0, 0.35), st.floats(0.2, 0.8), st.integers(0, 16))
def test_blending_with_a_grey_coat_keeps_the_joint(share, grey, j):
    assert joint_of((1 - share) * COLOURS[j] + share * grey) in (j, -1)


@settings(deadline=None)
@given(st.floats(0.05, 1.0), st.floats(-0.05, 0.05))
def test_coats_floors_and_skin_are_no_markers(value, tint):
    for colour in ([1, 1, 1], [0.9, 0.75, 0.55], [1, 0.8, 0.65], [0.6, 0.5, 0.45]):
        assert joint_of(value * np.add(colour, (tint, 0, -tint)).clip(0, 1)) == -1


def test_the_page_on_marking_holds_the_table():
    page = Path(__file__).resolve().parents[4] / "docs" / "markers.md"
    assert marker_table() in page.read_text()


def test_the_table_names_web_colours():
    lines = marker_table().splitlines()
    assert len(lines) == 17
    assert any(line.startswith("L_Shoulder") and "#ff0000" in line for line in lines)
