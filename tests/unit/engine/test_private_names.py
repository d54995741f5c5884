"""The contract with Snakemake: what engine/ uses is there, is in the table, and is used nowhere else."""

import ast
import importlib
import inspect
import re
from importlib.metadata import version
from pathlib import Path

import pytest
import snakemake.api  # noqa: F401  (before snakemake.workflow, which it imports in a circle)

import video2reward.engine
from video2reward.engine.private_names import PRIVATE_NAMES

ENGINE = Path(video2reward.engine.__file__).parent
SCRIPTS = ENGINE.parents[1]
ROOT = SCRIPTS.parent
ROWS = [(row, name) for row in PRIVATE_NAMES for name in row.names]


def is_there(name):
    """Tell whether Snakemake has a name; attributes count that a class only sets in its methods."""
    module, _, path = name.partition(":")
    path, _, argument = path.rstrip(")").partition("(")
    *owners, last = path.split(".")
    try:
        owner = importlib.import_module(module)
        for one in owners:
            owner = getattr(owner, one)
    except (ImportError, AttributeError):
        return False
    if argument:
        return hasattr(owner, last) and argument in inspect.signature(getattr(owner, last)).parameters
    return inspect.getattr_static(owner, last, None) is not None or any(
        last in vars(cls).get("__annotations__", {}) or _sets(cls, last)
        for cls in getattr(owner, "__mro__", ())
        if cls.__module__.startswith("snakemake")
    )


def _sets(cls, name):
    return re.search(rf"\bself\.{name}\b[^=\n]*=[^=]", inspect.getsource(cls)) is not None


@pytest.mark.parametrize(("row", "name"), ROWS, ids=[name for _, name in ROWS])
def test_snakemake_still_has_what_is_used(row, name):
    package = name.split(":")[0].split(".")[0]
    if package != "snakemake":
        pytest.importorskip(package)
    assert is_there(name), (
        f"{package.replace('_', '-')} {version(package)} has no {name.partition(':')[2]} in {name.partition(':')[0]} "
        f"any more. engine/{row.module}.py used it so that {row.purpose}. Without it: {row.without}. "
        f"Another way: {row.public}."
    )


@pytest.mark.parametrize(
    "name",
    [
        "snakemake.persistence:PersistenceBase.no_such_method",
        "snakemake.no_such_module:Anything",
        "snakemake.scheduling.job_scheduler:JobScheduler.no_such_attribute",
        "snakemake.scheduling.job_scheduler:JobScheduler.schedule(no_such_argument)",
    ],
)
def test_what_is_gone_is_noticed(name):
    assert not is_there(name)


def imported(path):
    """The names of Snakemake that a module imports, as module:name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("snakemake"):
            yield from (f"{node.module}:{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("snakemake"))


def test_what_engine_imports_is_in_the_table():
    listed = {(row.module, re.sub(r"(:\w+).*", r"\1", name)) for row, name in ROWS}
    used = {(path.stem, name) for path in ENGINE.glob("*.py") for name in imported(path)}
    assert used <= listed


@pytest.mark.parametrize("row", PRIVATE_NAMES, ids=lambda row: row.module)
def test_the_table_names_who_uses_what(row):
    source = (ENGINE / f"{row.module}.py").read_text()
    for name in row.names:
        last = re.split(r"[.:(]", name.rstrip(")"))[-1]
        assert re.search(rf"\b{last}\b", source), f"engine/{row.module}.py does not use {name}"


def test_nothing_else_imports_snakemake():
    """Its interface for loggers is a promise, and so is what rules are made of."""
    allowed = re.compile(r"snakemake_(interface_|logger_plugin_status)")
    files = [path for path in SCRIPTS.rglob("*.py") if ENGINE not in path.parents]
    found = {(path.name, name) for path in files for name in imported(path) if not allowed.match(name)}
    assert not found


def test_rules_hand_the_workflow_to_engine():
    """`workflow.basedir` is documented."""
    text = "\n".join(file.read_text() for file in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")])
    assert set(re.findall(r"(?<!/)\bworkflow\.(\w+)", text)) == {"basedir"}
