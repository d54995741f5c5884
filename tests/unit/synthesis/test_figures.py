"""Dog, person and spider: rigid bones, feet that do not slide, strides that repeat."""

from dataclasses import replace

import numpy as np
import pytest

from synthesis.dog import PAW_HEIGHT, dog
from synthesis.gaits import DOG_AMBLE, DOG_RUN, HUMAN_RUN, HUMAN_WALK, SPIDER_WALK
from synthesis.human import human
from synthesis.spider import ENLARGED, FEMUR, REST, spider
from synthesis.walking import FOREARM, RUN, SHANK, THIGH, UPPER_ARM, WALK, curve
from video2reward.skeletons import SPIDER


def life_size(gait, times):
    """The spider without its enlargement."""
    figure = spider(gait, times)
    return replace(figure, points={name: point / ENLARGED for name, point in figure.points.items()})


MOVES = {
    "dog_amble": (dog, DOG_AMBLE),
    "dog_run": (dog, DOG_RUN),
    "human_walk": (human, HUMAN_WALK),
    "human_run": (human, HUMAN_RUN),
    "spider_walk": (life_size, SPIDER_WALK),
}
SAMPLES = 400  # a stride


@pytest.fixture(params=MOVES)
def moving(request):
    move, gait = MOVES[request.param]
    return gait, move(gait, np.arange(2 * SAMPLES + 1) * gait.period_s / SAMPLES)


def runs(planted):
    """Index ranges over which a foot stays on the ground."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], planted.astype(int), [0]])))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_planted_feet_do_not_slide(moving):
    _, figure = moving
    for limb, planted in figure.planted.items():
        foot = figure.points[figure.feet[limb]]
        assert len(runs(planted)) >= 2
        for stance in runs(planted):
            assert np.ptp(foot[stance], axis=0).max() < 1e-9, limb


def test_stances_last_as_the_duty_factor_says(moving):
    gait, figure = moving
    for limb, planted in figure.planted.items():
        part = planted[: 2 * SAMPLES].mean()
        # A person's foot stands on its heel first: the ball of the foot is planted for less.
        slack = 0.1 if limb in ("left", "right") else 0.01
        assert gait.duty[limb] - slack <= part <= gait.duty[limb] + 0.01


def test_prints_are_one_stride_apart(moving):
    gait, figure = moving
    for limb, planted in figure.planted.items():
        foot = figure.points[figure.feet[limb]]
        prints = np.unique([foot[stance].mean(axis=0)[0].round(6) for stance in runs(planted)])
        assert np.diff(prints) == pytest.approx(gait.stride_m, abs=1e-5)


def test_every_point_repeats_after_a_stride(moving):
    gait, figure = moving
    for name, point in figure.points.items():
        moved = point[SAMPLES:] - point[:-SAMPLES]
        assert moved == pytest.approx(np.tile([gait.stride_m, 0, 0], (SAMPLES + 1, 1)), abs=1e-9), name


def test_nothing_sinks_into_the_floor(moving):
    _, figure = moving
    for name, point in figure.points.items():
        assert point[:, 2].min() > -1e-9, name


def test_nothing_jumps(moving):
    gait, figure = moving
    step = gait.period_s / SAMPLES
    for name, point in figure.points.items():
        speed = np.linalg.norm(np.diff(point, axis=0), axis=-1) / step
        assert speed.max() < 5.5 * gait.speed, name


def test_dogs_stand_on_their_paws():
    figure = dog(DOG_AMBLE, np.linspace(0, 1, 100))
    for limb, planted in figure.planted.items():
        assert figure.points[figure.feet[limb]][planted, 2] == pytest.approx(PAW_HEIGHT)


def test_a_trot_is_diagonal_and_flies_an_amble_is_lateral_and_does_not():
    times = np.arange(SAMPLES) * DOG_RUN.period_s / SAMPLES
    trot, amble = dog(DOG_RUN, times).planted, dog(DOG_AMBLE, times * 0.62 / 0.44).planted

    def together(planted, a, b):
        return np.mean(planted[a] == planted[b])

    assert together(trot, "left_fore", "right_hind") > 0.9 > 0.3 > together(trot, "left_fore", "left_hind")
    assert together(amble, "left_fore", "left_hind") > 0.75 > 0.5 > together(amble, "left_fore", "right_hind")
    assert (~np.any(list(trot.values()), axis=0)).mean() > 0.1
    assert np.any(list(amble.values()), axis=0).all()


@pytest.mark.parametrize("gait", [HUMAN_WALK, HUMAN_RUN], ids=lambda g: g.name)
def test_bones_of_a_person_keep_their_length(gait):
    points = human(gait, np.linspace(0, 2, 300)).points
    for a, b, length in (
        ("hip", "knee", THIGH),
        ("knee", "ankle", SHANK),
        ("shoulder", "elbow", UPPER_ARM),
        ("elbow", "wrist", FOREARM),
    ):
        for side in ("left", "right"):
            found = np.linalg.norm((points[f"{side}_{b}"] - points[f"{side}_{a}"])[:, [0, 2]], axis=-1)
            assert found == pytest.approx(length)


@pytest.mark.parametrize(("gait", "curves"), [(HUMAN_WALK, WALK), (HUMAN_RUN, RUN)], ids=["walk", "run"])
def test_knees_and_hips_follow_the_published_curves(gait, curves):
    phase = np.arange(200) / 200
    points = human(gait, phase * gait.period_s).points
    hip, knee, ankle = (
        points[f"left_{j}"][:, 0] + 1j * points[f"left_{j}"][:, 2] for j in ("hip", "knee", "ankle")
    )
    thigh = np.angle((knee - hip) * 1j)
    flexion = np.angle((knee - hip) / (ankle - knee))
    error = np.degrees([thigh - curve(curves.thigh, phase), flexion - curve(curves.knee, phase)])
    assert np.sqrt((error**2).mean(axis=1)).max() < 13.0
    assert np.degrees(flexion).min() > 0.0


def test_arms_swing_against_the_legs():
    points = human(HUMAN_WALK, np.linspace(0, 1.08, 200)).points
    for side in ("left", "right"):
        hand = (points[f"{side}_wrist"] - points[f"{side}_shoulder"])[:, 0]
        foot = (points[f"{side}_ankle"] - points[f"{side}_hip"])[:, 0]
        assert np.corrcoef(hand, foot)[0, 1] < -0.8


def test_a_curve_passes_through_its_knots_and_repeats():
    phase = np.array([k[0] / 100 for k in WALK.knee])
    assert np.degrees(curve(WALK.knee, phase)) == pytest.approx([k[1] for k in WALK.knee])
    assert curve(WALK.knee, phase + 3) == pytest.approx(curve(WALK.knee, phase))


def test_a_spiders_legs_keep_their_lengths_and_their_knees_up():
    figure = life_size(SPIDER_WALK, np.linspace(0, SPIDER_WALK.period_s, 50))
    for limb in SPIDER.limbs:
        coxa, knee, foot = (figure.points[f"marker_{joint}"] for joint in (limb.hip, limb.knee, limb.foot))
        assert np.linalg.norm(knee - coxa, axis=-1) == pytest.approx(FEMUR)
        assert np.linalg.norm(foot - knee, axis=-1) == pytest.approx(REST)
        assert (knee[:, 2] > coxa[:, 2]).all()
        assert (np.sign(foot[:, 1]) == (1 if limb.name.startswith("left") else -1)).all()
