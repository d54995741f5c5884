import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.io import digest, write_json
from video2reward.artifacts.preferences import Choice, Preferences
from video2reward.artifacts.screen import Screen
from video2reward.artifacts.selection import Candidate, read_selection
from video2reward.errors import UserError
from video2reward.policy.network import Policy, load_policy, read_policy_file, write_policy
from video2reward.policy.preference import BEFORE, contestants, with_preferences
from video2reward.policy.select import describe, executed_in_words, select
from video2reward.settings.method import Method

SCRIPT = Path(__file__).parents[3] / "workflow_scripts" / "select_policy.py"
GAIT = Method(description="test", selection="gait")
SUCCESS = Method(description="test", selection="success")


def candidate(k, *, iteration=1, status="ok", success=-0.2, falls=0.0, error=0.1, gait=0.1, h_mts=-0.1):
    if status == "failed":
        return Candidate(iteration, k, status, traceback=f"ValueError: {k}")
    figures = (success, falls, 2.0 * error, gait, h_mts)
    return Candidate(iteration, k, status, "", *figures, velocity_error_ratio=error)


def test_gait_takes_the_smallest_distance_of_those_that_walk_well():
    round_ = [candidate(1, gait=0.12), candidate(2, gait=0.08), candidate(3, gait=0.05, falls=0.5)]
    chosen = select(round_, GAIT, 1, None)
    assert chosen.winner == 2 and chosen.best == round_[1]
    assert "smallest gait distance, 0.080" in chosen.why


def test_a_single_motion_has_no_speed_to_keep():
    jumps = [replace(candidate(k, gait=g, error=9.9), kind="single") for k, g in ((1, 0.1), (2, 0.07))]
    fell = replace(candidate(3, gait=0.01, falls=0.5), kind="single")
    chosen = select([*jumps, fell], GAIT, 1, None)
    assert chosen.winner == 2
    assert "of the 2 of 3 with at most 10% falls" in chosen.why and "velocity" not in chosen.why


def test_the_execute_rate_counts_repairs_apart():
    mended = replace(candidate(2), repairs=1)
    lost = replace(candidate(3, status="failed"), repairs=1)
    chosen = select([candidate(1), mended, lost, candidate(4, status="failed")], GAIT, 1, None)
    assert (chosen.execute_rate_unrepaired, chosen.execute_rate) == (0.25, 0.5)
    assert executed_in_words(chosen.candidates) == (
        "execute rate: 1 of 4 candidates could be trained and judged as first written, 2 after 2 repairs"
    )
    assert executed_in_words([candidate(1)]) == "execute rate: 1 of 1 candidates could be trained and judged"


@pytest.mark.parametrize("fault", [{"falls": 0.11}, {"error": 0.31}, {"falls": None}])
def test_gait_falls_back_on_success_when_nobody_walks_well(fault):
    chosen = select(
        [candidate(1, gait=0.01, success=-0.9, **fault), candidate(2, success=-0.5, **fault)], GAIT, 1, None
    )
    assert chosen.winner == 2 and "highest success" in chosen.why


def test_success_takes_the_highest_task_score_whatever_the_gait():
    chosen = select(
        [candidate(1, h_mts=-0.3, gait=0.01), candidate(2, h_mts=-0.05, gait=9.0)], SUCCESS, 1, None
    )
    assert chosen.winner == 2


def test_the_best_so_far_holds_against_a_worse_round():
    before = candidate(2, iteration=1, gait=0.07)
    chosen = select([candidate(1, iteration=2, gait=0.09)], GAIT, 2, before)
    assert chosen.winner == 1 and chosen.best == before and "iteration 1" in chosen.why


def test_a_better_round_replaces_the_best():
    chosen = select([candidate(1, iteration=2, gait=0.05)], GAIT, 2, candidate(2, gait=0.07))
    assert chosen.best.iteration == 2


def test_failed_candidates_never_win():
    chosen = select([candidate(1, status="failed"), candidate(2, gait=5.0)], GAIT, 1, None)
    assert chosen.winner == 2 and chosen.round_status == "ok"


def test_a_round_of_failures_keeps_the_best_before():
    before = candidate(1, iteration=1)
    chosen = select([candidate(k, iteration=2, status="failed") for k in (1, 2)], GAIT, 2, before)
    assert (chosen.status, chosen.round_status, chosen.winner, chosen.best) == ("ok", "failed", None, before)


def test_nothing_but_failures_is_a_failed_selection():
    chosen = select([candidate(1, status="failed")], GAIT, 1, None)
    assert (chosen.status, chosen.best) == ("failed", None)


NUMBER = st.floats(-1, 1)
CANDIDATES = st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=5)


@given(CANDIDATES, st.sampled_from([GAIT, SUCCESS]))
def test_the_order_of_the_candidates_does_not_matter(figures, method):
    round_ = [
        candidate(k, success=s, falls=f, error=e, gait=g, h_mts=h)
        for k, (s, f, e, g, h) in enumerate(figures, start=1)
    ]
    forward, backward = (select(order, method, 1, None).best for order in (round_, round_[::-1]))
    key = "h_mts" if method is SUCCESS else None
    if key:
        assert getattr(forward, key) == getattr(backward, key)
    else:
        assert (forward.gait == backward.gait) or (forward.success == backward.success)


def test_the_first_failed_stage_gives_the_traceback():
    check = Check("failed", "trial", "it loops", "Traceback: loop")
    late = {"status": "failed", "traceback": "later"}
    assert describe(1, 2, check, late, late).traceback == "Traceback: loop"
    assert describe(1, 2, Check("ok", "done"), late, late).traceback == "later"
    assert describe(1, 2, Check("ok", "done", repairs=2), late, late).repairs == 2
    wrong = Screen(margin=-0.1, nearest="standing", violations=("standing earns more",))
    assert describe(1, 2, Check("ok", "done", screen=wrong), late, late).screen == "- standing earns more."


def files(folder, iteration, k, gait=None):
    """Write a candidate's five files; without a gait distance it failed."""
    folder.mkdir(exist_ok=True)
    paths = {
        n: folder / f"{n}_{iteration}_{k}"
        for n in ("evaluations", "policies", "rewards", "checks", "trainings", "training-curves")
    }
    ok = gait is not None
    write_check(
        paths["checks"],
        Check("ok" if ok else "failed", "done" if ok else "compile", "", "" if ok else "TypeError: bad"),
    )
    status = {"status": "ok" if ok else "failed", "traceback": "" if ok else "TypeError: bad"}
    write_json(paths["trainings"], {**status, "h_mts": -0.1, "steps": 4096})
    figures = {"success": {"mean": -0.1}, "falls": 0.0, "gait": {"distance": gait}}
    figures |= {"velocity_error": 0.2, "velocity_error_ratio": 0.1}
    words = {"what": "speed along the course", "unit": "m/s", "best": "larger is better"}
    write_json(paths["evaluations"], {**status, "deterministic": figures, "success_words": words})
    paths["rewards"].write_text(f"# reward {iteration} {k}\n")
    paths["training-curves"].write_text(f"step\n{iteration}{k}\n")
    write_policy(paths["policies"], Policy(k, 1, (4,)), {})
    return paths


def run(folder, iteration, candidates, before=None):
    out = folder / f"out{iteration}"
    arguments = []
    for name in candidates[0]:
        arguments += [f"--{name}", *(str(paths[name]) for paths in candidates)]
    for name, flag in {
        "selection": "previous",
        "policy": "previous-policy",
        "reward": "previous-reward",
        "curves": "previous-curves",
    }.items():
        arguments += [f"--{name}", str(out / name)]
        if before is not None:
            arguments += [f"--{flag}", str(before / name)]
    params = json.dumps(
        {"method": {"description": "test", "selection": "gait"}, "iteration": iteration, "init": "best"}
    )
    subprocess.run(
        [sys.executable, str(SCRIPT), *arguments, "--params", params], check=True, capture_output=True
    )
    return out


@pytest.mark.slow
def test_the_script_carries_the_best_through_rounds(tmp_path):
    first = run(tmp_path, 1, [files(tmp_path, 1, 1, gait=0.2), files(tmp_path, 1, 2, gait=0.1)])
    assert (first / "reward").read_text() == "# reward 1 2\n"
    assert load_policy(first / "policy").num_observations == 2
    second = run(tmp_path, 2, [files(tmp_path, 2, 1), files(tmp_path, 2, 2)], before=first)
    chosen = read_selection(second / "selection")
    assert chosen.status == "ok" and chosen.round_status == "failed" and chosen.best.iteration == 1
    assert chosen.steps == 4096
    assert chosen.success_words.sentence == "speed along the course, m/s; larger is better"
    assert (second / "reward").read_text() == "# reward 1 2\n"
    assert (second / "curves").read_text() == "step\n12\n"


@pytest.mark.slow
def test_the_script_says_why_there_is_no_best(tmp_path):
    out = run(tmp_path, 1, [files(tmp_path, 1, 1), files(tmp_path, 1, 2)])
    assert read_selection(out / "selection").status == "failed"
    assert read_policy_file(out / "policy")["status"] == "failed"
    lines = (out / "reward").read_text().splitlines()
    assert all(line.startswith("#") for line in lines) and "TypeError: bad" in "".join(lines)
    assert torch.load(out / "policy", weights_only=True)["state"] == {}


def test_a_bad_posture_loses_to_a_somewhat_larger_distance():
    leans = replace(candidate(1, gait=0.10), posture=0.6, judged=0.22)
    upright = replace(candidate(2, gait=0.13), posture=0.0, judged=0.13)
    chosen = select([leans, upright], GAIT, 1, None)
    assert chosen.winner == 2 and "smallest gait distance, 0.130 body lengths," in chosen.why
    alone = select([leans], GAIT, 2, upright)
    assert alone.best == upright and "0.220 body lengths with its posture (0.100 without)" in alone.why
    assert select([leans, upright], SUCCESS, 1, None).winner == 1  # the papers' rule knows none


def test_the_posture_is_read_from_the_evaluation():
    ok = {"status": "ok", "traceback": ""}
    figures = {"success": {"mean": -0.1}, "falls": 0.0, "gait": {"distance": 0.1}}
    figures |= {"velocity_error": 0.2, "velocity_error_ratio": 0.1}
    earlier = describe(1, 1, Check("ok", "done"), ok, ok | {"deterministic": figures})
    assert (earlier.posture, earlier.judged) == (None, None)
    assert "smallest gait distance, 0.100 body lengths," in select([earlier], GAIT, 1, None).why
    figures |= {"posture": {"charge": 0.5, "distance": 0.2}}
    found = describe(1, 1, Check("ok", "done"), ok, ok | {"deterministic": figures})
    assert (found.posture, found.judged) == (0.5, 0.2)


def test_preference_takes_whom_people_prefer_of_those_that_stay_up():
    method = Method(description="test", selection="preference")
    round_ = [
        replace(candidate(1, gait=0.2), preference=0.5),
        replace(candidate(2, gait=0.1), preference=0.5),
        replace(candidate(3, falls=0.5), preference=1.0),
        replace(candidate(4, gait=0.01), preference=0.25),
    ]
    chosen = select(round_, method, 1, None)
    assert chosen.winner == 2 and "preferred in 50% of its comparisons" in chosen.why
    assert "smallest gait distance, 0.100 body lengths, of equals" in chosen.why
    before = replace(candidate(1, iteration=1), preference=0.75)
    assert select(round_, method, 2, before).best == before
    fallen = [replace(one, falls=0.5, success=-one.k) for one in round_]
    assert select(fallen, method, 1, None).winner == 1
    alone = select([candidate(1)], method, 1, None)
    assert alone.winner == 1 and "nobody to be compared with" in alone.why


def test_choices_reach_the_candidates_whose_films_they_are_about(tmp_path):
    films = {"candidate 1": tmp_path / "1.mp4", BEFORE: tmp_path / "0.mp4"}
    for name, film in films.items():
        film.write_text(name)
    round_, before = [candidate(1, iteration=2), candidate(2, iteration=2, status="failed")], candidate(3)
    assert contestants(round_, [films["candidate 1"], tmp_path / "2.mp4"], before, films[BEFORE]) == films
    with pytest.raises(UserError, match="waits for 1 choice between films; .* make prefer ROUND="):
        with_preferences(round_, before, films, Preferences(), tmp_path)
    pair = (BEFORE, "candidate 1")
    made = Choice("anna", "now", 1, pair, tuple(digest(films[name]) for name in pair), "right")
    judged, best = with_preferences(round_, before, films, Preferences((made,)), tmp_path)
    assert [one.preference for one in judged] == [1.0, None] and best.preference == 0.0
