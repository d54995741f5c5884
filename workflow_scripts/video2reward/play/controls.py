"""What a person sets on the page: the policy, the command, the ground, time; by sliders, buttons and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Any

import numpy as np

from video2reward.play.walk import FRICTION, Walker

_NAMES = ("forward, m/s", "sideways, m/s", "turn left, rad/s")
_STEPS = 10  # presses of a key from the lowest command to the highest
_KEYS = (  # key, entry of the command, direction, words
    ("arrowup", 0, 1, "faster"), ("arrowdown", 0, -1, "slower"), ("arrowleft", 2, 1, "turn left"),
    ("arrowright", 2, -1, "turn right"), ("A", 1, 1, "left"), ("D", 1, -1, "right"),
)  # fmt: skip
_HELP = "Keys, after a click into the picture: ↑ ↓ speed, ← → turn, A D sideways, space a push, P pause, H half speed, R start anew."


class Controls:
    """The page's controls; what must happen between two steps is put into `asked`, because viser calls from threads."""

    def __init__(self, server: Any, choices: Sequence[str], chosen: str, title: str) -> None:
        """Lay them out; choices: candidates in words."""
        gui = server.gui
        self._server, self._gui, self.asked = server, gui, SimpleQueue[Callable[[], None]]()
        gui.set_panel_label(title)
        self.policy = gui.add_dropdown("candidate", tuple(choices), initial_value=chosen)
        self.picture: Any = None
        self.state = gui.add_markdown("")
        self.command: list[Any] = []
        self._commands = gui.add_folder("command")
        with gui.add_folder("world"):
            self.friction = gui.add_slider("friction", 0.1, 1.5, 0.05, FRICTION)
            self.kick = gui.add_slider("push, m/s", 0.1, 3.0, 0.1, 1.0)
            self.time = gui.add_slider("time", 0.1, 1.0, 0.1, 1.0, hint="1: real time")
            self.follow = gui.add_checkbox("camera follows", True)
        self.pause = gui.add_checkbox("pause", False)
        self.buttons = gui.add_button_group(
            "", ("push from the left", "push from the right", "push ahead", "start anew")
        )
        gui.add_markdown(_HELP)

    def film(self, picture: np.ndarray) -> None:
        """Show a picture of the clip, (H, W, 3) RGB."""
        if self.picture is None:
            self.picture = self._gui.add_image(
                picture, label="the clip, in phase", jpeg_quality=80, order=0.5
            )
        else:
            self.picture.image = picture

    def tell(self, trouble: str) -> None:
        """Show everyone who looks what went wrong."""
        for client in self._server.get_clients().values():
            client.add_notification("this candidate cannot be shown", trouble, color="red")

    def steer(self, walker: Walker) -> None:
        """Give the sliders a walker's ranges; one that observes no command has none to set."""
        for slider in self.command:
            slider.remove()
        self.command = []
        if walker.steered:
            with self._commands:
                ranges = zip(_NAMES, walker.lowest, walker.highest, walker.start, strict=True)
                self.command = [self._slider(name, low, high, at) for name, low, high, at in ranges]
        self._commands.label = "command" if walker.steered else "no command: this policy observes none"

    def wanted(self) -> tuple[float, ...]:
        """Return the command that is set, () where none can be."""
        return tuple(float(slider.value) for slider in self.command)

    def on(self, push: Callable[[float, float], None], restart: Callable[[], None]) -> None:
        """Connect buttons and keys; both are called between two steps, push with m/s forward and sideways."""

        def kick(forward: int, sideways: int) -> None:
            self.asked.put(lambda: push(forward * self.kick.value, sideways * self.kick.value))

        actions = {
            "push from the left": lambda: kick(0, -1),
            "push from the right": lambda: kick(0, 1),
            "push ahead": lambda: kick(1, 0),
            "start anew": lambda: self.asked.put(restart),
        }
        self.buttons.on_click(lambda event: actions[event.target.value]())
        for key, entry, sign, words in _KEYS:
            self._key(words, key, partial(self._turn, entry, sign))
        self._key("push", "space", lambda: kick(0, 1))
        self._key("start anew", "R", lambda: self.asked.put(restart))
        self._key("pause", "P", lambda: setattr(self.pause, "value", not self.pause.value))
        self._key("half speed", "H", lambda: setattr(self.time, "value", 1.0 if self.time.value < 1 else 0.5))

    def _key(self, words: str, key: str, act: Callable[[], None]) -> None:
        self._gui.add_command(words, hotkey=key).on_trigger(lambda event: act())

    def _turn(self, entry: int, sign: int) -> None:
        """Move a command by a tenth of its range."""
        if self.command and not self.command[entry].disabled:
            slider = self.command[entry]
            moved = slider.value + sign * (slider.max - slider.min) / _STEPS
            slider.value = round(float(np.clip(moved, slider.min, slider.max)), 2)

    def _slider(self, name: str, low: float, high: float, start: float) -> Any:
        low, high = round(low, 2), round(high, 2)
        fixed = high - low < 0.01
        start = float(np.clip(round(start, 2), low, high))
        return self._gui.add_slider(name, low, low + 1.0 if fixed else high, 0.01, start, disabled=fixed)
