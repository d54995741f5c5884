"""Fetch pose models and detectors before they are needed: for machines that will have no network."""

from __future__ import annotations

import argparse

from video2reward.errors import UserError, choices
from video2reward.models import known_models, weights
from video2reward.script import run_script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of resources/models.yaml; none lists them")
    names = parser.parse_args().names
    for name in names:
        if name not in known_models():
            raise UserError(choices(name, known_models(), "model"))
        found = weights(name, known_models()[name].task)
        print(f"{name}: {found.path}, SHA-256 {found.digest}")
    if not names:
        for name, model in known_models().items():
            print(f"{name:<20}{model.task:<10}{model.skeleton or 'any':<8}{model.licence}")


if __name__ == "__main__":
    run_script(main)
