"""The background's displacement: which motion layer is the background, and with what confidence.

Three hypotheses compete. Fixed camera: points that do not move are the background, all others are moving objects.
Moving camera: the largest moving layer is the background, and points that never move are captions, logos and bars. Or
the background cannot be tracked. The evidence is the fraction of the picture covered by a hypothesis's background where
the two differ, and whether the subject's feet in stance move with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from video2reward.background.layers import Layer, moving_layers, standing_layer, steps_at
from video2reward.background.points import Points, cell_grid, follow_points

WIDTH = 640  # px, maximum width of the reduced pictures
# Fraction of the time in which the background may be hidden.
_FAILURES = 0.5
_FEWEST = 4  # minimum number of background points in a span
# Captions, logos and bars are within _RIM of the picture's edges; static points there have the weight _RIM_COUNTS.
_RIM, _RIM_COUNTS = 0.2, 0.3
_PERSISTS = 0.9  # a cell that is static in this fraction of its spans may be a caption's
# Cost of a change of motion between spans, and value of feet in stance on a layer, in units of the covered fraction of
# the picture.
_JUMP, _FOOTING = 0.3, 0.3
# Odds: area to the power _AREA; a factor e^_FEET for feet always in stance on one background and never on the other.
_AREA, _FEET = 2.0, 6.0
_NOTHING, _STANDS = 0.05, 0.45  # area and stance fraction assumed for a background that cannot be tracked


@dataclass(frozen=True)
class Background:
    """shift: (N, 2) px since the first picture, x right, y down; sure: probability that it is the background."""

    shift: np.ndarray
    sure: float


@dataclass(frozen=True)
class Feet:
    """The subject's feet: at (N, F, 2) px, NaN where unseen; slow: px per step below which a foot is in stance."""

    at: np.ndarray
    slow: float

    def stand(self, shift: np.ndarray) -> np.ndarray:
        """Return for each step whether a foot is at rest on a background: 0 or 1, NaN without feet, (N - 1,)."""
        return self.stand_while(0, np.diff(shift, axis=0))

    def stand_while(self, first: int, moves: np.ndarray) -> np.ndarray:
        """Return the same for the steps from picture `first` on, with the background moving by `moves` (K, 2)."""
        at = self.at[first : first + len(moves) + 1]
        steps = np.linalg.norm(np.diff(at, axis=0) - moves[:, None], axis=-1)
        seen = np.isfinite(steps)
        stands = (np.where(seen, steps, np.inf) < self.slow).any(axis=1)
        return np.where(seen.any(axis=1), stands, np.nan)


def follow_background(
    pictures: Iterable[np.ndarray], boxes: np.ndarray | None, span: int, feet: Feet | None = None
) -> Background | None:
    """Track the background; None if it has too few features.

    pictures: N of (H, W) uint8; boxes: (N, 4) px of the subject, or None; span: steps that points are tracked through
    """
    rng = np.random.default_rng(0)
    spans = list(follow_points(pictures, boxes, span))
    if not spans:
        return None
    still = [standing_layer(points) for points in spans]
    moving = _track(spans, still, rng, feet)
    differ = np.array([layer is not None and layer.move.any() for layer in moving])
    standing = [layer if layer.member.sum() >= _FEWEST else None for layer in still]
    found = []
    for layers, captions in ((standing, True), (moving, False)):
        shift = _shift(spans, layers, boxes)
        if shift is not None:
            found.append((_score(spans, layers, shift, differ, captions, feet), shift))
        if not differ.any():
            break
    best = max(found, key=lambda one: one[0], default=None)
    odds = np.exp([score for score, _ in found] + [_AREA * np.log(_NOTHING) + _FEET * _STANDS])
    if best is None or np.exp(best[0]) < odds[-1]:
        return None
    return Background(best[1], float(np.exp(best[0]) / odds.sum()))


def _track(
    spans: Sequence[Points], still: Sequence[Layer], rng: np.random.Generator, feet: Feet | None
) -> list[Layer | None]:
    """Return each span's background layer for a moving camera (Viterbi algorithm).

    Cells that are always static are captions; static points elsewhere may be background while the camera pauses.
    """
    count = len(spans[0].outside)
    seen, stands = np.zeros(count), np.zeros(count)
    for points, layer in zip(spans, still, strict=True):
        seen[np.unique(points.cell)] += 1
        stands[layer.cells] += 1
    captions = stands >= _PERSISTS * np.maximum(seen, 1)
    states: list[list[Layer | None]] = []
    for points, layer in zip(spans, still, strict=True):
        rest = layer.member & ~captions[points.cell]
        states.append([None, *moving_layers(points, rng)])
        if rest.any():
            states[-1].append(Layer(rest, np.unique(points.cell[rest]), layer.move))
    worth = [
        np.array([_worth_of(layer, points, feet) for layer in layers])
        for layers, points in zip(states, spans, strict=True)
    ]
    score, before = worth[0], []
    for last, now, gain in zip(states, states[1:], worth[1:], strict=False):
        total = score[:, None] - _JUMP * np.array([[_jump(a, b) for b in now] for a in last])
        before.append(total.argmax(0))
        score = total.max(0) + gain
    chosen = [int(score.argmax())]
    for back in reversed(before):
        chosen.append(int(back[chosen[-1]]))
    return [state[i] for state, i in zip(states, reversed(chosen), strict=True)]


def _worth_of(layer: Layer | None, points: Points, feet: Feet | None) -> float:
    """Return the evidence for a layer in a span: covered fraction of the picture, and feet in stance on it."""
    if layer is None:
        return 0.0
    area = len(layer.cells) / len(points.outside)
    if feet is None:
        return area
    stand = feet.stand_while(points.first, np.tile(layer.move, (points.at.shape[1] - 1, 1)))
    known = stand[np.isfinite(stand)]
    return area + _FOOTING * (float(known.mean()) if len(known) else 0.0)


def _jump(a: Layer | None, b: Layer | None) -> float:
    """Return the difference between two layers' motions, 0..1."""
    if a is None or b is None:
        return 0.5
    size = 0.5 + 0.25 * float(np.linalg.norm(a.move) + np.linalg.norm(b.move))
    return min(1.0, float(np.linalg.norm(a.move - b.move)) / size)


def _shift(
    spans: Sequence[Points], layers: Sequence[Layer | None], boxes: np.ndarray | None
) -> np.ndarray | None:
    """Return the displacement (N, 2) px of the layers behind the subject; None if they are unseen too often."""
    steps = np.full((spans[-1].first + spans[-1].at.shape[1] - 1, 2), np.nan)
    for points, layer in zip(spans, layers, strict=True):
        if layer is None or layer.member.sum() < _FEWEST:
            continue
        last = points.first + points.at.shape[1] - 1
        where = np.tile(np.array(points.size) / 2, (last - points.first, 1))
        if boxes is not None:
            middle = (boxes[points.first : last, :2] + boxes[points.first : last, 2:]) / 2
            where = np.where(np.isfinite(middle), middle, where)
        moves = list(steps_at(points, layer, where)) if layer.move.any() else 0.0
        steps[points.first : last] = moves
    known = np.isfinite(steps[:, 0])
    if known.mean() < 1 - _FAILURES:
        return None
    every = np.arange(len(steps))
    filled = np.stack([np.interp(every, every[known], axis[known]) for axis in steps.T], axis=-1)
    return np.concatenate([np.zeros((1, 2)), np.cumsum(filled, axis=0)])


def _score(
    spans: Sequence[Points],
    layers: Sequence[Layer | None],
    shift: np.ndarray,
    differ: np.ndarray,
    captions: bool,
    feet: Feet | None,
) -> float:
    """Return the log-odds of a background, from the spans in which the hypotheses differ."""
    judged = np.flatnonzero(differ) if differ.any() else np.arange(len(spans))
    worth = _worth(spans[0].size) if captions else np.ones(len(spans[0].outside))
    areas, steps = [], np.zeros(len(shift) - 1, bool)
    for i in judged.tolist():
        points, layer = spans[i], layers[i]
        areas.append(0.0 if layer is None else worth[layer.cells].sum() / points.outside.sum())
        steps[points.first : points.first + points.at.shape[1] - 1] = True
    stand = feet.stand(shift)[steps] if feet is not None else np.zeros(0)
    known = stand[np.isfinite(stand)]
    return float(_AREA * np.log(np.mean(areas) + 0.01) + _FEET * (known.mean() if len(known) else _STANDS))


def _worth(size: tuple[int, int]) -> np.ndarray:
    """Return the weights of static cells as evidence of a fixed camera, (C,)."""
    columns, rows = cell_grid(size)
    x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    inner = (np.minimum(x, 1 - x) > _RIM / 2) & (np.minimum(y, 1 - y) > _RIM)
    return np.where(inner, 1.0, _RIM_COUNTS).ravel()
