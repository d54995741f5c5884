"""Known motions on both robots are in their order by measurement too, and only the falling one falls."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.unit.known import ROBOTS, clip_on_robot

from video2reward.critique.judge.figures import measure_motion
from video2reward.scores.ranking import ranking_error
from video2reward.sim.known_motions import KNOWN, place_on
from video2reward.sim.playback import exchanged_sides

BOTH = pytest.mark.parametrize(("species", "gait"), ROBOTS)


@cache
def recorded(species, gait):
    """The reference, and every known motion by name."""
    clip = clip_on_robot(species, gait)
    reference, playback = clip.reference, clip.playback
    return reference, {one.name: playback.record(one, agents=3, seconds=5.0) for one in KNOWN}


@BOTH
def test_measured_the_honest_is_first_and_the_fallen_last(species, gait):
    reference, rollouts = recorded(species, gait)
    found = {name: measure_motion(one, reference, 0.1).yardstick for name, one in rollouts.items()}
    order = sorted(found, key=found.get)
    assert order[-1] == "honest" and order[0] == "falling", found
    assert found["honest"] > 0.5 and found["falling"] < -0.9
    assert found["standing"] == pytest.approx(0, abs=0.01) and found["half_speed"] > 0.1
    places = {name: int(one.info["place"]) for name, one in rollouts.items()}
    assert ranking_error({name: [value] for name, value in found.items()}, places).wrong < 0.15


@BOTH
def test_only_the_falling_robot_falls_and_lies(species, gait):
    _, rollouts = recorded(species, gait)
    for name, one in rollouts.items():
        assert one.fell.all() == one.fell.any() == (name == "falling"), name
    down = rollouts["falling"]
    seconds = down.fell_at * down.dt
    assert seconds.min() > 1.0 and seconds.max() < 2.5
    assert down.qpos[:, -1, 2].max() < 0.6 * down.qpos[:, 0, 2].min()
    assert np.isfinite(down.qpos).all()


@BOTH
def test_they_move_as_their_names_say(species, gait):
    reference, rollouts = recorded(species, gait)
    speed = {name: float(one.velocity[..., 0].mean()) / reference.speed for name, one in rollouts.items()}
    for name, wanted in {
        "honest": 1,
        "half_speed": 0.5,
        "half_amplitude": 0.5,
        "sliding": 1,
        "standing": 0,
    }.items():
        assert speed[name] == pytest.approx(wanted, abs=1e-3)
    swing = {name: one.qpos[..., 7:].std(axis=1).mean() for name, one in rollouts.items()}
    assert swing["half_amplitude"] == pytest.approx(0.5 * swing["honest"], rel=0.02)
    assert swing["sliding"] < 1e-6 < 0.05 < swing["trembling"]
    travelled = np.diff(rollouts["honest"].qpos[:, [0, -1], 0], axis=1)
    assert travelled == pytest.approx(reference.speed * 4.98, rel=1e-3)


def test_exchanging_all_sides_twice_changes_nothing():
    reference, _ = recorded("dog", "amble")
    once = exchanged_sides(reference, "mirrored")
    assert not np.allclose(once, reference.cycle, atol=0.02)
    assert np.allclose(exchanged_sides(replace(reference, cycle=once), "mirrored"), reference.cycle)
    assert np.array_equal(exchanged_sides(reference, "own"), reference.cycle)
    hind = exchanged_sides(reference, "hind swapped") != reference.cycle
    moved = {name for row, name in enumerate(reference.keypoint_names) if hind[:, row].any()}
    assert moved == {"L_Knee", "R_Knee", "L_B_Paw", "R_B_Paw"}


def test_a_mirrored_gait_is_the_clips_only_where_it_is_symmetric():
    mirrored = next(one for one in KNOWN if one.name == "mirrored")
    honest = next(one for one in KNOWN if one.name == "honest")
    assert place_on(mirrored, True) == place_on(honest, False) == 1 < place_on(mirrored, False)
