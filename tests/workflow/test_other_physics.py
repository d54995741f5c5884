"""evaluation.physics: the best policy judged in other physics, in the report, in the tables and of a bundle; nothing trains again."""

import csv
import html

import pytest
from tests.workflow.conftest import ROOT

from video2reward.artifacts.io import read_json

pytestmark = pytest.mark.slow
SERVER = ROOT / "resources" / "simulators" / "single.py"
ASKED = ("--config", f"evaluation={{physics: [cg, friction_0.5, server, isaacgym], server: {SERVER}}}")


def test_the_best_policy_is_judged_elsewhere(finished, tmp_path):
    flow = finished.copy(tmp_path / "clone")
    assert flow.planned() == set()
    assert flow.planned(*ASKED) == {"judge_physics", "write_loop_page", "report"}
    run = flow(*ASKED)
    assert run.status == 0, run.output[-4000:]
    loop = flow / "amble/seed0"
    judged, trained = read_json(loop / "physics.json"), read_json(loop / "evaluation.json")
    assert list(judged["physics"]) == ["cg", "friction_0.5", "server", "isaacgym"]
    assert {"policy", "reference", "server"} <= set(judged["provenance"]["inputs"])
    for name in ("cg", "friction_0.5", "server"):
        figures = judged["physics"][name]["deterministic"]
        assert set(figures) == set(trained["deterministic"]) and figures["gait"]["distance"] > 0
    absent = judged["physics"]["isaacgym"]
    assert "deterministic" not in absent and "isaacgym" in absent["reason"].lower()
    page = html.unescape((loop / "report.html").read_text())
    assert "In other physics" in page and "MuJoCo, solver CG" in page and absent["reason"] in page
    assert "In other physics" not in (finished / "amble/seed0/report.html").read_text()
    assert flow.planned(*ASKED) == set()

    candidate = flow / "amble/seed0/iter1/physics_2.json"
    asked = (*ASKED[:-1], "evaluation={physics: [cg]}", "--", candidate.relative_to(flow.folder).as_posix())
    assert flow.planned(*asked) == {"judge_candidate 1.2"}

    run = flow(*ASKED, "--", "tables")
    assert run.status == 0, run.output[-4000:]
    with (flow / "tables/amble/physics_gait.csv").open() as file:
        rows = {row["quantity"]: row for row in csv.DictReader(file)}
    assert float(rows["gait_distance cg"]["mean"]) == pytest.approx(
        judged["physics"]["cg"]["deterministic"]["gait"]["distance"], rel=1e-5
    )
    assert rows["gait_distance isaacgym"]["missing"].endswith(absent["reason"])
    assert "In other physics: falls" in (flow / "tables/amble/index.html").read_text()


def test_an_unknown_physics_is_one_sentence(workflow):
    run = workflow("--dry-run", "--config", "evaluation={physics: [gc]}")
    assert run.status != 0 and "unknown physics 'gc'" in run.output and "Did you mean 'cg'" in run.output
