"""Play the policy of this folder in MuJoCo; needs mujoco, onnxruntime and numpy, nothing else.

python play.py                                       in a window; up, down: speed; left, right: turn; space: push
python play.py --headless --seconds 5 --speed 1.0    prints distance, speed and falls as JSON
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import onnxruntime

KEYS = {265: (0, 1), 264: (0, -1), 263: (2, 1), 262: (2, -1)}  # arrow key -> entry of the command, sign
SPACE, PUSH = 32, 0.5  # m/s, to the left
TARGET_M = 1000.0  # the published run task's angles are those to a point this far ahead


class Player:
    """The robot under its policy; command: m/s, m/s, rad/s; axes (3, 3): the world's axes in the base's frame."""

    def __init__(self, folder: Path) -> None:
        """Read a deploy folder and put the robot to its start."""
        self.deploy = json.loads((folder / "deploy.yaml").read_text())
        self.robot, self.control, self.commands = (self.deploy[k] for k in ("robot", "control", "commands"))
        self.model = model = mujoco.MjModel.from_xml_path(str(folder / self.robot["mjcf"]))
        self.data = mujoco.MjData(model)
        self.policy = onnxruntime.InferenceSession(folder / "policy.onnx", providers=["CPUExecutionProvider"])
        base, joints = model.body(self.robot["base"]).id, [model.joint(n) for n in self.robot["joints"]]
        self.position, self.axes = self.data.xpos[base], self.data.xmat[base].reshape(3, 3)  # views
        free = model.joint(model.body_jntadr[base])
        self.place, self.rate = int(free.qposadr[0]), int(free.dofadr[0])
        self.angles, self.speeds = [int(j.qposadr[0]) for j in joints], [int(j.dofadr[0]) for j in joints]
        turn = (-2 * np.pi, 2 * np.pi)
        self.limits = np.array([j.range if model.jnt_limited[j.id] else turn for j in joints])
        self.default = np.array(self.robot["default_pose"], np.float32)
        self.scale = np.array(self.control["action_scale"], np.float32)
        self.command, self.push = np.array(self.commands["start"], float), 0.0
        if unknown := {block["name"] for block in self.deploy["observation"]["blocks"]} - READ.keys():
            raise SystemExit(f"the policy observes {', '.join(unknown)}: say in READ how it is read")
        self.reset()

    def reset(self) -> None:
        """Put the robot to its start, at rest."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[self.place : self.place + 7] = [0, 0, self.robot["spawn_height"], 1, 0, 0, 0]
        self.data.qpos[self.angles] = self.default
        self.actions = np.zeros(len(self.angles), np.float32)
        self.frames: list[Any] = []
        self.phase = np.float32(self.deploy["clock"]["start"])
        mujoco.mj_kinematics(self.model, self.data)

    def step(self) -> None:
        """Observe, act and simulate one control step."""
        self.observation = self.observe()
        self.actions = self.policy.run(None, {"observation": self.observation[None]})[0][0]
        self.data.ctrl[:] = self.centre() + self.scale * self.actions
        self.data.qvel[self.rate : self.rate + 3] += self.push * self.axes[:, 1]
        mujoco.mj_step(self.model, self.data, self.control["decimation"])
        mujoco.mj_kinematics(self.model, self.data)
        advance = np.float32(self.control["dt"] / self.deploy["clock"]["period_s"])
        self.phase, self.push = np.float32((self.phase + advance) % np.float32(1)), 0.0

    def centre(self) -> Any:
        """Return what the scaled actions are added to (D,): joint angles, rad, or no torque, N m."""
        if self.control["actions"] != "residual":
            return np.float64(self.default) * (self.control["actions"] == "position")
        motion, stride, speed = np.array(self.control["reference_motion"]), 1.0, self.control["stride_speed"]
        if speed is not None:
            stride = np.clip(self.command[0] / speed, 0, self.control["stride_limit"])
        row = int(self.phase * np.float32(len(motion))) % len(motion)
        return np.array(self.control["reference_pose"]) + stride * motion[row]

    def observe(self) -> Any:
        """Return the observation (O,) float32, the newest frame first: the blocks in order, scaled and clipped."""
        blocks, clip = self.deploy["observation"]["blocks"], self.deploy["observation"]["clip"] or np.inf
        seen = [np.ravel(READ[block["name"]](self)) * np.array(block["scale"]) for block in blocks]
        frame, count = np.clip(np.concatenate(seen), -clip, clip), self.deploy["observation"]["frames"]
        self.frames = [frame, *(self.frames or [frame] * count)][:count]
        return np.concatenate(self.frames).astype(np.float32)

    def lowest(self, part: dict[str, Any]) -> Any:
        """Return the height of a part's lowest point, m."""
        body = self.data.body(part["body"])
        return min(body.xpos[2] + np.array(part["points"]) @ body.xmat[6:]) - part["radius"]

    def wanted(self) -> Any:
        """Return what a single motion asks of the trunk: height m, forward, up m/s, flight 0 or 1, sine of lean."""
        table, flight = np.array(self.deploy["motion"]["table"]), self.deploy["motion"]["flight"]
        place = float(self.phase) * len(table)
        before, after = table[int(place) % len(table)], table[(int(place) + 1) % len(table)]
        asked = before + (place % 1) * (after - before)
        asked[3] = flight[0] <= self.phase < flight[1]
        return asked

    def trunk_height(self) -> Any:
        """Return the height of the trunk's middle, m."""
        return sum(w * self.data.site(s).xpos[2] for s, w in self.deploy["motion"]["trunk_middle"].items())

    def torso(self) -> list[float]:
        """Return yaw, roll, angle to the point ahead, and how far the torso points up and to that point."""
        yaw, roll = np.arctan2(*self.axes[1::-1, 0]), np.arctan2(*self.axes[2, 1:])
        away = np.array([TARGET_M - self.position[0], -self.position[1]])
        angle = (np.arctan2(-self.position[2], away[0]) - yaw + np.pi) % (2 * np.pi) - np.pi
        return [yaw, roll, angle, self.axes[2, 2], away @ self.axes[:2, 0] / np.hypot(*away)]

    def fallen(self) -> bool:
        """Tell whether the robot has fallen, by the rule it was trained with."""
        low, parts = self.robot["falls"]["height"] or 0, self.robot["falls"]["parts"]
        return bool(self.position[2] < low or any(self.lowest(part) < 0 for part in parts))

    def key(self, code: int) -> None:
        """Steer by a key of the window, in a tenth of the range trained for."""
        self.push = PUSH if code == SPACE else self.push
        entry, sign = KEYS.get(code, (0, 0))
        low, high = self.commands["lowest"][entry], self.commands["highest"][entry]
        self.command[entry] = np.clip(self.command[entry] + sign * (high - low) / 10, low, high)


READ: dict[str, Callable[[Player], Any]] = {  # block of the observation -> how it is read
    "base_height": lambda p: p.position[2],
    "base_lin_vel": lambda p: p.data.qvel[p.rate : p.rate + 3] @ p.axes,
    "base_ang_vel": lambda p: p.data.qvel[p.rate + 3 : p.rate + 6],
    "projected_gravity": lambda p: -p.axes[2],
    "turned_gravity": lambda p: -p.axes[:, 2],
    "course": lambda p: p.axes[0],
    "torso": Player.torso,
    "commands": lambda p: p.command,
    "joint_pos_offset": lambda p: p.data.qpos[p.angles] - p.default,
    "joint_pos_scaled": lambda p: (2 * p.data.qpos[p.angles] - p.limits.sum(1)) / np.ptp(p.limits, 1),
    "joint_vel": lambda p: p.data.qvel[p.speeds],
    "joint_forces": lambda p: (p.data.qfrc_actuator + p.data.qfrc_passive)[p.speeds],
    "force_sensors": lambda p: p.data.sensordata,
    "actions": lambda p: p.actions,
    "foot_contacts": lambda p: [p.lowest(foot) < 0 for foot in p.robot["feet_parts"]],
    "phase": lambda p: [np.sin(2 * np.pi * p.phase), np.cos(2 * np.pi * p.phase)],
    "trunk_height_error": lambda p: p.trunk_height() - p.wanted()[0],
    "wanted_velocity": lambda p: p.wanted()[1:3],
    "wanted_flight": lambda p: p.wanted()[3],
    "wanted_lean": lambda p: p.wanted()[4],
}


def headless(player: Player, seconds: float) -> dict[str, Any]:
    """Play without a window; after a fall the robot starts anew."""
    dt, way, falls = player.control["dt"], 0.0, 0
    for _ in range(steps := max(1, round(seconds / dt))):
        start = float(player.position[0])
        player.step()
        way += float(player.position[0]) - start
        if player.fallen():
            falls += 1
            player.reset()
    command, seconds = player.command.tolist(), steps * dt
    return {"seconds": seconds, "command": command, "distance": way, "speed": way / seconds, "falls": falls}


def window(player: Player) -> None:
    """Play in a window until it is closed."""
    from mujoco import viewer

    with viewer.launch_passive(player.model, player.data, key_callback=player.key) as shown:
        shown.cam.type = mujoco.mjtCamera.mjCAMERA_TRACKING
        shown.cam.trackbodyid = player.model.body(player.robot["base"]).id
        while shown.is_running():
            due = time.monotonic() + player.control["dt"]
            with shown.lock():
                player.step()
                if player.fallen():
                    player.reset()
            shown.sync()
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--headless", action="store_true", help="print figures as JSON, without a window")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long, headless")
    parser.add_argument("--speed", type=float, help="m/s ahead, kept to the speeds of training")
    parser.add_argument("--without", nargs="*", default=[], choices=READ, help="blocks observed as zeros")
    told, player = parser.parse_args(), Player(Path(__file__).resolve().parent)
    if not np.isfinite([told.seconds, told.speed or 0.0]).all():
        parser.error(f"--seconds {told.seconds} --speed {told.speed}: give finite numbers, such as 5 and 1.0")
    for block in player.deploy["observation"]["blocks"]:
        block["scale"] = np.array(block["scale"]) * (block["name"] not in told.without)
    if told.speed is not None:
        player.command[0] = np.clip(told.speed, player.commands["lowest"][0], player.commands["highest"][0])
    print(json.dumps(headless(player, told.seconds))) if told.headless else window(player)


if __name__ == "__main__":
    main()
