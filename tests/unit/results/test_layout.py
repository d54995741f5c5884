"""Where things lie: every path is read back as what it is, and is written in one place."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.results.layout import RESERVED, BestFolder, Results
from video2reward.results.places import Place, files_of, folders, place_of
from video2reward.results.space import STAGES
from video2reward.settings.bases import base_name

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "workflow_scripts"
NAMES = st.from_regex(r"[^\W_][\w-]{0,11}", fullmatch=True).filter(lambda name: name not in RESERVED)
NUMBERS = st.integers(0, 10**6)


def of_every_kind(results, video, robot, group, experiment, motion, seed, n, k, part, base):
    """A folder of every kind, and what its path tells of it."""
    own = results.experiment(experiment)
    loop = own.loop(seed)
    in_loop = {"experiment": experiment, "seed": seed}
    return [
        (loop.round(n).part(part).candidate(k), in_loop | {"n": n, "part": part, "k": k}),
        (loop.round(n).part(part), in_loop | {"n": n, "part": part}),
        (loop.round(n).candidate(k), in_loop | {"n": n, "k": k}),
        (loop.round(n), in_loop | {"n": n}),
        (BestFolder(loop.best), in_loop),
        (loop, in_loop),
        (results.judge(experiment).motion(motion), {"experiment": experiment, "motion": motion}),
        (results.judge(experiment), {"experiment": experiment}),
        (results.video(video), {"video": video}),
        (results.robot(robot).base(base), {"robot": robot, "base": base}),
        (results.robot(robot), {"robot": robot}),
        (results.tables(group), {"group": group}),
        (own.base(base), {"experiment": experiment, "base": base}),
        (own, {"experiment": experiment}),
        (results, {}),
    ]


EVERY_KIND = st.builds(
    of_every_kind, st.just(Results()), NAMES, NAMES, NAMES, NAMES, NAMES, NUMBERS, NUMBERS, NUMBERS,
    NUMBERS, NUMBERS.map(lambda seed: base_name(seed, (seed,))),
)  # fmt: skip


@given(EVERY_KIND, st.sampled_from(["", "results", "/data/our results/benchmarks/walks"]))
def test_a_path_says_what_it_is(every_kind, above):
    for folder, known in every_kind:
        for name, file in files_of(folder):
            path = above / getattr(folder, name)
            place = place_of(path / "inside" if file.name.endswith("/") else path)
            assert place == Place(name, file.stage, **known), path


@given(EVERY_KIND)
def test_a_log_says_whose_it_is(every_kind):
    for folder, known in every_kind:
        if isinstance(folder, BestFolder):  # no job's: it is one file to Snakemake
            continue
        known = {name: value for name, value in known.items() if name != "group"}
        for path in (folder.log("a_rule"), folder.record("a_rule")):
            assert place_of(path) == Place("logs", "logs", **known, job="a_rule"), path


def test_every_kind_of_folder_is_tried():
    tried = [
        type(folder) for folder, _ in of_every_kind(Results(), "v", "r", "g", "e", "m", 0, 1, 1, 1, "base")
    ]
    assert sorted(map(str, tried)) == sorted(str(type(folder)) for folder in folders())


def test_the_rule_of_a_log_is_known():
    names = {
        "train_policy_2": "train_policy",
        "train_base_seed1": "train_base",
        "select_policy": "select_policy",
    }
    places = ("walk/seed0/iter1", "robots/dog", "walk/seed0/iter1")
    for (name, rule), place in zip(names.items(), places, strict=True):
        assert place_of(Path(place, "logs", f"{name}.json")).rule == rule


@pytest.mark.parametrize(
    "path", ["notes.txt", "walk/notes.txt", "walk/workshop/notes.txt", "tables/seed0/x", "."]
)
def test_what_is_not_ours_is_nothing(path):
    place = place_of(Path(path))
    assert place is None or place.file == "pages"


def test_every_stage_has_its_place_in_the_order():
    made = {file.stage for folder in folders() for _, file in files_of(folder)}
    assert made | {"leftovers", "other"} == set(STAGES)


# Names of the results in strings of other modules -> why they may stand there.
ALLOWED = {
    ("explain.py", "report.html"): "an example of what to ask for",
    ("video2reward/config/clips.py", "videos"): "resources/videos",
    ("video2reward/config/robot.py", "robots"): "resources/robots",
    ("video2reward/video/online.py", "videos"): "the cache of downloads",
    ("make_tables.py", "tables"): "resources/tables",
    ("rerun.py", "robots"): "resources/robots",
    ("make_robot.py", "robots"): "resources/robots",
    ("play.py", "robots"): "resources/robots",
}


def names_in_the_layout():
    """A regular expression for each name of a file in the results, whatever stands for its wildcards."""
    for folder in folders():
        for _, file in files_of(folder):
            fixed = file.name.replace("{base}", "base")
            if not fixed.endswith("/") and not fixed.startswith("{"):
                any_word = r"(?:\{+\w*\}+|\*|<\w+>|\\d\+)"
                name = re.sub(r"\\\{\w+\\\}", lambda _, word=any_word: word, re.escape(fixed))
                yield rf"{name}(?=$|/)"
    yield r"(?:seed|iter)(?:\{|\*)"


NAME = re.compile(
    rf"(?:(?<=/)|^)(?:{'|'.join(names_in_the_layout())})"
)  # in a path; sentences may name files
FOLDERS = {"videos", "robots", "tables", "completions", "frames", "best", "logs", ".runs"}


def strings(tree):
    """The strings of a module that name what lies in a results folder; docstrings aside."""
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts |= {id(part) for part in node.values}
            yield from NAME.findall("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))  # fmt: skip
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            yield from NAME.findall(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            parts = (node.left, node.right)
            yield from (
                part.value for part in parts if isinstance(part, ast.Constant) and part.value in FOLDERS
            )


def test_no_other_module_writes_a_name_of_the_results():
    found = {
        (path.relative_to(SCRIPTS).as_posix(), name)
        for path in SCRIPTS.rglob("*.py")
        if path.name != "layout.py"
        for name in strings(ast.parse(path.read_text()))
    }
    assert found == set(ALLOWED)


@pytest.mark.parametrize("path", [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")], ids=lambda p: p.name)
def test_no_rule_writes_one_either(path):
    code = "\n".join(line.split("#")[0] for line in path.read_text().splitlines())
    code = re.sub(r'""".*?"""', "", code, flags=re.DOTALL)
    assert [name for text in re.findall(r'"([^"\n]*)"', code) for name in NAME.findall(text)] == []
    assert "/logs/" not in code.replace("{ENVIRONMENTS}/logs/", "")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('folder / f"reward_{k}.py"', "reward_{}.py"),
        ('glob("*/seed*/iter*/x")', "seed*"),
        ('page = "results/report.html"', "report.html"),
        ('results / "videos" / name', "videos"),
        ('f"{base}_evaluation.json" + "base_evaluation.json"', "base_evaluation.json"),
    ],
)
def test_the_search_finds_what_it_is_for(code, name):
    assert name in list(strings(ast.parse(code)))


def test_the_search_leaves_words_alone():
    assert (
        list(
            strings(
                ast.parse('x = "the report", "loop_page.html.j2", f"seed {seed}", "frames", "base_seed1"')
            )
        )
        == []
    )
