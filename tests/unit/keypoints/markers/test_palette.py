from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.keypoints.markers.blobs import find_blobs
from video2reward.keypoints.markers.palette import PALETTES, hue_distance, marker_table

COLOURS = {name: np.array(list(palette.colours.values())) for name, palette in PALETTES.items()}
ANY_JOINT = st.sampled_from(
    [(name, j) for name, palette in PALETTES.items() for j in range(len(palette.steps))]
)


@pytest.fixture(params=PALETTES.values(), ids=lambda palette: palette.kind.name)
def palette(request):
    return request.param


def hue_of(palette):
    return dict(zip(palette.kind.joints, palette.hues, strict=True))


def joint_of(name: str, rgb: np.ndarray) -> int:
    """The joint whose patch a picture of one colour, red, green, blue in 0..1, shows; -1 for none."""
    bgr = np.rint(255 * np.asarray(rgb)[::-1]).astype(np.uint8)
    found = find_blobs(np.tile(bgr, (8, 8, 1)), PALETTES[name])
    return next((j for j, blobs in enumerate(found) if blobs), -1)


def test_every_joint_has_its_own_colour(palette):
    name = palette.kind.name
    assert tuple(palette.colours) == palette.kind.joints
    assert [joint_of(name, colour) for colour in COLOURS[name]] == list(range(len(palette.steps)))


def test_hues_are_evenly_spaced(palette):
    hues = np.sort(palette.hues)
    gaps = np.diff(np.append(hues, hues[0] + 360))
    assert gaps == pytest.approx(np.full(len(hues), palette.spacing))


def test_sides_are_told_apart_even_where_they_cross(palette):
    hues = hue_of(palette)
    for joint in palette.kind.joints:
        if joint.startswith("L_"):
            assert hues[joint] < 155 < 160 < hues["R" + joint[1:]] < 335
            assert hue_distance(hues[joint], hues["R" + joint[1:]]) > 160


def test_bones_join_joints_of_different_hue(palette):
    hues = hue_of(palette)
    for a, b in set(palette.kind.bones) - {("Neck", "Root_of_tail")}:
        assert hue_distance(hues[a], hues[b]) > 1.5 * palette.spacing, (a, b)


@settings(deadline=None)
@given(st.floats(0.25, 1.0), ANY_JOINT)
def test_shade_does_not_change_the_joint(light, joint):
    name, j = joint
    assert joint_of(name, light * COLOURS[name][j]) == j


@settings(deadline=None)
@given(st.floats(0.0, 0.35), st.floats(0.2, 0.8), ANY_JOINT)
def test_blending_with_a_grey_coat_keeps_the_joint(share, grey, joint):
    name, j = joint
    assert joint_of(name, (1 - share) * COLOURS[name][j] + share * grey) in (j, -1)


@settings(deadline=None)
@given(st.floats(0.05, 1.0), st.floats(-0.05, 0.05))
def test_coats_floors_and_skin_are_no_markers(value, tint):
    for colour in ([1, 1, 1], [0.9, 0.75, 0.55], [1, 0.8, 0.65], [0.6, 0.5, 0.45]):
        assert joint_of("ap10k", value * np.add(colour, (tint, 0, -tint)).clip(0, 1)) == -1


def test_the_page_on_marking_holds_the_tables(palette):
    page = Path(__file__).resolve().parents[4] / "docs" / "markers.md"
    assert marker_table(palette) in page.read_text()


def test_the_table_names_web_colours():
    lines = marker_table(PALETTES["ap10k"]).splitlines()
    assert len(lines) == 17
    assert any(line.startswith("L_Shoulder") and "#ff0000" in line for line in lines)
