"""Write a plan as the source of a reward function, using the signals that the prompt offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from video2reward.llm.template_jump import JUMP_TERMS, jump_code, lean_code, one_speed
from video2reward.llm.template_plan import WRITER, RewardPlan

HEADER = f"# Written by {WRITER}, which fills in a template. It is no language model.\n"
# Sine of the lean below which the target is a level trunk.
_NO_LEAN = 0.01
_RETURNS = "Tuple[torch.Tensor, Dict[str, torch.Tensor]]"


def write_code(plan: RewardPlan, facts: Mapping[str, Any]) -> str:
    """Return a complete reward function; what it tracks depends on the visible signals."""
    types = {signal["name"]: signal["type"] for signal in facts["signals"]}
    mode = tracking_mode(facts)
    before, after = (
        (JUMP_TERMS, ["upright", "straight"]) if plan.single else (["linear", "yaw"], ["upright", "sway"])
    )
    terms = [*before, *(["position", "rate"] if mode != "none" else []), *after, "smooth", "torque"]
    body = [_numbers(plan, terms), jump_code() if plan.single else _velocity()]
    if mode != "none":
        target = one_speed(_TARGETS[mode]) if plan.single else _TARGETS[mode]
        body += [_joint_weights(plan, facts), target, _tracking()]
    body += [lean_code() if plan.single else _trunk(wanted_lean(facts)), _penalties(), _total(terms)]
    code = "\n".join(body)
    arguments = "".join(f"    {name}: {kind},\n" for name, kind in types.items() if _used(name, code))
    helper = _helper(facts) if mode in ("table", "nearest") else ""
    return (
        f"{HEADER}from typing import Dict, Tuple\n\nimport torch\n\n\n{helper}"
        f"def compute_reward(\n{arguments}) -> {_RETURNS}:\n{_indent(code)}\n"
    )


def tracking_mode(facts: Mapping[str, Any]) -> str:
    """Return what the legs can be compared with.

    reference: the reference signals; table: the prompt's table read at the clock's phase;
    nearest: the table without a clock, each pose against its nearest sample; none: no keypoints
    """
    names = {signal["name"] for signal in facts["signals"]}
    if not {"keypoints", "keypoint_velocities"} <= names or not facts.get("scored"):
        return "none"
    if {"reference_keypoints", "reference_velocities"} <= names:
        return "reference"
    if "cycle" not in facts:
        return "none"
    return "table" if {"phase_sin", "phase_cos"} <= names else "nearest"


def _used(name: str, code: str) -> bool:
    words = "".join(c if c.isalnum() or c == "_" else " " for c in code).split()
    return name in words


def _numbers(plan: RewardPlan, terms: list[str]) -> str:
    lines = [f"weight_{name} = {float(plan.weights[name])!r}" for name in terms]
    lines += [f"temperature_{n} = {float(plan.temperatures[n])!r}" for n in terms if n in plan.temperatures]
    return "\n".join(lines)


def _velocity() -> str:
    return """
# The commanded velocity, as squared errors.
linear_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
linear = weight_linear * torch.exp(-linear_error / temperature_linear)
yaw = weight_yaw * torch.exp(-torch.square(commands[:, 2] - base_ang_vel[:, 2]) / temperature_yaw)"""


def _joint_weights(plan: RewardPlan, facts: Mapping[str, Any]) -> str:
    """Return the weights in keypoint order; joints that are not scored have weight 0."""
    row = [round(plan.joints.get(name, 0.0), 3) for name in facts["keypoints"]]
    names = ", ".join(name for name in facts["keypoints"] if plan.joints.get(name))
    return f"""
# Keypoints that count: {names}.
joint_weights = torch.tensor({row}, device=keypoints.device)
joint_weights = joint_weights / torch.sum(joint_weights)"""


_TARGETS = {
    "reference": """target = reference_keypoints
target_rate = reference_velocities""",
    "table": """# Where the stride has each keypoint at this phase, its deviations scaled with the commanded speed.
phase = torch.atan2(phase_sin, phase_cos) / 6.283185307179586
scale = torch.clamp(commands[:, 0] / target_speed, 0.0, 1.3)
target = stride(phase, scale)
step = 0.02
target_rate = (stride(phase + step, scale) - stride(phase - step, scale)) / (2.0 * step * stride_period)""",
    "nearest": """# Without a clock: each pose against the sample of the stride that it is nearest to.
table = stride_table(keypoints)
scale = torch.clamp(commands[:, 0] / target_speed, 0.0, 1.3)
middle = torch.mean(table, dim=0)
samples = middle + (table - middle) * scale[:, None, None, None]
gaps = torch.sum(torch.square(samples - keypoints[:, None]), dim=3)
chosen = torch.argmin(torch.sum(gaps * joint_weights, dim=2), dim=1)
agents = torch.arange(keypoints.shape[0], device=keypoints.device)
count = table.shape[0]
target = samples[agents, chosen]
ahead = samples[agents, torch.remainder(chosen + 1, count)]
behind = samples[agents, torch.remainder(chosen - 1, count)]
target_rate = (ahead - behind) * (0.5 * count / stride_period)""",
}


def _tracking() -> str:
    return """
# One kernel over all keypoints: a pose earns little until every leg is near its place.
distance = torch.sum(torch.square(keypoints - target), dim=2)
position = weight_position * torch.exp(-torch.sum(joint_weights * distance, dim=1) / temperature_position)
rate_error = torch.sum(torch.square(keypoint_velocities - target_rate), dim=2)
rate = weight_rate * torch.exp(-torch.sum(joint_weights * rate_error, dim=1) / temperature_rate)"""


def wanted_lean(facts: Mapping[str, Any]) -> float:
    """Return the sine of the lean that the figures ask for, 0 if they ask for none or very little."""
    posture = (facts.get("figures") or {}).get("posture") or {}
    lean = float(posture.get("lean_sine") or 0.0)
    return lean if abs(lean) >= _NO_LEAN else 0.0


def _trunk(lean: float) -> str:
    tilt = """
# A level, quiet trunk.
tilt = torch.sum(torch.square(projected_gravity[:, :2]), dim=1)"""
    if lean:
        tilt = f"""
# A quiet trunk that leans as in the video: projected_gravity[:, 0] is the sine of the lean forward.
lean = {lean!r}
tilt = torch.square(projected_gravity[:, 0] - lean) + torch.square(projected_gravity[:, 1])"""
    return f"""{tilt}
upright = weight_upright * torch.exp(-tilt / temperature_upright)
wobble = torch.sum(torch.square(base_ang_vel[:, :2]), dim=1) + torch.square(base_lin_vel[:, 2])
sway = weight_sway * torch.exp(-wobble / temperature_sway)"""


def _penalties() -> str:
    return """
# Small penalties: jerky actions, large torques.
smooth = -weight_smooth * torch.sum(torch.square(actions - last_actions), dim=1)
torque = -weight_torque * torch.sum(torch.square(torques), dim=1)"""


def _total(terms: list[str]) -> str:
    named = ", ".join(f'"{name}": {name} * dt' for name in terms)
    return f"""
total = {" + ".join(terms)}
return torch.clamp(total, min=0.0) * dt, {{{named}}}"""


def _helper(facts: Mapping[str, Any]) -> str:
    """Return the functions that hold the prompt's table, 3 decimals, and interpolate it at a phase."""
    rows = ",\n        ".join(str(sample) for sample in facts["cycle"])
    table = f'''def stride_table(like: torch.Tensor) -> torch.Tensor:
    """Samples of the stride, evenly spaced in phase: (samples, keypoints, 2), body lengths."""
    return torch.tensor([
        {rows},
    ], device=like.device)


'''
    if tracking_mode(facts) == "nearest":
        return table
    return f'''{table}def stride(phase: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """The stride at each agent's phase, deviations from its mean scaled: (N, keypoints, 2)."""
    table = stride_table(phase)
    count = table.shape[0]
    place = torch.remainder(phase, 1.0) * count
    before = torch.clamp(torch.floor(place), 0.0, count - 1.0)
    part = (place - before)[:, None, None]
    low = before.long()
    pose = table[low] * (1.0 - part) + table[torch.remainder(low + 1, count)] * part
    middle = torch.mean(table, dim=0)
    return middle + (pose - middle) * scale[:, None, None]


'''


def _indent(code: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in code.splitlines())
