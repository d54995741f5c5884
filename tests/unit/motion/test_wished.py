from dataclasses import replace

import numpy as np
import pytest
from tests.unit.similarity.test_order import SYMMETRIC, of_gait

from video2reward.geometry import sample_cycle
from video2reward.motion.wished import CHANGED, wished
from video2reward.skeletons import left_and_right, skeleton
from video2reward.wishes.fulfilment import figures_in_reach


def legs(reference, cycle):
    """Lengths of thighs and shanks (P, L, 2), and the feet (P, L, 2)."""
    names = list(reference.keypoint_names)
    limbs = [one for one in skeleton(reference.skeleton).limbs if one.name in reference.limb_names]
    rows = [[names.index(joint) for joint in (limb.hip, limb.knee, limb.foot)] for limb in limbs]
    hip, knee, foot = (cycle[:, [row[i] for row in rows]] for i in range(3))
    lengths = np.stack([np.linalg.norm(knee - hip, axis=-1), np.linalg.norm(foot - knee, axis=-1)], axis=-1)
    return lengths, foot


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
def test_feet_rise_from_the_lowest_and_bones_keep_their_lengths(species, name):
    reference = of_gait(species, name)[1]
    found = wished(reference, {"foot_lift": 2.0}, figures_in_reach(CHANGED, reference))
    for before, after in ((reference.cycle, found.cycle), (reference.target, found.target)):
        (bones, feet), (same, lifted) = legs(reference, before), legs(reference, after)
        assert np.allclose(lifted[..., 0], feet[..., 0])
        ground = feet[..., 1].min(axis=1, keepdims=True)
        assert np.allclose(lifted[..., 1] - ground, 2 * (feet[..., 1] - ground))
        assert np.abs(same - bones).max() < 0.02 * bones.max()
    assert found.before_wish == {
        "foot_lift": pytest.approx(figures_in_reach(CHANGED, reference)["foot_lift"])
    }
    assert (found.speed, found.period_s) == (reference.speed, reference.period_s)


def test_quicker_strides_keep_their_paths():
    reference = of_gait("dog", "trot")[1]
    found = wished(reference, {"speed": 1.25, "torque": 2.0}, figures_in_reach(CHANGED, reference))
    assert np.allclose(found.cycle, reference.cycle) and np.allclose(found.target, reference.target)
    assert found.speed * found.period_s == pytest.approx(reference.speed * reference.period_s)
    assert found.before_wish == {"speed": reference.speed}


def limping(reference, late=0.08, short=0.85):
    """The same gait with the left fore foot late and its strides short."""
    names = list(reference.keypoint_names)
    limb = next(one for one in skeleton(reference.skeleton).limbs if one.name == reference.limb_names[0])
    changed = {}
    for kind in ("cycle", "target"):
        points = np.array(getattr(reference, kind), float)
        for joint in (limb.knee, limb.foot):
            row = names.index(joint)
            path = sample_cycle(points[:, row], np.arange(len(points)) / len(points) - late)
            points[:, row] = path.mean(0) + (path - path.mean(0)) * [short, 1.0]
        changed[kind] = points
    touchdown = np.array(reference.touchdown, float)
    touchdown[0] = (touchdown[0] + late) % 1.0
    return replace(reference, touchdown=touchdown, **changed)


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
def test_a_limp_is_seen_and_healed(species, name):
    sound = of_gait(species, name)[1]
    lame = limping(sound)
    before, after = (figures_in_reach(CHANGED, one)["limp"] for one in (sound, lame))
    assert before < 0.03 and after > 2 * before
    healed = wished(lame, {"limp": 0.1}, figures_in_reach(CHANGED, lame))
    assert figures_in_reach(CHANGED, replace(healed, before_wish={}))["limp"] == pytest.approx(
        0.1 * after, rel=0.3
    )
    assert healed.before_wish == {"limp": pytest.approx(after)}
    pairs = left_and_right(healed.limb_names)
    apart = [(healed.touchdown[right] - healed.touchdown[left]) % 1.0 for left, right in pairs]
    assert apart == pytest.approx([0.5] * len(pairs), abs=0.02)
    trunk = [row for row, joint in enumerate(sound.keypoint_names) if joint in ("Neck", "Root_of_tail")]
    assert np.allclose(healed.cycle[:, trunk], lame.cycle[:, trunk])
