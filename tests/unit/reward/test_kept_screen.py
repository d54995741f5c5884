"""Which numbers matter for what known motions are paid, and what a change must not lose."""

import pytest
from tests.unit.known import ROBOTS, known_states_of

from video2reward.artifacts.screen import Screen
from video2reward.reward.compile import compile_source
from video2reward.reward.kept_screen import effects, lost_against, most_effective
from video2reward.reward.parameters import parameters
from video2reward.reward.screen import screen

CODE = """
def compute_reward(base_lin_vel: Tensor, commands: Tensor, torques: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    track = 1.5 * torch.exp(-error / 0.25)
    effort = -1e-9 * torch.sum(torch.square(torques), dim=1)
    unused = 0.7 * torch.exp(-error / 0.5)
    return track + effort, {"track": track, "effort": effort, "unused": unused}
"""


def screened(code):
    return screen(compile_source(code), known_states_of(*next(iter(ROBOTS))), sees_gait=False)


def test_what_does_not_reach_the_total_has_no_effect_and_is_not_tuned():
    found = parameters(CODE)
    effect = effects(CODE, found, 3.0, screened(CODE), screened)
    assert effect["weight of unused"] == effect["temperature of unused"] == 0.0
    assert effect["temperature of track"] > 0.05 > effect["weight of effort"]
    names = [one.name for one in most_effective(found, effect, 12)]
    assert names[0] != "weight of unused" and "temperature of unused" not in names
    assert [one.name for one in most_effective(found, effect, 1)] == ["temperature of track"]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Screen({}, {}, 0.30, "sliding"), ""),
        (Screen({}, {}, 0.40, "sliding"), ""),
        (Screen({}, {}, 0.29, "sliding"), "margin 0.290 against 0.300, nearest sliding"),
        (
            Screen({}, {}, 0.50, "sliding", ("standing earns more",)),
            "pairs in the wrong order: standing earns more",
        ),
        (Screen(fault="on honest, NaN"), "it fails on honest, NaN"),
    ],
)
def test_a_change_must_not_lose_what_the_screen_found(now, said):
    assert lost_against(Screen({}, {}, 0.30, "sliding"), now) == said


def test_where_the_unchanged_reward_violates_the_order_a_change_may_do_as_much():
    wrong = Screen({}, {}, -0.1, "sliding", ("sliding earns more",))
    assert not lost_against(wrong, Screen({}, {}, -0.05, "sliding", ("sliding earns more",)))
    assert not lost_against(wrong, Screen({}, {}, 0.05, "sliding"))
    assert "standing" in lost_against(wrong, Screen({}, {}, 0.0, "a", ("standing", "sliding")))
