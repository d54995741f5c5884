"""The robot and its ground, drawn in the browser."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.play.solids import solids

_CELL = 0.5  # m
_WORLD = "/world"


class Stage:
    """Draws one robot; the world moves under a camera that stays, so that a person may turn it meanwhile."""

    def __init__(self, server: Any, drawn: Any) -> None:
        """Draw the robot where its model has it; drawn: the model with its visual geoms."""
        import mujoco

        self._server, self._model = server, drawn
        self._data, self._away = mujoco.MjData(drawn), np.zeros(3)
        server.scene.set_up_direction("+z")
        self._world = server.scene.add_frame(_WORLD, show_axes=False)
        server.scene.add_grid(
            f"{_WORLD}/ground",
            infinite_grid=True,
            cell_size=_CELL,
            section_size=2 * _CELL,
            fade_distance=25.0,
            plane_color=(222, 226, 230),
            plane_opacity=1.0,
            cell_color=(190, 196, 202),
            section_color=(150, 158, 166),
        )
        self._bodies = {body: self._body(body) for body in range(1, drawn.nbody)}
        self._solids = [self._solid(one) for one in solids(drawn)]

    def frame(self, size: float) -> None:
        """Put the camera where a robot of this size, m, is seen from its right and ahead, left of the panel."""
        camera = self._server.initial_camera
        camera.position, camera.look_at = (
            (1.2 * size, -1.7 * size, 0.8 * size),
            (0.3 * size, 0.15 * size, 0.25 * size),
        )

    def show(self, qpos: np.ndarray, follow: bool) -> None:
        """Move the robot; follow: keep its base in the middle."""
        import mujoco

        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self._data)
        if follow:
            self._away = np.array([-qpos[0], -qpos[1], 0.0])
        with self._server.atomic():
            self._world.position = self._away
            for body, frame in self._bodies.items():
                frame.position, frame.wxyz = np.array(self._data.xpos[body]), np.array(self._data.xquat[body])

    def remove(self) -> None:
        """Take the robot and its ground away."""
        self._world.remove()

    def _body(self, body: int) -> Any:
        return self._server.scene.add_frame(f"{_WORLD}/robot/{body}", show_axes=False)

    def _solid(self, one: Any) -> Any:
        return self._server.scene.add_mesh_simple(
            f"{_WORLD}/robot/{one.body}/{one.geom}",
            one.vertices,
            one.faces,
            color=tuple(round(255 * part) for part in one.colour[:3]),
            opacity=None if one.colour[3] >= 1 else float(one.colour[3]),
            side="double",
            position=one.position,
            wxyz=one.quaternion,
        )
