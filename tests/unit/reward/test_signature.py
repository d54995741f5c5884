import pytest

from video2reward.reward.signature import check_signature
from video2reward.signals import SIGNALS, visible_signals

ALL = tuple(SIGNALS)


def faults(arguments, names=ALL):
    return check_signature(f"def compute_reward({arguments}):\n    return 1\n", names)


def test_signals_by_name_pass():
    assert faults("base_height: Tensor, dt: float, phase_sin") == []
    assert faults("dt: torch.Tensor") == []  # a scalar may be taken as a tensor


def test_an_unknown_name_is_answered_with_the_nearest():
    (fault,) = faults("base_linear_velocity: Tensor")
    assert "unknown signal 'base_linear_velocity'" in fault and "Did you mean 'base_lin_vel'" in fault


def test_a_hidden_signal_is_said_to_be_hidden():
    shown = [signal.name for signal in visible_signals(["keypoints"])]
    (fault,) = faults("phase_sin: Tensor, keypoints: Tensor", shown)
    assert "'phase_sin' is hidden by this method" in fault
    (unknown,) = faults("phase_sine: Tensor", shown)
    assert "phase_sin'" not in unknown  # what is hidden is not offered either


def test_a_tensor_taken_as_a_number_is_named():
    (fault,) = faults("base_height: float")
    assert "tensor of shape (N)" in fault


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("base_height: Dict[str, Tensor]", "a tensor of shape (N), but is annotated Dict[str, Tensor]; write base_height: torch.Tensor"),
        ("base_height: List[Tensor]", "write base_height: torch.Tensor"),
        ("joint_pos: float", "a tensor of shape (N, D)"),
        ("dt: str", "one number, but is annotated str; write dt: float"),
        ("dt: List[float]", "write dt: float"),
        ("*, dt: Tuple[float, float] = (1.0, 1.0)", "write dt: float"),
    ],
)  # fmt: skip
def test_a_type_that_the_signal_has_not_is_answered_with_its_own(argument, said):
    (fault,) = faults(argument)
    assert said in fault


def test_every_argument_is_looked_at():
    assert "unknown signal 'gain'" in faults("dt: float, *, gain: float")[0]
    assert "Did you mean 'base_height'" in faults("base_hight, /, dt: float")[0]
    assert faults("dt: float, *, gain: float = 2.0") == []
    assert "hidden by this method" in faults("dt: float, phase_sin: Tensor = None", ("dt",))[0]


def test_defaults_need_no_signal():
    assert faults("dt: float, gain: float = 2.0") == []
    assert "unknown signal 'gain'" in faults("gain: float, dt: float = 0.02")[0]


def test_self_and_nothing():
    assert "there is no self" in faults("self, dt: float")[0]
    assert "no arguments" in faults("")[0]
    assert "no function" in check_signature("def f(x):\n    return x\n", ALL)[0]


def test_the_last_definition_counts():
    source = "def compute_reward(nonsense):\n    return 1\ndef compute_reward(dt):\n    return 1\n"
    assert check_signature(source, ALL) == []
