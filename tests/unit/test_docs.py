import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
)
LIBRARY = ROOT / "workflow_scripts" / "video2reward"
FOLDERS = "|".join(
    sorted(
        p.name
        for top in (ROOT, LIBRARY)
        for p in top.iterdir()
        if p.is_dir() and p.name not in {"results", "site"}
    )
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_the_configuration_page_is_up_to_date():
    assert (ROOT / "docs" / "configuration.md").read_text() == load("make_configuration").page(), (
        "run python docs/make_configuration.py"
    )


def test_the_tables_of_what_is_drawn_are_up_to_date():
    made = load("make_robustness")
    assert made.PAGE.read_text() == made.page(made.PAGE.read_text()), "run python docs/make_robustness.py"


def test_the_drawing_of_the_workflow_is_up_to_date():
    drawing = load("make_workflow").drawing()
    assert (ROOT / "docs" / "workflow.svg").read_text() == drawing, "run python docs/make_workflow.py"


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "index.md").read_text()
    missing = [p.name for p in ROOT.glob("docs/*.md") if p.name != "index.md" and f"({p.name})" not in index]
    assert not missing, f"docs/index.md does not name {missing}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page):
    """Links, and the scripts, tests and make targets of its commands."""
    text = page.read_text()
    links = {target for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)}
    gone = sorted(link for link in links if not (page.parent / link).exists())
    files = set(re.findall(rf"(?<![\w/])((?:{FOLDERS})/[\w./-]*\.(?:py|smk|md|yaml|txt|svg))\b", text))
    made = re.compile("name|NAME|profiles/mine/")
    gone += sorted(
        f for f in files if not made.search(f) and not any((top / f).exists() for top in (ROOT, LIBRARY))
    )
    gone += sorted(f"make {target}" for target in set(re.findall(r"`make ([a-z-]+)", text)) - TARGETS)
    assert not gone, f"{page.relative_to(ROOT)} names what is not there: {gone}"
