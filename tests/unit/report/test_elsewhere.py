"""The report's table of other physics."""

from video2reward.report.elsewhere import physics_rows

JUDGED = {
    "deterministic": {"gait": {"distance": 0.04}, "falls": 0.1, "speed_ratio": 0.9, "success": {"mean": -0.2}}
}


def test_the_trainings_physics_comes_first_and_reasons_are_told():
    elsewhere = {
        "physics": {
            "cg": {"words": "CG", "reason": "", **JUDGED},
            "warp": {"words": "Warp", "reason": "none here"},
        }
    }
    trained = {
        "deterministic": {
            "gait": {"distance": 0.03},
            "falls": 0.0,
            "speed_ratio": 1.0,
            "success": {"mean": -0.1},
        }
    }
    assert physics_rows(trained, elsewhere) == [
        ("as trained", 0.03, 0.0, 1.0, -0.1, ""),
        ("CG", 0.04, 0.1, 0.9, -0.2, ""),
        ("Warp", None, None, None, None, "none here"),
    ]


def test_without_other_physics_there_is_no_table():
    assert physics_rows(JUDGED, {}) == []


def test_a_loop_without_a_policy_has_its_reason_in_every_row():
    elsewhere = {"physics": {"cg": {"words": "CG", "reason": "best.pth holds no policy"}}}
    assert [row.gait for row in physics_rows({"status": "failed"}, elsewhere)] == [None, None]
