"""Jumps of dog, person and spider: rigid bones, planted feet, free fall in between, rests before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.dog_jump import dog_jump
from synthesis.human_jump import human_jump
from synthesis.jump import DOG_HOP, GRAVITY, HUMAN_JUMP, SPIDER_JUMP, Jump
from synthesis.spider import ENLARGED
from synthesis.spider_jump import spider_jump
from synthesis.walking import SHANK, THIGH

MOVES = {
    "dog": (dog_jump, DOG_HOP, 1.0),
    "human": (human_jump, HUMAN_JUMP, 1.0),
    "spider": (spider_jump, SPIDER_JUMP, ENLARGED),
}


@pytest.fixture(params=MOVES)
def jumping(request):
    move, jump, enlarged = MOVES[request.param]
    times = np.arange(round((2 * jump.rest + jump.duration) * 240)) / 240
    return jump, times, move(jump, times), enlarged


def test_feet_stand_still_and_all_leave_the_ground_at_once(jumping):
    jump, times, figure, enlarged = jumping
    for limb, planted in figure.planted.items():
        foot = figure.points[figure.feet[limb]]
        assert (planted == ((times <= jump.takes_off) | (times >= jump.lands))).all()
        before, after = foot[times < jump.takes_off], foot[times > jump.lands]
        assert np.ptp(before, axis=0).max() < 1e-9 > np.ptp(after, axis=0).max()
        assert after[0, 0] - before[0, 0] == pytest.approx(enlarged * jump.distance)
        assert foot[~planted, 2].min() >= min(before[0, 2], after[0, 2]) - 1e-3


def test_solids_keep_their_lengths(jumping):
    figure = jumping[2]
    for part in figure.parts:
        if part.end:
            length = np.linalg.norm(figure.points[part.end] - figure.points[part.start], axis=1)
            assert np.ptp(length) < 0.01, part.name


def test_a_persons_legs_are_never_stretched_beyond_their_length():
    times = np.arange(0, 3, 0.004)
    points = human_jump(HUMAN_JUMP, times).points
    for near, far, length in (("hip", "knee", THIGH), ("knee", "ankle", SHANK)):
        apart = (points[f"left_{far}"] - points[f"left_{near}"])[:, [0, 2]]
        assert np.linalg.norm(apart, axis=1) == pytest.approx(length)


def test_a_spider_takes_off_as_steeply_as_jumping_spiders_do():
    off = np.diff(SPIDER_JUMP.path(SPIDER_JUMP.takes_off + np.array([1e-4, 1.1e-4])))[0] / 1e-5
    assert np.degrees(np.angle(off)) == pytest.approx(45, abs=2)
    assert abs(off) == pytest.approx(0.55, abs=0.01)


@given(flight=st.floats(0.2, 0.6), distance=st.floats(0.0, 1.5), dip=st.floats(0.02, 0.3))
def test_the_way_rests_falls_freely_and_rests(flight, distance, dip):
    jump = Jump(flight=flight, distance=distance, dip=dip)
    assert jump.path(np.array([0.0, jump.rest])) == pytest.approx([0, 0])
    assert jump.path(np.array([jump.lands + jump.land, 99.0])) == pytest.approx([distance] * 2)
    flown = np.linspace(jump.takes_off, jump.lands, 101)[1:-1]
    height = jump.path(flown).imag
    assert height.max() == pytest.approx(jump.rise, rel=0.01) == GRAVITY * flight**2 / 8
    assert np.diff(height, 2) == pytest.approx(-GRAVITY * (flown[1] - flown[0]) ** 2, rel=1e-3)
    assert jump.path(np.array([jump.rest + jump.crouch])).imag == pytest.approx(-dip)
