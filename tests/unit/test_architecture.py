"""The house: which room a module stands in, and that imports run one way."""

import ast
import runpy
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "workflow_scripts" / "video2reward"
GROUND = {"errors", "geometry", "registry", "reward_contract", "signals", "skeletons"}
# From what everything stands on to what stands on everything; a package imports those before it.
SHARED = (
    "text", "artifacts", "jobs", "settings", "search", "robots", "results", "config", "engine", "pages", "similarity", "scores",
    "wishes", "background",
)  # fmt: skip
STAGES = (
    "video", "keypoints", "motion", "prompt", "llm", "reward", "sim", "policy", "rollout", "feedback", "critique", "report",
    "tables",
)  # fmt: skip
TOOLS = ("explain", "people", "bundles", "importing", "play")
# What artefacts and the words of others stand on; all else of the ground floor may stand on them.
BELOW = {"text": {"text"}, "artifacts": {"artifacts", "text", "errors", "skeletons"}}
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
# A process of its own begins with main; each pass of the rewriting is a module with this function.
SAME_EVERYWHERE = {"main", "write_for_torchscript"}
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path, top_level_only=False):
    tree = ast.parse(path.read_text())
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(path):
    """The dotted name of a file, below the package: keypoints.onnx.backend."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def room(path):
    """The package or the ground floor's module that a file lives in."""
    return module(path).split(".")[0]


MODULES = {module(path): path for path in FILES if path.name != "__init__.py"}
REACHED = {
    name: {
        own
        for found in imports(path)
        if found.startswith("video2reward.") and (own := found.removeprefix("video2reward.")) in MODULES
    }
    for name, path in MODULES.items()
}
OF_MODULES = pytest.mark.parametrize("name", MODULES)


def test_every_room_is_known():
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"} == {
        *SHARED, *STAGES, *TOOLS,
    }  # fmt: skip
    assert {path.stem for path in PACKAGE.glob("*.py")} == GROUND | {"__init__"}
    assert len(GROUND) <= 6


@OF_MODULES
def test_imports_run_one_way(name):
    here = name.split(".")[0]
    # A stage's `base` module is its contract and open to all stages.
    rooms = {
        other.split(".")[0]
        for other in REACHED[name]
        if here not in STAGES or other.split(".")[1:] != ["base"]
    } - {here}
    if here in STAGES:
        assert not rooms & {*STAGES, *TOOLS}, f"{here} imports another stage"
    elif here in BELOW:
        assert rooms <= BELOW[here], f"{here} reaches up to {rooms}"
    elif here in SHARED:
        before = {*SHARED[: SHARED.index(here)], *GROUND}
        assert rooms <= before, f"{here} imports {rooms - before}, which come after it"
    elif here in GROUND:
        assert rooms <= {*GROUND, "text"}, f"the ground floor's {here} imports {rooms}"
    else:
        assert rooms <= {*SHARED, *GROUND}, f"{here} imports {rooms}"


def test_no_import_runs_in_a_circle():
    """Not inside packages either; imports for types alone count too."""
    try:
        tuple(TopologicalSorter(REACHED).static_order())
    except CycleError as error:
        raise AssertionError(f"modules import each other: {' -> '.join(error.args[1])}") from None


def test_the_drawing_of_the_packages_is_up_to_date():
    run = runpy.run_path(str(PACKAGE.parents[1] / "docs" / "make_packages.py"))
    assert run["OUT"].read_text() == run["render"](run["packages"]()), "run python docs/make_packages.py"


def test_a_name_has_one_meaning():
    """No two public classes or functions of the library bear one name, but for what is a kind of its own."""
    found = defaultdict(list)
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    twice = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in SAME_EVERYWHERE} == {}
    assert set(twice) == SAME_EVERYWHERE, "the list of exceptions holds one that is none"


@OF_MODULES
def test_private_names_stay_at_home(name):
    tree = ast.parse(MODULES[name].read_text())
    taken = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("video2reward")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert not taken, f"{name} imports {taken}"


@pytest.mark.parametrize(
    "path", [p for p in FILES if room(p) in {*GROUND, *SHARED}], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_the_ground_floor_starts_light(path):
    heavy = {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY
    if room(path) != "background":  # works on pictures: OpenCV is what it is made of
        assert not heavy, f"{path.name} imports {heavy} at start-up"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 300
