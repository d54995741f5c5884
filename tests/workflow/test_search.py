"""Searches of every kind through the real workflow, with a server on this machine that answers by the number of the node."""

import json
import shutil
from contextlib import contextmanager

import pytest
from tests.chat_server import ChatServer, Reply, completion
from tests.workflow.conftest import Workflow, copy_project
from tests.workflow.same import differences
from tests.workflow.test_bad_input import BAD, ask
from tests.workflow.test_bundle import rows, script
from tests.workflow.test_killed import send, start, wait_for

REWARD = """```python
def compute_reward(base_height: Tensor, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:
    height = {scale} * dt * base_height
    return height, {{"height": height}}
```"""
ISLANDS = "search={kind: population, islands: 2}"
SMALL = ("samples=1", "evaluation={agents: 2}")
LOOP = "amble/seed0"
RULES = ("sample_completion", "extract_reward", "train_policy", "evaluate_policy")


@contextmanager
def answering(failing=()):
    """A server that answers node n with a reward of scale n, or, for those that fail, with one that is refused."""

    def choose(body):
        n = body["seed"] // 1000 % 1000
        return Reply(completion(BAD if n in failing else REWARD.format(scale=float(n))))

    with ChatServer(choose=choose) as server:
        yield server


def settings(server, *more):
    return ("--config", f"llm={ask(server.url, repairs=0)}", *SMALL, *more)


def read(flow, path):
    return json.loads((flow / f"{LOOP}/{path}").read_text())


def prompt(flow, n):
    return (flow / f"{LOOP}/iter{n}/prompt.txt").read_text()


def replayed(earlier, *more):
    """The settings that replay another run's answers, without a server."""
    llm = f"llm={{provider: recorded, recorded: {earlier}, repairs: 0}}"
    return ("--config", llm, *SMALL, *more)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("search=popluation", "unknown kind of search 'popluation'. Did you mean 'population'?"),
        ("search={kind: tree, islands: 3}", "islands belongs to kind population, and kind tree has exploration"),
        ("search={kind: population, islands: 1}", "search.islands = '1': Input should be greater than or equal to 2"),
        ("search={kind: population, crossover: 3}", "search.crossover = 3 lets the islands meet in the last of 2 rounds"),
    ],
)  # fmt: skip
def test_a_mistake_ends_before_the_graph(workflow, config, sentence):
    run = workflow("--dry-run", "--config", config)
    assert run.status != 0 and sentence in run.output and "Traceback" not in run.output


def test_people_choose_along_one_line_only(workflow):
    own = ("video=dog_amble", "method=human_preference", "experiments=[]", "llm={provider: manual}")
    run = workflow("--dry-run", "--config", "search=tree", *own)
    assert run.status != 0 and "lets people choose between the films of one line of rounds" in run.output


def test_a_fixed_reward_is_not_searched(workflow):
    own = ("video=dog_amble", "method=human", "experiments=[]")
    planned = workflow.planned("--config", "search=tree", *own)
    assert {"write_prompt 1", "select_policy 1"} <= planned
    assert not {job for job in planned if "node" in job or "parent" in job}


@pytest.fixture(scope="module")
def islands(tmp_path_factory):
    """A finished population of two islands and two rounds, and its server."""
    folder = tmp_path_factory.mktemp("islands") / "flow"
    folder.mkdir()
    copy_project(folder)
    flow = Workflow(folder, folder)
    with answering() as server:
        run = flow(*settings(server, ISLANDS))
        assert run.status == 0, run.output[-6000:]
        yield flow, server


@pytest.mark.slow
def test_two_islands_meet_in_the_second_round_and_the_best_of_both_is_kept(islands):
    flow, server = islands
    assert prompt(flow, 1) == prompt(flow, 2) and len(server.requests) == 4
    first = read(flow, "iter1/completion_1.json")["text"], read(flow, "iter2/completion_1.json")["text"]
    assert first[0] != first[1], "an answer of its own for each island"
    for n, own, other in ((3, 1, 2), (4, 2, 1)):
        said = prompt(flow, n)
        assert (
            said.index(f"height = {own}.0 * dt")
            < said.index("SECOND REWARD")
            < said.index(f"height = {other}.0 * dt")
        )
        assert "COMBINE BOTH" in said and read(flow, f"iter{n}/prompt.json")["facts"]["parents"] == [
            own,
            other,
        ]
    selection = read(flow, "iter4/selection.json")
    assert "against the bests of the other lines, candidate 1 of iteration" in selection["why"]
    assert read(flow, "best.json")["candidate"] == "candidate 1 of iteration {iteration}".format(
        **selection["best"]
    )
    page = (flow / f"{LOOP}/report.html").read_text()
    assert (
        "2 islands, one above the other" in page
        and "Round 2 on island 2: " in page
        and "<h3>Search</h3>" in page
    )
    assert flow.planned(*settings(server, ISLANDS)) == set()
    told = flow.planned(*settings(server, ISLANDS, "iterations=3"))
    assert {job for job in told if job.startswith("train_policy")} == {"train_policy 5.1", "train_policy 6.1"}


@pytest.mark.slow
def test_a_killed_population_goes_on_and_makes_the_same(islands, tmp_path):
    flow, server = islands
    copy = flow.copy(tmp_path / "copy")
    for path in ("iter3", "iter4", "best"):
        shutil.rmtree(copy / f"{LOOP}/{path}")
    run = start(copy, *settings(server, ISLANDS))
    wait_for(copy / f"{LOOP}/iter4/logs/extract_reward_1.log", run)
    send(run, "alone")
    asked = len(server.requests)
    again = copy(*settings(server, ISLANDS))
    assert again.status == 0, again.output[-3000:]
    assert differences(flow / "", copy / "") == [] and len(server.requests) == asked, (
        "answers are paid for once"
    )


@pytest.mark.slow
def test_a_population_travels_as_a_bundle_and_is_run_again_without_a_server(islands, tmp_path):
    flow, server = islands
    copy_project(tmp_path)
    elsewhere = Workflow(tmp_path, tmp_path)
    asked = [*settings(server, ISLANDS)[1:]]
    script(flow, "bundle.py", "amble", "--out", "b.tar.xz", "--config", *asked)
    output = script(elsewhere, "rerun.py", flow.folder / "b.tar.xz", "--whole", "--cores", "2")
    again = Workflow(elsewhere.folder / "reruns" / "b", elsewhere.folder)
    assert set(rows(output).values()) == {"same"} and len(rows(output)) == 5 * 6
    for n in (1, 2, 3, 4):
        assert prompt(again, n) == prompt(flow, n)
        assert "prompt differs" not in read(again, f"iter{n}/completion_1.json")["note"]


@pytest.mark.slow
def test_an_island_whose_candidates_all_fail_is_helped_by_the_other(workflow):
    with answering(failing=(2, 4)) as server:
        run = workflow(*settings(server, ISLANDS))
    assert run.status == 0, run.output[-6000:]
    assert read(workflow, "iter2/selection.json")["best"] is None
    said = prompt(workflow, 4)
    assert "ERRORS" in said and "height = 1.0 * dt" in said and "Start from this reward function" in said
    assert "SECOND REWARD" not in prompt(workflow, 3)
    selection = read(workflow, "iter4/selection.json")
    assert (selection["status"], selection["round_status"]) == ("ok", "failed")
    assert selection["best"]["iteration"] in (1, 3) and (workflow / f"{LOOP}/best/policy.onnx").exists()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A finished tree of three nodes."""
    folder = tmp_path_factory.mktemp("tree") / "flow"
    folder.mkdir()
    copy_project(folder)
    flow = Workflow(folder, folder)
    with answering() as server:
        run = flow(*settings(server, "search=tree", "iterations=3"))
        assert run.status == 0, run.output[-6000:]
        yield flow, server


@pytest.mark.slow
def test_a_tree_chooses_its_parents_and_says_why(tree):
    flow, server = tree
    choices = {n: read(flow, f"iter{n}/parent.json") for n in (2, 3)}
    assert choices[2]["parent"] == 1, "the first node is continued before there is another line"
    for n, choice in choices.items():
        options = {option["node"]: option["bound"] for option in choice["options"]}
        assert set(options) == set(range(n)) and options[choice["parent"] or 0] == max(options.values())
        said, parent = prompt(flow, n), choice["parent"]
        if parent is None:
            assert said == prompt(flow, 1)
        else:
            best = read(flow, f"iter{parent}/selection.json")["best"]["iteration"]
            assert f"height = {best}.0 * dt" in said
            assert (flow / f"{LOOP}/iter{n}/parent_policy.pth").read_bytes() == (
                flow / f"{LOOP}/iter{parent}/best.pth"
            ).read_bytes()
        begun = read(flow, f"iter{n}/training_1.json")["init"]
        assert begun == ("best" if parent else "base")
    found = [read(flow, f"iter{n}/selection.json") for n in (1, 2, 3)]
    compared = "against the bests of the other lines" in found[2]["why"]
    assert compared or {one["best"]["iteration"] for one in found} == {found[2]["best"]["iteration"]}
    page = (flow / f"{LOOP}/report.html").read_text()
    assert "Why each node has its parent" in page and "has the highest bound" in page
    assert flow.planned(*settings(server, "search=tree", "iterations=3")) == set()
    longer = flow.planned(*settings(server, "search=tree", "iterations=4"))
    assert {job for job in longer if job.startswith(("train_policy", "choose"))} == {
        "train_policy 4.1",
        "choose_parent 4",
    }


@pytest.mark.slow
def test_a_killed_tree_goes_on_and_makes_the_same(tree, tmp_path):
    flow, server = tree
    copy = flow.copy(tmp_path / "copy")
    for path in ("iter3", "best"):
        shutil.rmtree(copy / f"{LOOP}/{path}")
    wanted = settings(server, "search=tree", "iterations=3")
    run = start(copy, *wanted)
    wait_for(copy / f"{LOOP}/iter3/parent.json", run)
    send(run, "all")
    again = copy(*wanted)
    assert again.status == 0, again.output[-3000:]
    assert differences(flow / "", copy / "") == []


@pytest.mark.slow
def test_a_tree_is_replayed_from_its_answers(tree, tmp_path):
    flow, _ = tree
    again = Workflow(tmp_path / "again", flow.root)
    run = again(*replayed(flow / "", "search=tree", "iterations=3"))
    assert run.status == 0, run.output[-6000:]
    for n in (1, 2, 3):
        assert prompt(again, n) == prompt(flow, n)
        assert "prompt differs" not in read(again, f"iter{n}/completion_1.json")["note"]
    parents = [[read(one, f"iter{n}/parent.json")["parent"] for n in (2, 3)] for one in (flow, again)]
    assert (
        parents[0] == parents[1]
        and read(again, "best.json")["candidate"] == read(flow, "best.json")["candidate"]
    )
