"""The figures of two evaluations, and whether they differ by more than the agents do."""

import numpy as np
import pytest

from video2reward.bundles.noise import differences, lines

AGENTS = 64


def evaluation(gait=0.05, spread=0.008, falls=0.0, success=-0.02, posture=None):
    """An evaluation whose agents' distances have exactly this standard deviation."""
    agents = np.tile([-1.0, 1.0], AGENTS // 2) * spread * np.sqrt((AGENTS - 1) / AGENTS) + gait
    return {
        "deterministic": {
            "falls": falls,
            "speed_ratio": 1.0,
            "velocity_error": 0.1,
            "gait": {"distance": gait, "agents": agents.tolist()},
            "posture": {"distance": gait if posture is None else posture},
            "success": {"mean": success, "interval": [success - 0.01, success + 0.01]},
        }
    }


def verdicts(there, here):
    return {one.figure: one.verdict for one in differences(there, here)}


def test_equal_evaluations_are_the_same():
    assert set(verdicts(evaluation(), evaluation()).values()) == {"same"}


def test_the_noise_is_that_of_two_means():
    found = {one.figure: one.noise for one in differences(evaluation(), evaluation())}
    assert found["gait distance"] == pytest.approx(1.96 * np.sqrt(2) * 0.008 / np.sqrt(AGENTS))
    assert found["success"] == pytest.approx(np.sqrt(2) * 0.01)
    assert found["speed / the clip's"] is None


@pytest.mark.parametrize(("here", "verdict"), [(0.0520, "within the noise"), (0.0535, "BEYOND THE NOISE")])
def test_gait(here, verdict):
    assert verdicts(evaluation(), evaluation(gait=here))["gait distance"] == verdict


@pytest.mark.parametrize(("falls", "verdict"), [(1, "within the noise"), (20, "BEYOND THE NOISE")])
def test_falls_have_noise_even_where_nobody_fell(falls, verdict):
    assert verdicts(evaluation(), evaluation(falls=falls / AGENTS))["falls"] == verdict


def test_posture_has_no_noise_of_its_own():
    there, here = evaluation(posture=0.06), evaluation(posture=0.0601)
    assert verdicts(there, here)["gait with posture"] == "no spread recorded"
    assert verdicts(evaluation(), evaluation(gait=0.0501))["gait with posture"] == "within the noise"


def test_speeds_have_no_spread():
    here = evaluation()
    here["deterministic"]["speed_ratio"] = 1.01
    assert verdicts(evaluation(), here)["speed / the clip's"] == "no spread recorded"


def test_an_evaluation_that_failed():
    assert set(verdicts(evaluation(), {"status": "failed"}).values()) == {"missing on one side"}
    assert set(verdicts({"status": "failed"}, {"status": "failed"}).values()) == {"same"}


@pytest.mark.parametrize("odd", ["x", [1], {"a": 1}, None, 1e999, -1])
@pytest.mark.parametrize("key", ["falls", "gait", "posture", "success", "speed_ratio"])
def test_odd_figures_of_somebody_elses_file(key, odd):
    there = evaluation()
    there["deterministic"][key] = odd
    assert len(differences(there, evaluation())) == 6
    if isinstance(there["deterministic"][key], dict):
        return
    there = evaluation()
    there["deterministic"]["gait"]["agents"] = odd
    there["deterministic"]["success"]["interval"] = odd
    assert len(differences(there, evaluation())) == 6


def test_agents_that_fell_have_no_distance():
    there = evaluation()
    there["deterministic"]["gait"]["agents"][:10] = [None] * 10
    assert verdicts(there, evaluation(gait=0.0501))["gait distance"] == "within the noise"


def test_the_table_has_a_line_for_each_figure():
    table = list(lines("best", differences(evaluation(), evaluation(gait=0.06))))
    assert len(table) == 6 and table[0].startswith("best") and not table[1].startswith("best")
    assert "0.050    0.060" in table[1] and table[1].endswith("BEYOND THE NOISE")
