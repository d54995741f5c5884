from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.motion.once import Stretch, is_once

FPS = 30.0


def stretch(rest, strides):
    """A body that bobs with a period of a second between two rests."""
    moving = round(FPS * strides)
    at = np.clip(np.arange(2 * rest + moving) - rest, 0, moving)
    middle = np.column_stack([np.zeros(len(at)), 0.3 * np.sin(2 * np.pi * at / FPS)])
    track = SimpleNamespace(body=np.zeros((len(at), 3, 2)), middle=middle, scale=np.ones((len(at), 1, 1)))
    return Stretch(lambda: track, None, FPS)


def nobody():
    raise UserError("nobody is seen")


@given(rest=st.integers(15, 40), strides=st.floats(1.0, 6.0).filter(lambda s: abs(s - 2) > 0.5))
def test_what_repeats_less_than_twice_between_rests_is_no_gait(rest, strides):
    whole = stretch(rest, strides)
    assert is_once(whole, whole, 1.0) == (strides < 2)


def test_a_steady_part_without_rests_is_judged_by_the_whole_clip():
    short, long = stretch(0, 1.4), stretch(0, 3.0)
    assert is_once(short, stretch(20, 1.4), 1.0)
    assert not is_once(short, stretch(20, 3.0), 1.0)
    assert not is_once(long, stretch(20, 1.4), 1.0)
    assert not is_once(short, Stretch(nobody, None, FPS), 1.0)
