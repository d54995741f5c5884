from video2reward.llm.template_plan import TEMPERATURES, WEIGHTS, first_plan


def test_a_runners_velocity_kernel_reaches_from_rest_and_a_walkers_is_the_published_one():
    plans = {
        (task, speed): first_plan({"one_command": task == "run", "target_speed": speed})
        for task in ("velocity", "run")
        for speed in (0.6, 3.0)
    }
    assert plans["run", 3.0].temperatures["linear"] == 1.0
    assert plans["run", 0.6].temperatures == plans["velocity", 3.0].temperatures == TEMPERATURES
    assert all(plan.weights == WEIGHTS for plan in plans.values())
