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
