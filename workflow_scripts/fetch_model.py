"""Download pose models and detectors in advance, for machines without a network."""

from __future__ import annotations

import argparse

from video2reward.config.model_files import SUFFIXES, checkpoint, known_models, weights
from video2reward.errors import UserError, choices
from video2reward.jobs.script import run_script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="models of resources/models.yaml; without a name, list them"
    )
    parser.add_argument(
        "--backend", choices=SUFFIXES, default="onnx", help="the pose.backend to download for"
    )
    given = parser.parse_args()
    for name in given.names:
        if name not in known_models():
            raise UserError(choices(name, known_models(), "model"))
        found = checkpoint(name) if given.backend == "mmpose" else weights(name, known_models()[name].task)
        print(f"{name}: {found.path}, SHA-256 {found.digest}")
    if not given.names:
        for name, model in known_models().items():
            backends = "onnx, mmpose" if model.checkpoint else "onnx"
            print(f"{name:<20}{model.task:<10}{model.skeleton or 'any':<8}{backends:<14}{model.licence}")


if __name__ == "__main__":
    run_script(main)
