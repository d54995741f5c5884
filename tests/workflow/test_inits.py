"""What candidates start from decides what their trainings wait for; a dry run tells."""

import re

import pytest
from tests.workflow.conftest import Workflow


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("scratch", {"1": set(), "2": set()}),
        ("base", {"1": {"robots/anymal_c/base.pth"}, "2": {"robots/anymal_c/base.pth"}}),
        (
            "best",
            {
                "1": {"robots/anymal_c/base.pth"},
                "2": {"robots/anymal_c/base.pth", "amble/seed0/iter1/best.pth"},
            },
        ),
    ],
)
def test_what_trainings_wait_for(tmp_path, init, expected):
    run = Workflow(tmp_path)(
        "--dry-run", "--quiet", "host", "--config", f"training={{init: {init}}}", "samples=1"
    )
    assert run.status == 0, run.output[-3000:]
    blocks = re.findall(r"rule train_policy:\n\s+input: (.*)\n(?:.*\n)*?\s+wildcards: .*n=(\d)", run.output)
    policies = {n: set(re.findall(r"results/(\S+\.pth)", inputs)) for inputs, n in blocks}
    assert policies == expected


def test_loops_begin_with_the_base_policy_of_their_seed_where_there_is_one(tmp_path):
    run = Workflow(tmp_path)(
        "--dry-run",
        "--quiet",
        "host",
        "--config",
        "seeds=[0, 1, 2]",
        "base_seeds=[0, 1]",
        "samples=1",
        "iterations=1",
    )
    assert run.status == 0, run.output[-3000:]
    blocks = re.findall(
        r"rule train_policy:\n\s+input: (.*)\n(?:.*\n)*?\s+wildcards: .*seed=(\d)", run.output
    )
    policies = {seed: set(re.findall(r"results/(\S+\.pth)", inputs)) for inputs, seed in blocks}
    shared = {"robots/anymal_c/base.pth"}
    assert policies == {"0": shared, "1": {"robots/anymal_c/base_seed1.pth"}, "2": shared}
    made = set(re.findall(r"output: results/(\S+_evaluation\.json)", run.output))
    assert made == {"amble/base_evaluation.json", "amble/base_seed1_evaluation.json"}
