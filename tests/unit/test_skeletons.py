import pytest

from video2reward.errors import UserError
from video2reward.skeletons import SKELETONS, skeleton


@pytest.mark.parametrize("name", SKELETONS)
def test_bones_limbs_and_trunk_name_real_joints(name):
    s = skeleton(name)
    used = {*s.front, *s.back, *s.feet, *(j for bone in s.bones for j in bone)}
    used |= {j for limb in s.limbs for j in (limb.hip, limb.knee, limb.foot)}
    assert used <= set(s.joints)
    assert len(set(s.joints)) == len(s.joints)


def test_every_joint_of_a_dog_hangs_together():
    s = skeleton("ap10k")
    seen, waiting = set(), ["Neck"]
    while waiting:
        joint = waiting.pop()
        seen.add(joint)
        waiting += [b for bone in s.bones if joint in bone for b in bone if b not in seen]
    assert seen == set(s.joints)


def test_unknown_names():
    with pytest.raises(UserError, match="unknown skeleton 'ap10'. Did you mean 'ap10k'"):
        skeleton("ap10")
    with pytest.raises(UserError, match="unknown ap10k joint 'L_Paw'"):
        skeleton("ap10k").index("L_Paw")
