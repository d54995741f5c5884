"""The one direction of flow, held: scripts -> stage packages -> ground floor -> artefacts."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "workflow_scripts" / "video2reward"
STAGES = {
    "video", "keypoints", "motion", "prompt", "llm", "reward", "sim", "policy", "rollout", "feedback", "report", "synthesis",
    "tables",
}  # fmt: skip
GROUND = {path.stem for path in PACKAGE.glob("*.py")} | {"background", "similarity", "scores"}
HEAVY = {
    "torch",
    "mujoco",
    "mediapipe",
    "openai",
    "onnxruntime",
    "onnx",
    "cv2",
    "av",
    "matplotlib",
    "scipy",
    "rl_games",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path, top_level_only=False):
    tree = ast.parse(path.read_text())
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path):
    """The stage package, "artifacts" or the ground floor's module that a file lives in."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def rooms_of(names):
    """The rooms that imports reach; a stage's `base` module is its contract and open to all stages."""
    own = [name.split(".")[1:] for name in names if name.startswith("video2reward.")]
    contracts = {parts[0] for parts in own if parts[1:2] == ["base"]}
    return {
        parts[0]
        for parts in own
        if parts[1:2] != ["base"] and not (len(parts) == 1 and parts[0] in contracts)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    here, reached = room(path), rooms_of(imports(path))
    if here in STAGES:
        assert not (reached & STAGES) - {here}, f"{here} imports another stage"
    elif here == "artifacts":
        assert reached <= {"artifacts", "errors", "skeletons", "versions"}, f"artifacts reach up to {reached}"
    else:
        assert not reached & STAGES, f"the ground floor's {here} imports a stage"


@pytest.mark.parametrize(
    "path", [p for p in FILES if room(p) in GROUND | {"artifacts"}], ids=lambda p: p.stem
)
def test_the_ground_floor_starts_light(path):
    heavy = {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY
    assert not heavy, f"{path.name} imports {heavy} at start-up"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 300
