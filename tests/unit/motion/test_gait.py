import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.more_gaits import GAITS
from video2reward.motion.gait import name_gait
from video2reward.skeletons import AP10K, COCO17, INSECT, SPIDER

SIX, EIGHT = (tuple(limb.name for limb in kind.limbs) for kind in (INSECT, SPIDER))
FOUR, TWO = (tuple(limb.name for limb in kind.limbs) for kind in (AP10K, COCO17))


def footfalls(species, gait):
    limbs = FOUR if species == "dog" else TWO
    return (
        limbs,
        np.array([gait.touchdown[limb] for limb in limbs]),
        np.array([gait.duty[limb] for limb in limbs]),
    )


@pytest.mark.parametrize(("species", "name"), list(GAITS))
def test_each_gait_has_its_name(species, name):
    found = name_gait(*footfalls(species, GAITS[species, name]))
    assert found.name == name
    assert found.confidence > 0.8
    assert found.figures["duty_factor"] == pytest.approx(np.mean(list(GAITS[species, name].duty.values())))


@given(
    which=st.sampled_from(list(GAITS)),
    start=st.floats(0, 1),
    noise=st.floats(0, 0.015),
    seed=st.integers(0, 999),
)
def test_a_name_depends_neither_on_where_the_stride_begins_nor_on_small_errors(which, start, noise, seed):
    limbs, touchdown, duty = footfalls(which[0], GAITS[which])
    moved = (touchdown + start + noise * np.random.default_rng(seed).uniform(-1, 1, len(limbs))) % 1
    assert name_gait(limbs, moved, duty).name == which[1]


@given(which=st.sampled_from([key for key in GAITS if key[0] == "dog"]))
def test_left_and_right_may_be_exchanged(which):
    limbs, touchdown, duty = footfalls(*which[:1], GAITS[which])
    assert name_gait(limbs, touchdown[[1, 0, 3, 2]], duty).name == which[1]


@pytest.mark.parametrize(
    ("lag", "duty", "name"), [(0.0, 0.6, "amble"), (0.0, 0.42, "pace"), (0.25, 0.65, "walk")]
)
def test_hildebrands_figures_are_given(lag, duty, name):
    touchdown = np.array([0.0, 0.5, -lag, 0.5 - lag]) % 1
    found = name_gait(FOUR, touchdown, np.full(4, duty))
    assert found.name == name
    assert found.figures["fore_after_hind"] == pytest.approx(lag)
    assert found.figures["fore_pair"] == found.figures["hind_pair"] == pytest.approx(0.5)


def test_a_slow_pace_is_an_amble_whatever_the_paws_seem_to_say():
    touchdown = np.array([0.0, 0.5, 0.0, 0.5])
    assert name_gait(FOUR, touchdown, np.full(4, 0.46), froude=0.3).name == "amble"
    assert name_gait(FOUR, touchdown, np.full(4, 0.46), froude=0.9).name == "pace"


def test_a_doubtful_name_has_little_confidence_and_names_the_other():
    found = name_gait(TWO, np.array([0.0, 0.5]), np.full(2, 0.505))
    assert {found.name, found.other} == {"walk", "run"}
    assert 0.4 < found.confidence < 0.7


def test_no_name_without_all_feet():
    assert name_gait(TWO, np.array([0.0, np.nan]), np.full(2, 0.6)).name == ""


def wave(limbs, lag, sides=0.5):
    """Touchdowns, cycles, of legs that land `lag` after the next one behind, right ones `sides` after left ones."""
    pairs = len(limbs) // 2
    return np.array(
        [(lag * (pairs - int(limb[-1])) + sides * limb.startswith("right")) % 1 for limb in limbs]
    )


@pytest.mark.parametrize(
    ("limbs", "lag", "name"),
    [
        (SIX, 0.5, "alternating tripod"),
        (SIX, 0.42, "alternating tripod"),
        (SIX, 1 / 6, "metachronal wave"),
        (SIX, 1 / 3, "metachronal wave"),
        (EIGHT, 0.5, "alternating tetrapod"),
        (EIGHT, 0.54, "alternating tetrapod"),
        (EIGHT, 0.25, "metachronal wave"),
    ],
)
@pytest.mark.parametrize("start", [0.0, 0.3])
def test_gaits_of_six_and_eight_legs_have_their_own_names(limbs, lag, name, start):
    found = name_gait(limbs, (wave(limbs, lag) + start) % 1, np.full(len(limbs), 0.65))
    assert found.name == name
    assert found.confidence > 0.8
    assert found.figures["after_next"] == pytest.approx(lag)
    assert found.figures["pair"] == pytest.approx(0.5)


@pytest.mark.parametrize("limbs", [SIX, EIGHT])
def test_many_legs_never_go_by_a_dogs_gait(limbs):
    duty = np.full(len(limbs), 0.6)
    names = {
        name_gait(limbs, np.random.default_rng(seed).uniform(0, 1, len(limbs)), duty).name
        for seed in range(300)
    }
    assert names <= {"", "alternating tripod", "alternating tetrapod", "metachronal wave", "hop"}
    assert "" in names
    assert name_gait(limbs, wave(limbs, 0.0, sides=0.0), duty).name == "hop"
    assert name_gait(limbs, wave(limbs, 0.75), duty).name == ""  # from the front to the rear
    unseen = np.where(np.arange(len(limbs)) == 2, np.nan, wave(limbs, 0.5))
    assert name_gait(limbs, unseen, duty).name == ""
