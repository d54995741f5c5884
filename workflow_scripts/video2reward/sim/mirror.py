"""Whether a gait is alike on both sides, so that its mirror image half a stride later may stand for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from video2reward.artifacts.reference import Reference
from video2reward.sim.base import SignedOrder

ALIKE = 0.25
"""Largest asymmetry of a gait that counts as alike on both sides."""


def asymmetry(reference: Reference) -> float:
    """Return how much the feet's strides differ from their mirror image half a stride later, relative to their motion.

    A single motion is compared with its mirror image at the same time.
    inf: a foot has no partner; 0: symmetric, as walks, trots and runs; about 1: gallops and bounds. Only feet count: clips show the far arm badly.
    """
    names = list(reference.keypoint_names)
    feet = [names.index(name) for name in reference.foot_names]
    partners = [other_side(name) for name in reference.foot_names]
    if not set(partners) <= set(names):
        return float("inf")
    others = [names.index(name) for name in partners]
    motion = np.asarray(reference.cycle, float) - np.mean(reference.cycle, axis=0)
    # In a single motion both sides do the same at once.
    later = np.roll(motion[:, others], len(motion) // 2 if reference.kind == "cyclic" else 0, axis=0)
    motion = motion[:, feet]
    return float(np.sqrt(((later - motion) ** 2).mean() / max((motion**2).mean(), 1e-12)))


def signed_order(image: tuple[Sequence[int], Sequence[float]], device: str) -> SignedOrder:
    """Return a mirror image's order and signs, (C,) each, as tensors."""
    order, signs = image
    return SignedOrder(torch.tensor(order, device=device), torch.tensor(signs, device=device))


def other_side(name: str) -> str:
    """Return the name of a keypoint's partner, in either skeleton's names."""
    for left, right in (("left_", "right_"), ("L_", "R_")):
        if name.startswith(left):
            return right + name.removeprefix(left)
        if name.startswith(right):
            return left + name.removeprefix(right)
    return name
