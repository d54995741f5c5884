import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.similarity import gait_similarity
from video2reward.similarity.gait import segment_distances

HERE = Path(__file__).parent
# What an independent implementation (plain loops compiled by numba) of the same definition answers.
EXPECTED = json.loads((HERE / "expected.json").read_text())
TROT = (0.0, 0.5, 0.5, 0.0)


@pytest.mark.parametrize("case", EXPECTED["expected"])
def test_agrees_with_the_independent_implementation(case):
    data = np.load(HERE / "trajectories.npz")
    expected = EXPECTED["expected"][case]
    found = segment_distances(
        data[case].astype(float),
        data["cycle"].astype(float),
        EXPECTED["period_s"],
        1 / EXPECTED["fps"],
    )[:, :4]
    assert found.shape[0] * found.shape[1] == expected["segments"]
    assert found.mean() == pytest.approx(expected["mean"], rel=1e-6)
    joints = [expected["joints"][name] for name in EXPECTED["scored"]]
    assert found.mean(axis=(0, 1)) == pytest.approx(joints, abs=6e-4)  # it rounds to three decimals


def phase(steps: int, period: float = 0.765, start: float = 0.0) -> np.ndarray:
    return np.arange(steps) * 0.02 / period + start


@settings(max_examples=15, deadline=None)
@given(start=st.floats(0, 1), heading=st.floats(-3, 3))
def test_the_clip_itself_is_near_perfect_from_any_start_in_any_direction(
    start, heading, sine_gait, sine_rollout, sine_reference
):
    found = gait_similarity(sine_rollout(sine_gait(phase(250, start=start))[None], heading), sine_reference)
    assert found.similarity > 0.95
    assert found.period_ratio == pytest.approx(1, abs=0.005)
    assert found.period_strength > 0.99
    assert list(found.amplitude_ratio.values()) == pytest.approx([1] * 8, abs=0.05)
    assert found.paws == pytest.approx(found.clip_paws, abs=0.03)


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(0.5, 2.0))
def test_unit_of_length_does_not_matter(scale, sine_gait, sine_rollout, sine_reference):
    rollout = sine_rollout(sine_gait(phase(160), TROT)[None])
    bigger = replace(rollout, keypoints=rollout.keypoints * scale)
    expected = gait_similarity(rollout, sine_reference).distance
    found = gait_similarity(
        bigger, replace(sine_reference, body_length_m=sine_reference.body_length_m * scale)
    )
    assert found.distance == pytest.approx(expected, rel=1e-9)


def test_standing_still_scores_zero(sine_gait, sine_rollout, sine_reference):
    found = gait_similarity(sine_rollout(sine_gait(np.full(250, 0.2))[None]), sine_reference)
    assert found.similarity == pytest.approx(0, abs=1e-9)
    assert found.joints == pytest.approx(found.standing_joints, rel=1e-3)  # equal paths, another order
    assert np.isnan(found.period_ratio)


def test_flailing_does_not_score(sine_gait, sine_rollout, sine_reference):
    noise = np.random.default_rng(0).standard_normal((4, 250, 15, 2)) * 0.1
    flail = np.cumsum(noise, axis=1) * 0.3 + sine_gait(np.zeros(250))
    flail[:, :, 1:3] = sine_gait(np.zeros(250))[:, 1:3]  # the trunk keeps its shape
    assert gait_similarity(sine_rollout(flail), sine_reference).similarity < 0.1


def test_fallen_agents_are_charged_with_the_standing_distance(sine_gait, sine_rollout, sine_reference):
    good = sine_gait(phase(250))[None].repeat(2, axis=0)
    rollout = sine_rollout(good)
    half = gait_similarity(replace(rollout, fell_at=np.array([100, 250])), sine_reference)
    assert half.fallen == 1
    assert half.agents[0] == pytest.approx(half.standing)
    assert half.similarity == pytest.approx(gait_similarity(rollout, sine_reference).similarity / 2, abs=1e-9)
    everyone = gait_similarity(sine_rollout(good, fell_at=100), sine_reference)
    assert everyone.similarity == pytest.approx(0, abs=1e-9)
    assert np.isnan(everyone.paws["diagonal"])


def test_coordination_tempo_and_amplitude_are_seen(sine_gait, sine_rollout, sine_reference):
    def similarity(keypoints):
        return gait_similarity(sine_rollout(keypoints[None]), sine_reference)

    trot = similarity(sine_gait(phase(250), TROT))
    assert trot.similarity < 0.3
    assert trot.paws["diagonal"] > 0.99 and trot.clip_paws["diagonal"] < 0
    half = similarity(sine_gait(phase(250), amplitude=0.5))
    assert half.similarity < 0.7
    assert half.amplitude_ratio["L_F_Paw"] == pytest.approx(0.5, abs=0.02)
    quick = similarity(sine_gait(phase(250, period=0.5)))
    assert quick.similarity < 0.3
    assert quick.period_ratio == pytest.approx(0.5 / 0.765, rel=0.01)


def test_tempo_costs_from_a_twentieth_on_and_all_at_the_double(sine_gait, sine_rollout, sine_reference):
    reference = sine_reference

    def similarity(tempo):
        return gait_similarity(sine_rollout(sine_gait(phase(250, 0.765 / tempo))[None]), reference).similarity

    near, off, double = (similarity(tempo) for tempo in (1.04, 1.2, 2.0))
    assert near > 0.85
    assert off < 0.7 and double == pytest.approx(0, abs=0.02)


def test_figures_are_plain_and_say_what_they_are(sine_gait, sine_rollout, sine_reference):
    figures = gait_similarity(sine_rollout(sine_gait(phase(250))[None]), sine_reference).as_dict()
    assert "body lengths" in figures["unit"] and "stands still" in figures["definition"]
    assert set(figures["paws"]) == {"ipsilateral", "diagonal", "contralateral"}
    biped = replace(
        sine_reference, limb_names=("left", "right"), foot_names=("L_F_Paw", "R_F_Paw"), scored=("L_F_Paw",)
    )
    found = gait_similarity(sine_rollout(sine_gait(phase(250))[None]), biped)
    assert set(found.paws) == {"contralateral"} and found.paws["contralateral"] < -0.9


def test_bad_rollouts_are_named(sine_gait, sine_rollout, sine_reference):
    with pytest.raises(UserError, match="shorter than one stride"):
        gait_similarity(sine_rollout(sine_gait(phase(20))[None]), sine_reference)
    other = replace(sine_rollout(sine_gait(phase(200))[None]), keypoint_names=("nose",) * 15)
    with pytest.raises(UserError, match="lacks the reference's keypoints"):
        gait_similarity(other, sine_reference)
    with pytest.raises(ValueError, match="without agents"):
        gait_similarity(sine_rollout(np.zeros((0, 200, 15, 2))), sine_reference)
