from dataclasses import replace

import numpy as np
import pytest
from tests.unit.video.test_frames import walker

from video2reward.artifacts.frames import read_frames
from video2reward.errors import UserError
from video2reward.settings.video import Video
from video2reward.skeletons import AP10K, COCO17
from video2reward.video.decode import decode
from video2reward.video.draw import LEFT, RIGHT, confidence_colour, draw_skeleton, side_colour
from video2reward.video.frames import draw
from video2reward.video.overlay import draw_overlay


@pytest.fixture
def clip(tmp_path):
    """Frames and keypoints of a large picture with somebody in the lower right."""
    source = tmp_path / "keypoints.npz"
    source.write_bytes(b"imported")
    k = walker(size=(1280, 721))
    k = replace(
        k, keypoints=k.keypoints * (4, 4, 1) + (700, 300, 0), boxes=np.tile([600.0, 200, 1200, 700], (6, 1))
    )
    blank = replace(k, keypoints=k.keypoints * (1, 1, 0))
    draw(blank, source, Video(), tmp_path / "frames", {})
    return read_frames(tmp_path / "frames"), k


def test_the_film_shows_joints_box_and_legend(clip, tmp_path):
    frames, k = clip
    k.keypoints[:, 16, 2] = 0.02  # nearly unseen: red
    draw_overlay(frames, k, tmp_path / "overlay.mp4")
    pictures = [picture.bgr.astype(int) for picture in decode(tmp_path / "overlay.mp4")]
    assert len(pictures) == 6
    assert pictures[0].shape == (540, 960, 3)
    for index, picture in enumerate(pictures):
        nose, ankle = np.rint(k.keypoints[index, [0, 16], :2] * 0.75).astype(int)
        blue, green, red = picture[nose[1], nose[0]]
        assert green > max(blue, red) + 60
        blue, green, red = picture[ankle[1], ankle[0]]
        assert red > max(blue, green) + 60
    edge = picture[300, 447:454].mean(0)  # the box's left side stands at 450 px
    assert edge[0] < edge[1] - 15
    assert (picture[5:44, 5:304].min(-1) < 120).sum() > 200


def test_the_box_says_who_it_is(clip, tmp_path):
    frames, k = clip
    dark = []
    for choice in ("", "1 of 2, the one that moves most"):
        draw_overlay(frames, replace(k, choice=choice), tmp_path / "overlay.mp4")
        picture = next(iter(decode(tmp_path / "overlay.mp4"))).bgr.astype(int)
        label = picture[133:150, 450:760]  # on the box's upper left corner, 450, 150
        dark.append((label.max(-1) < 120).sum())
    assert dark[1] > 2 * dark[0] > 50


def test_frames_that_the_motion_leaves_out_say_so(clip, tmp_path):
    frames, k = clip
    draw_overlay(frames, k, tmp_path / "overlay.mp4", range(2, 5))
    written = [
        (picture.bgr.astype(int)[46:66, 5:170].max(-1) < 120).sum() > 100
        for picture in decode(tmp_path / "overlay.mp4")
    ]
    assert written == [True, True, False, False, False, True]


def test_small_pictures_are_not_enlarged(tmp_path):
    source = tmp_path / "keypoints.npz"
    source.write_bytes(b"imported")
    k = walker(size=(321, 201))
    draw(k, source, Video(), tmp_path / "frames", {})
    draw_overlay(read_frames(tmp_path / "frames"), k, tmp_path / "overlay.mp4")
    assert next(decode(tmp_path / "overlay.mp4")).bgr.shape == (200, 320, 3)


def test_foreign_keypoints_and_missing_pictures(clip, tmp_path):
    frames, k = clip
    with pytest.raises(UserError, match="do not belong to"):
        draw_overlay(frames, walker(5, (1280, 721)), tmp_path / "overlay.mp4")
    frames.picture(2).unlink()
    with pytest.raises(UserError, match=r"000002.jpg is missing or damaged; delete"):
        draw_overlay(frames, k, tmp_path / "overlay.mp4")
    assert not (tmp_path / "overlay.mp4").exists()


def test_sides_have_their_colours_in_both_skeletons():
    for bones, left, right in ((COCO17, "left_knee", "right_knee"), (AP10K, "L_Knee", "R_Knee")):
        picture = np.zeros((300, 300, 3), np.uint8)
        joints = np.full((17, 3), np.nan)
        joints[:, 2] = 0
        for side, x in ((left, 100), (right, 200)):
            foot = next(limb.foot for limb in bones.limbs if limb.knee == side)
            joints[bones.index(side)] = (x, 50, 1)
            joints[bones.index(foot)] = (x, 250, 1)
        draw_skeleton(picture, joints, bones)
        assert tuple(picture[150, 100]) == LEFT == side_colour(left)
        assert tuple(picture[150, 200]) == RIGHT == side_colour(right)
        assert not picture[:, :80].any()


def test_confidence_goes_from_red_over_yellow_to_green():
    assert [confidence_colour(c) for c in (0, 0.5, 1)] == [(0, 0, 255), (0, 255, 255), (0, 255, 0)]
