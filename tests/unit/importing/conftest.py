"""Importing a model that a test writes."""

from pathlib import Path

import pytest

from video2reward.importing.folder import Imported, import_robot

PRESET = Path(__file__).resolve().parents[3] / "resources" / "robots" / "humanoid" / "cpu.yaml"


@pytest.fixture
def imported(tmp_path):
    """Write a model's text and import it as the robot `dog`."""

    def run(text: str, name: str = "model.xml") -> Imported:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return import_robot(str(file), "dog", tmp_path / "robots" / "dog", PRESET)

    return run
