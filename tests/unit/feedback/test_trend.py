from video2reward.artifacts.selection import SeedNoise
from video2reward.feedback.trend import trend, trend_text


def content(policy, joints=None, **figures):
    return {"figures": {"policy": policy, **figures}, "gait": {"joints": joints or {}}}


BEFORE = content(
    "candidate 1 of iteration 1", {"L_Knee": 0.05, "R_Knee": 0.05, "L_B_Paw": 0.02},
    gait_distance=0.06, success=-0.1, falls=0.0, velocity_error=0.2, period_ratio=1.1, stride_size=0.7,
)  # fmt: skip
NOW = content(
    "candidate 2 of iteration 2", {"L_Knee": 0.03, "R_Knee": 0.051, "L_B_Paw": 0.04},
    gait_distance=0.04, success=-0.15, falls=0.05, velocity_error=0.201, period_ratio=0.95, stride_size=1.4,
)  # fmt: skip


def test_each_figure_has_its_own_better():
    verdicts = {name: moved["verdict"] for name, moved in trend(BEFORE, NOW)["figures"].items()}
    assert verdicts == {
        "gait_distance": "better", "success": "worse", "falls": "worse", "velocity_error": "same",
        "period_ratio": "better", "stride_size": "worse",
    }  # fmt: skip
    back = {name: moved["verdict"] for name, moved in trend(NOW, BEFORE)["figures"].items()}
    swap = {"better": "worse", "worse": "better", "same": "same"}
    assert back == {name: swap[verdict] for name, verdict in verdicts.items()}


def test_the_words_say_what_moved_and_which_joints():
    text = trend_text(trend(BEFORE, NOW))
    assert text.startswith(
        "Trend, candidate 1 of iteration 1 -> candidate 2 of iteration 2: gait distance 0.060 -> 0.040 body"
    )
    assert "agents that fell 0.00 -> 0.05 (worse)" in text
    assert "Nearer to the video: L_Knee 0.050 -> 0.030." in text
    assert "Farther from it: L_B_Paw 0.020 -> 0.040." in text and "R_Knee" not in text


def test_a_best_that_stays_is_said():
    same = {**NOW, "figures": BEFORE["figures"]}
    assert "Candidate 1 of iteration 1 stays the best" in trend_text(trend(BEFORE, same))


def test_nothing_to_compare():
    assert trend(None, NOW) == {} and trend_text({}) == ""
    assert trend(content(None), NOW) == {} and trend(BEFORE, content(None)) == {}
    holes = content("candidate 2 of iteration 2", gait_distance=None, success=float("nan"), falls=0.0)
    assert list(trend(BEFORE, holes)["figures"]) == ["falls"]


def test_a_gait_nearer_than_the_noise_between_seeds_is_no_difference():
    for sd, said in ((0.02, "no difference"), (0.01, "better")):
        found = trend(BEFORE, NOW, SeedNoise(sd, 12))
        assert found["figures"]["gait_distance"]["verdict"] == said
    text = trend_text(trend(BEFORE, NOW, SeedNoise(0.02, 12)))
    assert "0.040 body lengths (no difference: two trainings of one reward differ by 0.028)" in text
    assert "Nearer to the video" not in text and "Farther from it" not in text
    assert "better" not in text.split(";")[0] and "success -0.100 -> -0.150 (worse)" in text


def test_more_of_the_wish_is_better():
    found = trend(content("a", wish=0.3), content("b", wish=0.6))
    assert found["figures"]["wish"]["verdict"] == "better"
    assert "part of the wish fulfilled 0.30 -> 0.60 (better)" in trend_text(found)
