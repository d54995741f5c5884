"""The torques of a motion, against physics: they hold the robot up, and shaking costs what it weighs."""

import mujoco
import numpy as np
import pytest
from tests.unit.known import ROBOTS, clip_on_robot

from video2reward.sim.inverse_dynamics import InverseDynamics
from video2reward.sim.known_motions import SCREENED

MOTIONS = {motion.name: motion for motion in SCREENED}
BOTH = pytest.mark.parametrize(("species", "gait"), ROBOTS)


@BOTH
def test_the_torques_of_standing_hold_the_robot_up(species, gait):
    """As feed-forward of the drives, whose stiffness alone would let the joints give way."""
    clip = clip_on_robot(species, gait)
    model, columns = clip.playback.model, clip.playback.columns
    qpos, qvel, _ = clip.playback.enact(MOTIONS["resting"], 1, 10)
    torques = InverseDynamics(model, clip.robot).torques(qpos[0], qvel[0], 0.02)[5]
    joints = columns.joints_index.numpy()
    sunk = {}
    for share in (1.0, 0.0):
        data = mujoco.MjData(model)
        data.qpos[:] = qpos[0, 0]
        data.ctrl[:] = qpos[0, 0, joints] + share * torques / model.actuator_gainprm[:, 0]
        mujoco.mj_step(model, data, nstep=50)
        sunk[share] = np.abs(data.qpos[joints] - qpos[0, 0, joints]).max()
    assert sunk[1.0] < 0.5 * sunk[0.0] and sunk[1.0] < 0.06, sunk


@BOTH
def test_in_the_air_falling_freely_takes_no_torque_and_being_held_up_takes_the_legs(species, gait):
    clip = clip_on_robot(species, gait)
    inverse = InverseDynamics(clip.playback.model, clip.robot)
    qpos, qvel, _ = clip.playback.enact(MOTIONS["resting"], 1, 10)
    falling = qvel[0].copy()
    falling[:, 2] = -9.81 * 0.02 * np.arange(10)
    assert np.abs(inverse.torques(qpos[0], falling, 0.02)[1:-1]).max() < 0.5
    assert np.abs(inverse.torques(qpos[0], qvel[0], 0.02)).max() > 5


def test_faster_strides_take_more():
    clip = clip_on_robot("dog", "amble")
    inverse = InverseDynamics(clip.playback.model, clip.robot)
    size = {}
    for name in ("standing", "honest", "hasty"):
        qpos, qvel, _ = clip.playback.enact(MOTIONS[name], 1, 100)
        size[name] = np.square(inverse.torques(qpos[0], qvel[0], 0.02)).mean()
    assert size["standing"] < size["honest"] < size["hasty"]
