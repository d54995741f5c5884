"""Batched forward kinematics in torch, for points on a tree of hinge joints.

Instead of transforming points into the world frame, the requested world directions are propagated down the tree in
each link's own frame: the coordinate of a point p along direction d is then d . p plus that of the link's origin.
One direction (up) is enough for heights, two (forward, up) for the side view, three for the world. Time derivatives
follow by the product rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.errors import UserError

# Number of poses to compare with MuJoCo's own kinematics, and the tolerance, m (float32).
_POSES, _TOLERANCE = 4, 1e-4


@dataclass(frozen=True)
class FixedPoints:
    """Points fixed on links: `link` (S,) row in `Carried`, `offset` (S, 1, 3) in the link's frame, m."""

    link: Tensor
    offset: Tensor


@dataclass
class Carried:
    """V directions in the frames of the base (row 0) and of the links of K joints; agents are the last axis.

    direction: (1 + K, 3, V, N) the world directions in each link's frame
    origin: (1 + K, V, N) the link origin's coordinates along them, m, relative to the base's origin
    direction_rate, origin_rate: their time derivatives, if joint velocities were given
    """

    direction: Tensor
    origin: Tensor
    direction_rate: Tensor | None = None
    origin_rate: Tensor | None = None

    def coordinates(self, points: FixedPoints) -> Tensor:
        """Return the points' coordinates along the directions, (S, V, N), m, from the base's origin."""
        return _coordinates(self.direction, self.origin, points)

    def rates(self, points: FixedPoints) -> Tensor:
        """Return the coordinates' time derivatives, (S, V, N), m/s, without the base's own velocity."""
        assert self.direction_rate is not None and self.origin_rate is not None
        return _coordinates(self.direction_rate, self.origin_rate, points)


@dataclass(frozen=True)
class _Level:
    """Joints of equal depth in the tree.

    parents: (L,) their parents' rows in `Carried`; columns: (L,) their columns in the joint vector
    maps: (L, 10, 3) factors for a direction in the parent's frame: three blocks of three rows (the rotation into the
    link's frame: its constant part, the factor of the angle's cosine, the factor of its sine) and the link
    origin's position in the parent's frame
    """

    parents: Tensor
    columns: Tensor
    maps: Tensor


class Kinematics:
    """The joint tree below one floating base, read from a MuJoCo model."""

    def __init__(self, model: Any, base: str, joints: Sequence[str]) -> None:
        """Read the tree of `base` (a body with a free joint); `joints` orders the joint vectors.

        Joints outside `joints` may move freely, as long as no requested point is beyond them.

        Raises:
            UserError: positions differ from MuJoCo's because the model uses an unsupported feature
        """
        self._model = model
        self._columns = {model.joint(name).id: i for i, name in enumerate(joints)}
        self._base = model.body(base).id
        self._link: dict[int, tuple[int, np.ndarray, np.ndarray]] = {}
        self._beyond: dict[int, int] = {}  # body -> the passive joint that moves it
        self._levels = self._read_levels()
        self._verify()

    def points(self, bodies: Sequence[int], positions: np.ndarray) -> FixedPoints:
        """Return points given by MuJoCo bodies (S,) and positions in their frames (S, 3), m."""
        links, offsets = [], []
        for body, position in zip(bodies, np.reshape(positions, (-1, 3)), strict=True):
            if int(body) not in self._link:
                raise UserError(self._unreachable(int(body)))
            link, origin, turn = self._link[int(body)]
            links.append(link)
            offsets.append(origin + turn @ position)
        offset = torch.tensor(np.reshape(offsets, (-1, 1, 3)), dtype=torch.float32)
        return FixedPoints(torch.tensor(links, dtype=torch.long), offset)

    def carry(
        self,
        directions: Tensor,
        joint_pos: Tensor,
        rates: Tensor | None = None,
        joint_vel: Tensor | None = None,
    ) -> Carried:
        """Propagate directions (N, V, 3), given in the base frame, to all links at joint angles (N, D), rad.

        rates: (N, V, 3) the directions' time derivatives in the base frame; with joint_vel (N, D), rad/s, the result
        holds rates too.
        """
        inputs = [directions] if rates is None else [directions, rates]
        frames = torch.stack(inputs).permute(3, 0, 2, 1)[None]  # (links, 3, 1 or 2, V, N)
        origins = torch.zeros_like(frames[:, 0])
        cos, sin = torch.cos(joint_pos).T, torch.sin(joint_pos).T
        for level in self._levels:
            above = frames[level.parents]
            links, shape = len(level.parents), above.shape[2:]
            parts = torch.bmm(level.maps, above.reshape(links, 3, -1)).view(links, 10, *shape)
            still, with_cos, with_sin, step = parts.split([3, 3, 3, 1], dim=1)
            c, s = (angle[level.columns][:, None, None, None] for angle in (cos, sin))
            below = torch.addcmul(torch.addcmul(still, with_cos, c), with_sin, s)
            if joint_vel is not None and rates is not None:
                speed = joint_vel.T[level.columns][:, None, None]
                turning = with_sin[:, :, 0] * c[:, :, 0] - with_cos[:, :, 0] * s[:, :, 0]
                below[:, :, 1] += turning * speed
            frames = torch.cat([frames, below])
            origins = torch.cat([origins, origins[level.parents] + step[:, 0]])
        if rates is None:
            return Carried(frames[:, :, 0], origins[:, 0])
        return Carried(frames[:, :, 0], origins[:, 0], frames[:, :, 1], origins[:, 1])

    def _read_levels(self) -> list[_Level]:
        """Walk the bodies in MuJoCo's order (parents first), with one link per hinge joint."""
        model = self._model
        # body -> (link, body's origin in the link's frame, rotation from the body's to the link's frame)
        self._link[self._base] = (0, np.zeros(3), np.eye(3))
        depth_of = {0: 0}
        found: list[tuple[Any, ...]] = []
        for body in range(self._base + 1, model.nbody):
            parent = int(model.body_parentid[body])
            if parent in self._beyond:
                self._beyond[body] = self._beyond[parent]
            if parent not in self._link:
                continue
            link, origin, turn = self._link[model.body_parentid[body]]
            origin = origin + turn @ model.body_pos[body]
            turn = turn @ _matrix(model.body_quat[body])
            first, count = model.body_jntadr[body], model.body_jntnum[body]
            passive = [j for j in range(first, first + count) if j not in self._columns]
            if passive:
                self._beyond[body] = passive[0]
                continue
            for joint in range(first, first + count):
                anchor, axis = model.jnt_pos[joint], model.jnt_axis[joint]
                row = len(found) + 1
                depth_of[row] = depth_of[link] + 1
                zero = float(model.qpos0[model.jnt_qposadr[joint]])
                place = origin + turn @ anchor
                found.append((depth_of[row], link, self._columns[joint], place, turn, axis, zero))
                # The link's frame is the body's, with its origin at the joint.
                link, origin, turn = row, -anchor, np.eye(3)
            self._link[body] = (link, origin, turn)
        order = sorted(range(len(found)), key=lambda i: found[i][0])
        row_of = {0: 0, **{old + 1: new + 1 for new, old in enumerate(order)}}
        self._link = {b: (row_of[link], origin, turn) for b, (link, origin, turn) in self._link.items()}
        depths = sorted({f[0] for f in found})
        return [_level([found[i] for i in order if found[i][0] == depth], row_of) for depth in depths]

    def _verify(self) -> None:
        """Compare body positions with MuJoCo's own in random poses of all joints, passive ones included."""
        import mujoco

        model, random = self._model, np.random.default_rng(0)
        bodies = [body for body in self._link if body != self._base]
        places = random.uniform(-0.1, 0.1, (len(bodies), 3))
        points, data = self.points(bodies, places), mujoco.MjData(model)
        driven = sorted(self._columns, key=lambda joint: self._columns[joint])
        for _ in range(_POSES if bodies else 0):
            angles = random.uniform(-1, 1, len(driven))
            mujoco.mj_integratePos(model, data.qpos, random.uniform(-1, 1, model.nv), 1.0)
            data.qpos[model.jnt_qposadr[driven]] = angles
            mujoco.mj_kinematics(model, data)
            base = data.xmat[self._base].reshape(3, 3)
            turns = data.xmat[bodies].reshape(-1, 3, 3)
            world = data.xpos[bodies] + np.einsum("bij,bj->bi", turns, places)
            true = (world - data.xpos[self._base]) @ base
            pose = torch.tensor(angles, dtype=torch.float32)[None]
            own = self.carry(torch.eye(3)[None], pose).coordinates(points)
            off = np.linalg.norm(own[:, :, 0].cpu().numpy() - true, axis=1)
            if not off.max() < _TOLERANCE:
                name = model.body(bodies[int(off.argmax())]).name
                raise UserError(
                    f"body {name!r} is {off.max():.3f} m away from its position in MuJoCo: its joints use a feature "
                    "that this kinematics does not support; simplify them, or report the model as a bug"
                )

    def _unreachable(self, body: int) -> str:
        name = self._model.body(body).name
        if body not in self._beyond:
            return f"body {name!r} is not part of the robot below {self._model.body(self._base).name!r}"
        joint = self._model.joint(self._beyond[body]).name
        return (
            f"body {name!r} hangs on joint {joint!r}, which is not among robot.yaml's joints and swings freely: "
            f"feet, keypoints and bodies with counted contacts cannot be beyond it; add {joint!r} to joints, or name "
            "other bodies and sites"
        )


def _level(joints: list[tuple[Any, ...]], row_of: dict[int, int]) -> _Level:
    maps = []
    for _, _, _, origin, turn, axis, zero in joints:
        along = np.outer(axis, axis)
        cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        # Rodrigues' formula for the rotation by minus the angle, after the body's own fixed rotation.
        cos, sin = (np.eye(3) - along) @ turn.T, -cross @ turn.T
        # The joint rotates by its angle minus that of the model's reference pose (ref).
        c, s = np.cos(zero), np.sin(zero)
        blocks = [along @ turn.T, c * cos - s * sin, s * cos + c * sin, origin[None]]
        maps.append(np.concatenate(blocks))
    return _Level(
        parents=torch.tensor([row_of[joint[1]] for joint in joints]),
        columns=torch.tensor([joint[2] for joint in joints]),
        maps=torch.tensor(np.array(maps), dtype=torch.float32),
    )


def _coordinates(direction: Tensor, origin: Tensor, points: FixedPoints) -> Tensor:
    shape = direction.shape[2:]
    along = torch.bmm(points.offset, direction[points.link].reshape(len(points.link), 3, -1))
    return along.view(-1, *shape) + origin[points.link]


def _matrix(quaternion: np.ndarray) -> np.ndarray:
    import mujoco

    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, quaternion)
    return matrix.reshape(3, 3)
