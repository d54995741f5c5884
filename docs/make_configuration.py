"""Write docs/configuration.md from the settings themselves: `python docs/make_configuration.py`."""

from __future__ import annotations

import sys
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.config.experiment_file import ExperimentFile  # noqa: E402
from video2reward.settings.loop import Config, RobotPreset  # noqa: E402
from video2reward.settings.method import Method  # noqa: E402
from video2reward.settings.robot import Robot  # noqa: E402
from video2reward.settings.video import Video  # noqa: E402

PAGES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("config/config.yaml", "What to run, and every stage's settings.", Config),
    (
        "config/experiments/NAME.yaml",
        "Robot x video x method x variant; of lists every combination, each an experiment FILE-VIDEO-METHOD-VARIANT.",
        ExperimentFile,
    ),
    ("config/methods/NAME.yaml", "What the model sees, what comes back, who wins a round.", Method),
    (
        "resources/videos/NAME.yaml",
        "A clip; a YAML beside your own video of the same name is read too.",
        Video,
    ),
    ("resources/robots/NAME/robot.yaml", "A robot.", Robot),
    (
        "resources/robots/NAME/cpu.yaml and paper.yaml",
        "What a robot needs otherwise than `config/fidelity/cpu.yaml` or `paper.yaml` has it; config.yaml wins over both.",
        RobotPreset,
    ),
)


def main() -> None:
    """Write the page."""
    (ROOT / "docs" / "configuration.md").write_text(page())


def page() -> str:
    """Return the whole page."""
    parts = [
        "# Configuration",
        "Made from the settings by `python docs/make_configuration.py`; do not edit.",
        "Unknown keys are errors that name the nearest valid one. Any key of config.yaml can be given on the command "
        "line: `snakemake --cores all --config iterations=3 training='{steps: 500000}'`.",
    ]
    for file, meaning, model in PAGES:
        parts += [f"## {file}", meaning, "\n".join(_table(model))]
    return "\n\n".join(parts) + "\n"


def _table(model: type[BaseModel]) -> list[str]:
    return ["| key | default | meaning |", "|---|---|---|", *_rows(model, "")]


def _rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            rows += _rows(inner, f"{prefix}{name}.")
            continue
        default = (
            "**required**"
            if field.is_required()
            else f"`{_shown(field.get_default(call_default_factory=True))}`"
        )
        meaning = field.description or _choices(inner)
        rows.append(f"| `{prefix}{name}` | {default} | {meaning} |")
        for option in typing.get_args(inner):
            if (
                isinstance(option, type)
                and issubclass(option, BaseModel)
                and type(None) in typing.get_args(inner)
            ):
                rows += _rows(option, f"{prefix}{name}.")
    return rows


def _choices(annotation: Any) -> str:
    """Name the values of a Literal, the fields of a model in a mapping."""
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(map(str, typing.get_args(annotation)))
    return ""


def _shown(value: Any) -> str:
    if value is PydanticUndefined or value is None:
        return "none"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value) or "''"


if __name__ == "__main__":
    main()
