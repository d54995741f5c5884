"""Running again: which settings of a bundle count here, and which of its words do not."""

import json

import pytest

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.artifacts.selection import Selection, write_selection
from video2reward.bundles.again import changed_here, judgings, whole_settings, with_settings
from video2reward.bundles.manifest import FORMAT, Manifest
from video2reward.errors import UserError
from video2reward.results.layout import Results

PARAMS = {
    "task": {"name": "velocity"},
    "evaluation": {"agents": 4},
    "training": {"simulator": "server", "server_python": "/tmp/evil", "server": "/tmp/evil.py"},
    "seconds": 3.0,
    "seed": 0,
    "sampled": False,
}


def test_a_judging_takes_another_simulator():
    found = with_settings(PARAMS, {"training": {"simulator": "mujoco"}})
    assert found["training"] == {"simulator": "mujoco"} and found["evaluation"] == {"agents": 4}


def test_no_program_of_a_bundle_is_started():
    assert with_settings(PARAMS, {})["training"] == {"simulator": "server"}
    own = with_settings(PARAMS, {"training": {"server": "mine.py", "server_python": "/usr/bin/python3"}})
    assert own["training"] == {"simulator": "server", "server_python": "/usr/bin/python3"}


def test_other_physics_is_asked_for_by_the_runs_own_setting():
    assert "physics" not in with_settings(PARAMS, {})
    asked = {
        "evaluation": {"physics": ["cg", "server"], "server": "mine.py", "server_python": "/usr/bin/python3"}
    }
    found = with_settings(PARAMS, asked)
    assert found["physics"] == ["cg", "server"]
    assert found["training"] == {"simulator": "server", "server_python": "/usr/bin/python3"}
    with pytest.raises(UserError, match="unknown physics 'gc'"):
        with_settings(PARAMS, {"evaluation": {"physics": ["gc"]}})


@pytest.mark.parametrize("section", ["task", "evaluation"])
def test_odd_settings_of_a_bundle_are_a_sentence(section):
    with pytest.raises(UserError, match=f"the bundle's {section}"):
        with_settings(PARAMS | {section: {"nonsense": 1}}, {"training": {"simulator": "mujoco"}})


ODD = ["[", "[]", "{}", json.dumps(PARAMS | {"task": 1}), json.dumps(PARAMS | {"seed": "x"})]


@pytest.mark.parametrize("params", ODD)
def test_a_job_that_does_not_say_how_it_judged(tmp_path, params):
    loop = Results(tmp_path).experiment("amble").loop(0)
    for path in (loop.evaluation, loop.round(1).best_policy):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    write_selection(loop.round(1).selection, Selection("failed", "failed", "gait", "", 1, None, None, ()))
    write_job_record(loop.record("evaluate_best"), JobRecord("evaluate_best", params, ""))
    with pytest.raises(UserError, match="does not say how its policy was judged"):
        judgings(tmp_path, Manifest(FORMAT, "amble", "anymal_c", "dog_amble", "video2reward"))


@pytest.mark.parametrize("rule", ["evaluate_policy", "evaluate_halved"])
def test_a_round_is_judged_as_its_own_job_was(tmp_path, rule):
    loop = Results(tmp_path).experiment("amble").loop(0)
    own = loop.round(1).candidate(1)
    for path in (loop.evaluation, loop.round(1).best_policy, own.policy, own.training, own.evaluation):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    write_selection(loop.round(1).selection, Selection("ok", "ok", "gait", "", 1, 1, None, ()))
    for record, seconds in ((own.record(rule), 8.0), (loop.record("evaluate_best"), 20.0)):
        write_job_record(record, JobRecord(record.stem, json.dumps(PARAMS | {"seconds": seconds}), ""))
    found = judgings(tmp_path, Manifest(FORMAT, "amble", "anymal_c", "dog_amble", "video2reward"))
    assert [one.params["seconds"] for one in found] == [8.0, 20.0]


@pytest.mark.parametrize(
    "asked",
    [
        {"samples": 3},
        {"training": {"steps": 5}},
        {"llm": {"provider": "openai"}},
        {"evaluation": {"agents": 1}},
    ],
)
def test_other_settings_need_the_whole(asked):
    with pytest.raises(UserError, match="WHOLE=1"):
        with_settings(PARAMS, asked)


def test_the_whole_replays_the_answers(tmp_path):
    configuration = {
        "iterations": 2,
        "training": {"steps": 4096, "server": "evil.py", "server_python": "evil"},
        "llm": {"provider": "openai", "base_url": "http://evil", "key_variable": "HOME", "max_tokens": 900},
        "vlm": {"base_url": "http://evil"},
        "evaluation": {"agents": 8, "server": "evil.py", "server_python": "evil"},
        "check": {"memory_mb": 10**9},
        "results": "/",
    }
    manifest = Manifest(FORMAT, "amble", "anymal_c", "dog_amble", "video2reward", configuration)
    found = whole_settings(tmp_path, manifest, {"training": {"steps": 8192}})
    replay = {"provider": "recorded", "recorded": str(tmp_path.resolve())}
    assert found == {
        "search": "greedy", "iterations": 2, "evaluation": {"agents": 8}, "training": {"steps": 8192}, "llm": {"max_tokens": 900} | replay, "vlm": replay,
    }  # fmt: skip
    other = whole_settings(tmp_path, manifest, {"llm": {"provider": "openai", "model": "m"}})
    assert other["llm"] == {"max_tokens": 900, **replay, "provider": "openai", "model": "m"}


def test_a_search_is_replayed_as_it_ran(tmp_path):
    """And one made before there was a choice as it was then, whatever the configuration here says."""
    search = {"kind": "population", "islands": 3, "crossover": 2}
    manifest = Manifest(FORMAT, "amble", "anymal_c", "dog_amble", "video2reward", {"search": search})
    assert whole_settings(tmp_path, manifest, {})["search"] == search
    assert whole_settings(tmp_path, manifest, {"search": "tree"})["search"] == "tree"


def test_files_of_the_project_that_differ_are_named(tmp_path):
    robots = tmp_path / "here" / "resources" / "robots"
    robots.mkdir(parents=True)
    for name in ("same", "other"):
        (robots / name).write_text(name)
    (tmp_path / "here" / "secret").write_text("x")
    inputs = {
        "resources/robots/same": digest(robots / "same"),
        "resources/robots/other": "0" * 64,
        "resources/robots/gone": "0" * 64,
        "resources/robots/../../secret": "0" * 64,
        "resources/report/style.css": "0" * 64,
        "/etc/passwd": "0" * 64,
    }
    write_job_record(
        tmp_path / "bundle" / "amble" / "logs" / "a.json", JobRecord("a", json.dumps({}), "", inputs=inputs)
    )
    assert list(changed_here(tmp_path / "bundle", tmp_path / "here")) == [
        "resources/robots/gone is missing here", "resources/robots/other is another file here",
    ]  # fmt: skip
