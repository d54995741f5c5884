from video2reward.llm.template_plan import TEMPERATURES, first_plan


def test_a_runners_velocity_kernel_reaches_from_rest_and_a_walkers_is_the_published_one():
    width = {
        (task, speed): first_plan({"task": task, "target_speed": speed}).temperatures["linear"]
        for task in ("velocity", "run")
        for speed in (0.6, 3.0)
    }
    assert width["run", 3.0] == 1.0
    assert width["velocity", 3.0] == width["run", 0.6] == TEMPERATURES["linear"]
