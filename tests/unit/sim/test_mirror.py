from dataclasses import replace

import numpy as np
import pytest
import torch

from video2reward.sim.mirror import ALIKE, asymmetry


@pytest.fixture
def shifted(made_reference):
    """The reference with its right legs half a stride behind the left ones, or by another part of it."""

    def make(part):
        cycle = np.array(made_reference.cycle)
        for i, name in enumerate(made_reference.keypoint_names):
            if name.startswith("R_"):
                left = made_reference.keypoint_names.index("L_" + name[2:])
                cycle[:, i] = np.roll(cycle[:, left], round(part * len(cycle)), axis=0)
        return replace(made_reference, cycle=cycle)

    return make


def test_legs_half_a_stride_apart_are_alike_and_others_are_not(shifted):
    assert asymmetry(shifted(0.5)) < 1e-6
    assert asymmetry(shifted(0.0)) > 1 > ALIKE  # a bound
    assert asymmetry(shifted(0.25)) > ALIKE  # a gallop


def test_a_foot_without_a_partner_is_not_alike(made_reference):
    gone = made_reference.keypoint_names.index("R_F_Paw")
    names = list(made_reference.keypoint_names)
    names[gone] = "somewhere"
    assert asymmetry(replace(made_reference, keypoint_names=tuple(names), foot_names=("L_F_Paw",))) == np.inf


def test_a_mirror_image_of_a_mirror_image_is_the_original(make_env):
    mirror = make_env().mirror()
    seen = torch.randn(3, 50)
    torch.testing.assert_close(mirror.observation(mirror.observation(seen)), seen)
    torch.testing.assert_close(mirror.actions(mirror.actions(seen[:, :12])), seen[:, :12])
