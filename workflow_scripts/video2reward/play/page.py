"""The page on which a policy walks live: the loop that steps, draws and tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.play.candidates import Playable
from video2reward.play.clip import Clip
from video2reward.play.controls import Controls
from video2reward.play.stage import Stage
from video2reward.play.walk import LiveWalk, Moment, Walker

_PICTURES = 1 / 30  # s between two pictures of the robot
_SLOWER = 4  # pictures of the robot for each of figures and clip
_LATE = 0.25  # s behind the clock after which a slow machine stops trying to catch up


class PlayPage:
    """Lets the candidates of one loop walk."""

    def __init__(
        self,
        server: Any,
        title: str,
        candidates: Sequence[Playable],
        chosen: Playable,
        walker: Callable[[Playable], Walker],
        clip: Clip | None,
    ) -> None:
        """Lay out the page and load a candidate; walker: what it walks in."""
        self._server, self._clip, self._walker = server, clip, walker
        self._named = {one.words: one for one in candidates}
        self.controls = Controls(server, list(self._named), chosen.words, title)
        self.walk: LiveWalk | None = None
        self._stage: Stage | None = None
        self._load(chosen)
        self.controls.on(lambda *speed: self._now.push(*speed), lambda: self._now.restart())
        self.controls.policy.on_update(
            lambda event: self.controls.asked.put(
                lambda: self._change(self._named[self.controls.policy.value])
            )
        )

    def run(self, until: threading.Event) -> None:
        """Walk in real time until an event."""
        due = drawn = time.monotonic()
        pictures, moment = 0, self._now.step()
        while not until.is_set():
            self._settle()
            now = time.monotonic()
            if self.controls.pause.value or not self._server.get_clients():  # nobody looks
                due = now + _PICTURES
            else:
                moment = self._now.step()
                due = max(due + self._now.dt / self.controls.time.value, now - _LATE)
            if now - drawn >= _PICTURES:
                self._draw(moment, pictures % _SLOWER == 0)
                drawn, pictures = now, pictures + 1
            until.wait(max(0.0, due - time.monotonic()))
        self._now.close()

    @property
    def _now(self) -> LiveWalk:
        assert self.walk is not None
        return self.walk

    def _settle(self) -> None:
        """Do what was asked for since the last step."""
        while not self.controls.asked.empty():
            self.controls.asked.get()()
        self._now.ground(self.controls.friction.value)
        if wanted := self.controls.wanted():
            self._now.command(*wanted)

    def _change(self, one: Playable) -> None:
        """Let another candidate walk; the old one goes on if that is not possible."""
        try:
            self._load(one)
        except UserError as error:
            self.controls.tell(str(error))

    def _load(self, one: Playable) -> None:
        """Let another candidate walk."""
        walker = self._walker(one)
        before, self.walk = self.walk, LiveWalk(walker)
        if before is not None:
            before.close()
        self.controls.steer(walker)
        if self._stage is None:
            self._stage = Stage(self._server, walker.drawn)
            self._stage.frame(float(walker.drawn.stat.extent))

    def _draw(self, moment: Moment, also_figures: bool) -> None:
        assert self._stage is not None
        self._stage.show(moment.qpos, self.controls.follow.value)
        if also_figures:
            self.controls.state.content = moment_in_words(moment, self.controls.wanted())
            if self._clip is not None:
                self.controls.film(self._clip.pictures[self._clip.at(moment.phase)])


def moment_in_words(moment: Moment, wanted: tuple[float, ...]) -> str:
    """Return a moment's figures: the mean velocity of the last second, what is commanded, falls, phase."""
    speed = np.round(moment.velocity, 2) + 0.0
    asked = f" (commanded {wanted[0]:.2f})" if wanted else ""
    fallen = ", **it lies**" if moment.down else ""
    return (
        f"speed **{speed[0]:.2f} m/s**{asked}, sideways {speed[1]:.2f} m/s, turning {speed[2]:.2f} rad/s; "
        f"phase {moment.phase % 1:.2f}; falls {moment.falls}{fallen}"
    )
