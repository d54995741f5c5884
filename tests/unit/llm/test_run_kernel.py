import pytest

from video2reward.llm.template_plan import TEMPERATURES, WEIGHTS, first_plan


def test_a_runners_velocity_kernel_reaches_from_rest_and_a_walkers_is_the_published_one():
    plans = {
        (task, speed): first_plan({"task": task, "target_speed": speed})
        for task in ("velocity", "run")
        for speed in (0.6, 3.0)
    }
    assert plans["run", 3.0].temperatures["linear"] == 3.0
    assert plans["run", 0.6].temperatures["linear"] == TEMPERATURES["linear"]
    assert plans["run", 3.0].weights["torque"] == pytest.approx(0.2 * WEIGHTS["torque"])
    assert plans["velocity", 3.0].weights == WEIGHTS
    assert plans["velocity", 3.0].temperatures == TEMPERATURES
