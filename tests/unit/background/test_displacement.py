"""Scenes of a textured wall, a walker, and what else may be in a film; px a frame are those of the camera."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.background.displacement import Feet, follow_background

SIZE, COUNT, SPAN = (320, 200), 32, 8
CLOCK = np.arange(COUNT)


def wall(texture=1.0):
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.integers(0, 255, (500, 1400), np.uint8), (0, 0), 3)
    noise = cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX)
    return (128 + texture * (noise.astype(float) - 128)).astype(np.uint8)


def person(picture, x, seed):
    """Draw a textured walker 50 px wide, some 120 px tall, from x on."""
    look = np.random.default_rng(seed).integers(0, 255, (120, 50), np.uint8)
    look = cv2.GaussianBlur(look, (0, 0), 2) // 2
    left, right = max(0, x), min(SIZE[0], x + 50)
    if left < right:
        picture[50:170, left:right] = look[:, left - x : right - x]


def scene(move, subject, texture=1.0, others=(), overlay=(), zoom=None, roll=None):
    """Return pictures, the subject's boxes and its feet on the ground.

    move: (T, 2) px of the camera; subject, others: (T,) px over the ground; overlay: of text, bars, train
    """
    back, pictures, boxes, feet = wall(texture), [], np.zeros((COUNT, 4)), np.zeros((COUNT, 2, 2))
    for t in CLOCK:
        turn = cv2.getRotationMatrix2D(
            (160, 100), 0 if roll is None else roll[t], 1 if zoom is None else zoom[t]
        )
        turn[:, 2] += turn[:, :2] @ -(move[t] + [400, 150])
        picture = cv2.warpAffine(back, turn, SIZE)
        for number, x in enumerate(others):
            person(picture, round(x[t] - move[t, 0]), 7 + number)
        x = round(subject[t] - move[t, 0])
        person(picture, x, 1)
        if "train" in overlay:
            picture[20:70] = back[300:350, 20 + 6 * t : 340 + 6 * t]
        if "bars" in overlay:
            picture[:16] = picture[-16:] = 0
        if "text" in overlay:
            cv2.putText(picture, "A caption in white", (20, 190), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 4)
            cv2.putText(picture, "A caption in white", (20, 190), cv2.FONT_HERSHEY_DUPLEX, 0.8, 255, 1)
        if "clock" in overlay:
            cv2.putText(picture, f"{100 + 37 * t}", (10, 20), cv2.FONT_HERSHEY_DUPLEX, 0.6, 255, 1)
        pictures.append(picture)
        boxes[t] = (x, 50, x + 50, 170)
        # Feet that stand and swing in turn, as the trunk goes on.
        for foot in range(2):
            phase = (t / 16 + foot / 2) % 1
            step = np.interp(phase, [0, 0.6, 1], [0.6, -0.6, 0.6])
            feet[t, foot] = x + 25 + step * 8 * (subject[-1] - subject[0]) / (COUNT - 1), 165
    swing = np.linalg.norm(np.diff(feet - boxes[:, None, :2], axis=0), axis=-1)
    return pictures, boxes, Feet(feet, 0.25 * float(np.percentile(swing, 90)))


def camera(speed):
    return np.stack([speed * CLOCK, 0 * CLOCK], axis=1).astype(float)


STANDS, CROSSES = camera(0.0), 20.0 + 7 * CLOCK
FOLLOWS, FOLLOWED = camera(4.0), 120.0 + 4 * CLOCK
CROSSER, ALONG = 250.0 - 6 * CLOCK, 60.0 + 7 * CLOCK


@pytest.mark.parametrize(
    "with_",
    [
        {},
        {"overlay": ("text",)},
        {"overlay": ("text", "bars", "clock")},
        {"others": (240.0 + 0 * CLOCK,)},
        {"others": (260.0 + 4 * CLOCK,), "overlay": ("text",)},
        {"texture": 0.15, "overlay": ("text",)},
        {"zoom": 1.15 ** (CLOCK / COUNT), "overlay": ("text",)},
        {"roll": 2 * np.sin(CLOCK / 5)},
    ],
    ids=[
        "alone",
        "caption",
        "caption, bars, clock",
        "who stands",
        "who goes along",
        "pale wall",
        "zoom",
        "roll",
    ],
)
def test_a_camera_that_follows_its_subject(with_):
    pictures, boxes, feet = scene(FOLLOWS, FOLLOWED, **with_)
    found = follow_background(pictures, boxes, SPAN, feet)
    assert found.shift[-1, 0] == pytest.approx(-4 * (COUNT - 1), rel=0.12 if "zoom" in with_ else 0.03)
    assert found.sure > 0.9


@pytest.mark.parametrize(
    "with_",
    [
        {},
        {"overlay": ("text", "bars", "clock")},
        {"others": (CROSSER,)},
        {"others": (CROSSER, CROSSER + 60)},
        {"others": (ALONG + 60, ALONG - 60)},
        {"overlay": ("train",)},
        {"texture": 0.15, "others": (CROSSER,)},
    ],
    ids=["alone", "caption, bars, clock", "who crosses", "two cross", "two go along", "train", "pale wall"],
)
def test_a_camera_that_stands(with_):
    pictures, boxes, feet = scene(STANDS, CROSSES, **with_)
    found = follow_background(pictures, boxes, SPAN, feet)
    assert np.abs(found.shift).max() < 1
    assert found.sure > 0.9


@settings(max_examples=8, deadline=None)
@given(speed=st.floats(1.5, 7), left=st.booleans(), texture=st.sampled_from([0.3, 1.0]))
def test_any_pan_is_measured_under_a_caption(speed, left, texture):
    speed *= -1 if left else 1
    pictures, boxes, feet = scene(camera(speed), 130 + speed * CLOCK, texture, overlay=("text", "bars"))
    found = follow_background(pictures, boxes, SPAN, feet)
    assert found.shift[-1, 0] == pytest.approx(-speed * (COUNT - 1), rel=0.03)


def test_a_camera_that_stands_and_then_follows():
    move = camera(0.0)
    move[16:, 0] = 5 * np.arange(16)
    pictures, boxes, feet = scene(move, 60 + 5 * CLOCK, overlay=("text",))
    shift = follow_background(pictures, boxes, SPAN, feet).shift[:, 0]
    assert np.abs(shift[:16]).max() < 1.5
    assert shift[-1] == pytest.approx(-75, rel=0.1)


def test_an_unsteady_hand_is_followed_under_a_caption():
    rng = np.random.default_rng(1)
    move = cv2.GaussianBlur(6 * rng.standard_normal((COUNT, 2)), (1, 5), 1.0)
    pictures, boxes, feet = scene(move, CROSSES, overlay=("text",))
    found = follow_background(pictures, boxes, SPAN, feet)
    assert np.abs(found.shift + move - move[0]).max() < 1.0


def test_a_caption_on_a_bare_wall_is_no_background_of_a_pan():
    """It would be one of a subject that crosses the picture, at whose feet nothing contradicts it."""
    bare = {"texture": 0.0, "overlay": ("text",)}
    assert follow_background(*_with_feet(scene(FOLLOWS, FOLLOWED, **bare))) is None
    stands = follow_background(*_with_feet(scene(STANDS, CROSSES, **bare)))
    assert stands is None or not stands.shift.any()


def test_a_treadmill_is_no_pan():
    """Feet go back before a wall that stands and is seen everywhere."""
    pictures, boxes, _ = scene(STANDS, 130.0 + 0 * CLOCK)
    _, _, feet = scene(FOLLOWS, FOLLOWED)
    found = follow_background(pictures, boxes, SPAN, feet)
    assert not found.shift.any() and found.sure > 0.5


def test_without_feet_the_picture_alone_decides():
    for move, subject, end in ((FOLLOWS, FOLLOWED, -4 * (COUNT - 1)), (STANDS, CROSSES, 0)):
        pictures, boxes, _ = scene(move, subject, others=(CROSSER,), overlay=("text",))
        for known in (boxes, None):
            found = follow_background(pictures, known, SPAN)
            assert found.shift[-1, 0] == pytest.approx(end, abs=4)


def test_nothing_to_follow():
    assert follow_background([], None, SPAN) is None
    assert follow_background([wall()[:200, :320]], None, SPAN) is None
    assert follow_background([np.full((200, 320), 90, np.uint8)] * 9, None, SPAN) is None


def _with_feet(made):
    pictures, boxes, feet = made
    return pictures, boxes, SPAN, feet
