"""Height fields: what they promise in words, and their height at a place, against MuJoCo's own."""

import mujoco
import numpy as np
import pytest
import torch

from video2reward.robots.terrain import (
    CELL,
    FLOOR_DEPTH,
    LENGTH,
    START,
    TERRAINS,
    WIDTH,
    Ground,
    add_field,
    field_heights,
)


@pytest.fixture(params=[*((name, False) for name in sorted(TERRAINS)), ("slopes", True)], ids=str)
def world(request):
    spec = mujoco.MjSpec()
    add_field(spec, request.param[0], [1.0, 0.005, 0.0001], graded=request.param[1])
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data


def test_heights_are_where_rays_meet_the_field(world):
    model, data = world
    drawn = np.random.default_rng(3)
    x = drawn.uniform(-START / 2 + 0.01, LENGTH - START / 2 - 0.01, 500)
    y = drawn.uniform(-WIDTH / 2 + 0.01, WIDTH / 2 - 0.01, 500)
    met = np.zeros(1, np.int32)
    down = np.array([0.0, 0.0, -1.0])
    rays = [
        10 - mujoco.mj_ray(model, data, np.array([a, b, 10.0]), down, None, 1, -1, met)
        for a, b in zip(x, y, strict=True)
    ]
    assert Ground(model).height(torch.tensor(x), torch.tensor(y)).numpy() == pytest.approx(
        np.array(rays), abs=2e-5
    )


def test_beside_the_field_lies_the_floor(world):
    ground = Ground(world[0])
    beside = ground.height(torch.tensor([LENGTH, 0.0, float("nan")]), torch.tensor([0.0, WIDTH, 0.0]))
    assert beside.tolist() == pytest.approx([-FLOOR_DEPTH] * 3)


def test_sizes_are_those_in_words():
    rough, slopes, stairs = (field_heights(name) for name in ("rough", "slopes", "stairs"))
    assert rough.min() >= 0 and 0.05 < rough.max() <= 0.06
    assert np.abs(np.diff(slopes, axis=1)).max() / CELL == pytest.approx(0.14)
    assert np.abs(np.diff(slopes, axis=0)).max() / CELL == pytest.approx(0.07)
    rises = np.diff(stairs[0])
    steps = rises[np.abs(rises) > 1e-9]
    assert np.abs(steps) == pytest.approx(np.full(len(steps), 0.06))
    places = np.flatnonzero(np.abs(rises) > 1e-9) * CELL
    treads = np.diff(places)
    assert set(np.round(treads, 2)) == {0.32, 1.2}
    assert stairs.max() == pytest.approx(0.3) and stairs.min() == 0


@pytest.mark.parametrize("name", sorted(TERRAINS))
def test_a_graded_field_grows_to_either_side(name):
    full, graded = field_heights(name), field_heights(name, graded=True)
    size = np.abs(np.arange(len(full)) * CELL - WIDTH / 2)
    assert not graded[size <= 1].any() and np.array_equal(graded[size >= 6], full[size >= 6])
    assert graded[np.isclose(size, 3.52)] == pytest.approx(full[np.isclose(size, 3.52)] * 2.52 / 5)


def test_fields_are_the_same_every_time():
    assert np.array_equal(field_heights("rough"), field_heights("rough"))
