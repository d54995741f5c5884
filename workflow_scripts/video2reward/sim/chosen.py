"""The simulator that a script's settings choose, and what it reads of the training's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from video2reward.settings.training import Training

if TYPE_CHECKING:
    from video2reward.jobs.script import Script


def training_of(script: Script) -> Training:
    """Return the training settings of a script that simulates, with its own threads and the server that it was given.

    Stages that simulate without training know of the settings what chooses the simulator alone.
    """
    training = Training(**script.params.get("training", {}))
    return training.model_copy(
        update={"threads": script.args.threads, "server": script.args.server or training.server}
    )
