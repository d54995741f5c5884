"""Honest rewards in the styles that models and people write them; all must be accepted."""

IMPORTS = "from typing import Dict, List, Optional, Tuple\n\nimport math\nimport torch\nfrom torch import Tensor\n\n\n"
RETURNS = "Tuple[torch.Tensor, Dict[str, torch.Tensor]]"


def simple(line, arguments="base_lin_vel: torch.Tensor, commands: torch.Tensor", head=IMPORTS):
    """A function of one expression `r`, (N,)."""
    return f"{head}def compute_reward({arguments}) -> {RETURNS}:\n    {line}\n    return r, {{'r': r}}\n"


ERROR = "torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)"

GOOD = {
    "eureka_style": IMPORTS
    + '''@torch.jit.script
def compute_reward(
    base_lin_vel: torch.Tensor, base_ang_vel: torch.Tensor, commands: torch.Tensor, torques: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # Temperatures of the transformed terms
    lin_vel_temp: float = 0.25
    ang_vel_temp: float = 0.25
    torque_temp: float = 5000.0

    lin_vel_error = torch.norm(commands[:, :2] - base_lin_vel[:, :2], dim=-1)
    ang_vel_error = torch.abs(commands[:, 2] - base_ang_vel[:, 2])
    lin_vel_reward = torch.exp(-lin_vel_error / lin_vel_temp)
    ang_vel_reward = torch.exp(-ang_vel_error / ang_vel_temp)
    torque_reward = torch.exp(-torch.sum(torques**2, dim=-1) / torque_temp)

    total_reward = lin_vel_reward + 0.5 * ang_vel_reward + 0.1 * torque_reward
    reward_components = {
        "lin_vel_reward": lin_vel_reward,
        "ang_vel_reward": ang_vel_reward,
        "torque_reward": torque_reward,
    }
    return total_reward, reward_components
''',
    "eureka_with_posture": IMPORTS
    + '''def compute_reward(
    base_lin_vel: Tensor, base_ang_vel: Tensor, projected_gravity: Tensor, commands: Tensor, joint_vel: Tensor,
    actions: Tensor, last_actions: Tensor, dt: float,
) -> Tuple[Tensor, Dict[str, Tensor]]:
    """Velocity, posture and smoothness."""
    device = base_lin_vel.device
    zero = torch.zeros(base_lin_vel.shape[0], device=device)
    velocity = torch.exp(-torch.sum((commands[:, :2] - base_lin_vel[:, :2]) ** 2, dim=1) / 0.25)
    yaw = torch.exp(-((commands[:, 2] - base_ang_vel[:, 2]) ** 2) / 0.25)
    posture = torch.exp(-torch.sum(projected_gravity[:, :2] ** 2, dim=1) / 0.05)
    smooth = -0.01 * torch.sum((actions - last_actions) ** 2, dim=1)
    speed = -1e-4 * joint_vel.pow(2).sum(dim=1)
    total = torch.maximum(velocity + 0.5 * yaw + 0.2 * posture + smooth + speed, zero) * dt
    return total, {"velocity": velocity, "yaw": yaw, "posture": posture, "smooth": smooth, "speed": speed}
''',
    "legged_gym_air_time": simple(
        "r = torch.sum((1.0 - foot_contacts) * torch.clamp(foot_heights, max=0.1), dim=1) * (torch.norm(commands[:, :2], dim=1) > 0.1).float()",
        "foot_contacts: Tensor, foot_heights: Tensor, commands: Tensor",
    ),
    "no_imports_no_annotations": "def compute_reward(base_height, dt):\n    r = base_height * dt\n    return r, {'r': r}\n",
    "annotation_torch_tensor": simple(f"r = torch.exp(-{ERROR})"),
    "annotation_tensor": simple("r = base_lin_vel[:, 0]", "base_lin_vel: Tensor"),
    "annotation_lower_case": "import torch\nfrom torch import Tensor\n"
    "def compute_reward(base_height: Tensor, dt: float) -> tuple[Tensor, dict[str, Tensor]]:\n"
    "    parts: dict[str, Tensor] = {}\n    parts['h'] = base_height * dt\n    return parts['h'], parts\n",
    "annotation_future": "from __future__ import annotations\nimport torch\n"
    "def compute_reward(base_height: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:\n"
    "    return base_height, {'h': base_height}\n",
    "annotation_as_text": "import torch\n"
    "def compute_reward(base_height: 'torch.Tensor', dt: 'float') -> 'Tuple[Tensor, Dict[str, Tensor]]':\n"
    "    return base_height * dt, {'h': base_height}\n",
    "annotation_typing_module": "import typing\nimport torch\n"
    "def compute_reward(base_height: torch.Tensor) -> typing.Tuple[torch.Tensor, typing.Dict[str, torch.Tensor]]:\n"
    "    return base_height, {'h': base_height}\n",
    "optional_helper_argument": IMPORTS
    + '''def squash(x: Tensor, scale: Optional[float] = None) -> Tensor:
    if scale is None:
        scale = 1.0
    return torch.exp(-x / scale)

def compute_reward(base_lin_vel: Tensor, commands: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    error = (commands[:, 0] - base_lin_vel[:, 0]).abs()
    a, b = squash(error), squash(error, 0.2)
    return a + b, {"wide": a, "narrow": b}
''',
    "pep_604_helper_argument": IMPORTS
    + '''def squash(x: Tensor, scale: float | None = None) -> Tensor:
    return torch.exp(-x / (1.0 if scale is None else scale))

def compute_reward(base_lin_vel: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    a = squash(base_lin_vel[:, 0].abs(), 0.5)
    return a, {"a": a}
''',
    "several_helpers": IMPORTS
    + '''@torch.jit.script
def squared(x: torch.Tensor) -> torch.Tensor:
    return torch.sum(x * x, dim=-1)


@torch.jit.script
def kernel(error: torch.Tensor, temperature: float) -> torch.Tensor:
    return torch.exp(-error / temperature)


@torch.jit.script
def compute_reward(keypoints: torch.Tensor, reference_keypoints: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    error = squared(keypoints - reference_keypoints).mean(dim=1)
    pose = kernel(error, 0.02)
    return pose, {"pose": pose}
''',
    "helper_returns_tuple": IMPORTS
    + '''def errors(v: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
    return (c[:, 0] - v[:, 0]) ** 2, (c[:, 1] - v[:, 1]) ** 2

def compute_reward(base_lin_vel: Tensor, commands: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    x, y = errors(base_lin_vel, commands)
    rx, ry = torch.exp(-x / 0.2), torch.exp(-y / 0.1)
    return rx + 0.5 * ry, {"x": rx, "y": ry}
''',
    "loop_over_joints": IMPORTS
    + '''def compute_reward(joint_pos: Tensor, default_joint_pos: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    total = torch.zeros_like(joint_pos[:, 0])
    for j in range(joint_pos.shape[1]):
        total = total + torch.square(joint_pos[:, j] - default_joint_pos[j])
    reward = torch.exp(-total)
    return reward, {"posture": reward}
''',
    "loop_over_a_list": IMPORTS
    + '''def compute_reward(keypoints: Tensor, reference_keypoints: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    paws = [4, 7, 10, 13]
    reward = torch.zeros(keypoints.shape[0], device=keypoints.device)
    for paw in paws:
        reward += torch.exp(-torch.norm(keypoints[:, paw] - reference_keypoints[:, paw], dim=-1) / 0.1)
    reward /= float(len(paws))
    return reward, {"paws": reward}
''',
    "loop_with_enumerate_and_zip": IMPORTS
    + '''def compute_reward(foot_heights: Tensor, phase_sin: Tensor, phase_cos: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    offsets = [0.0, 0.5, 0.25, 0.75]
    weights = [1.0, 1.0, 0.5, 0.5]
    phase = torch.atan2(phase_sin, phase_cos) / (2.0 * math.pi)
    swing = torch.zeros_like(phase)
    for i, (offset, weight) in enumerate(zip(offsets, weights)):
        up = (torch.sin(2.0 * math.pi * (phase + offset)) > 0.0).float()
        swing = swing + weight * up * torch.clamp(foot_heights[:, i], 0.0, 0.08)
    return swing, {"swing": swing}
''',
    "while_loop": IMPORTS
    + '''def compute_reward(joint_vel: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    i = 0
    effort = torch.zeros_like(joint_vel[:, 0])
    while i < joint_vel.size(1):
        effort = effort + joint_vel[:, i].abs()
        i += 1
    reward = 1.0 / (1.0 + 0.1 * effort)
    return reward, {"quiet": reward}
''',
    "list_comprehension_and_stack": simple(
        "r = torch.stack([torch.exp(-x.abs()) for x in torch.unbind(commands - base_lin_vel, dim=1)], dim=0).sum(dim=0)"
    ),
    "dictionary_comprehension": IMPORTS
    + '''def compute_reward(base_lin_vel: Tensor, base_height: Tensor, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:
    terms: Dict[str, Tensor] = {"speed": base_lin_vel[:, 0], "height": base_height}
    scaled = {name: value * dt for name, value in terms.items()}
    return scaled["speed"] + scaled["height"], scaled
''',
    "components_filled_one_by_one": IMPORTS
    + '''def compute_reward(base_height: Tensor, base_lin_vel: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    components: Dict[str, Tensor] = {}
    components["height"] = torch.exp(-torch.square(base_height - 0.55) / 0.02)
    components["speed"] = torch.tanh(base_lin_vel[:, 0])
    total = torch.zeros_like(base_height)
    for value in components.values():
        total = total + value
    return total, components
''',
    "torch_where": simple(
        "r = torch.where(base_lin_vel[:, 0] > commands[:, 0], torch.ones_like(base_lin_vel[:, 0]), base_lin_vel[:, 0])"
    ),
    "masks_by_index": IMPORTS
    + '''def compute_reward(base_height: Tensor, projected_gravity: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    reward = torch.exp(-(base_height - 0.5).abs())
    fallen = (projected_gravity[:, 2] > -0.5) | (base_height < 0.25)
    reward[fallen] = 0.0
    return reward, {"upright": reward}
''',
    "if_on_a_number": IMPORTS
    + '''def compute_reward(base_lin_vel: Tensor, target_speed: float, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:
    temperature = 0.1
    if target_speed > 1.0:
        temperature = 0.2 * target_speed
    elif target_speed > 0.5:
        temperature = 0.15
    speed = torch.exp(-torch.square(base_lin_vel[:, 0] - target_speed) / temperature) * dt
    return speed, {"speed": speed}
''',
    "clamp_and_norm": simple(
        "r = torch.clamp(1.0 - torch.norm(commands[:, :2] - base_lin_vel[:, :2], p=2, dim=-1), min=0.0, max=1.0)"
    ),
    "linalg_norm": simple("r = -torch.linalg.norm(commands - base_lin_vel, dim=-1).clamp(max=5.0)"),
    "vector_norm_and_keepdim": simple(
        "r = torch.exp(-torch.linalg.vector_norm(commands - base_lin_vel, dim=1, keepdim=True)).squeeze(-1)"
    ),
    "einsum": simple("r = torch.exp(-torch.einsum('nj,nj->n', torques, torques) / 4000.0)", "torques: Tensor"),
    "cdist": simple(
        "r = torch.exp(-torch.cdist(keypoints, reference_keypoints).diagonal(dim1=1, dim2=2).mean(dim=1))",
        "keypoints: Tensor, reference_keypoints: Tensor",
    ),
    "matmul_with_weights": IMPORTS
    + '''def compute_reward(actions: Tensor, last_actions: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    weights = torch.tensor([1.0, 0.5, 0.5] * 4, device=actions.device, dtype=actions.dtype)
    smooth = torch.exp(-torch.matmul(torch.square(actions - last_actions), weights))
    jerk = torch.exp(-(actions - last_actions).abs() @ weights)
    return smooth + jerk, {"smooth": smooth, "jerk": jerk}
''',
    "functional": "import torch\nimport torch.nn.functional as F\n\n"
    + '''def compute_reward(base_lin_vel: torch.Tensor, commands: torch.Tensor, base_height: torch.Tensor):
    along = F.cosine_similarity(base_lin_vel[:, :2], commands[:, :2], dim=1, eps=1e-6)
    height = F.smooth_l1_loss(base_height, torch.full_like(base_height, 0.5), reduction="none")
    error = F.mse_loss(base_lin_vel, commands, reduction="none").mean(dim=1)
    speed = F.softplus(base_lin_vel[:, 0]) + F.elu(base_lin_vel[:, 0]) + F.relu(-error)
    total = along - height + 0.1 * speed
    return total, {"along": along, "height": -height, "speed": 0.1 * speed}
''',
    "functional_from_nn": "import torch\nfrom torch import nn\n"
    "def compute_reward(base_lin_vel: torch.Tensor):\n"
    "    r = nn.functional.normalize(base_lin_vel, dim=-1)[:, 0]\n    return r, {'forward': r}\n",
    "methods_only": simple("r = base_lin_vel.sub(commands).pow(2).sum(dim=-1).neg().div(0.25).exp().mul(0.5)"),
    "negative_is_allowed": simple("r = -base_lin_vel.sub(commands).square().mean(-1)"),
    "math_module": simple(
        "r = torch.exp(-(base_lin_vel[:, 0] - math.sin(math.pi / 6.0)).abs() / math.sqrt(0.1)) * math.exp(-0.5)"
    ),
    "from_math": "from math import exp, sqrt\nimport torch\n"
    "def compute_reward(base_height: torch.Tensor):\n    r = base_height * exp(-1.0) * sqrt(2.0)\n    return r, {'r': r}\n",
    "defaults_as_parameters": "import torch\n"
    "def compute_reward(base_height: torch.Tensor, dt: float, target: float = 0.55, gain: float = -2.0, on: bool = True):\n"
    "    r = torch.exp(gain * (base_height - target).abs()) * dt\n    return r, {'r': r}\n",
    "scalar_as_tensor": simple("r = base_height * dt * torch.exp(-stride_period)", "base_height: Tensor, dt: Tensor, stride_period: Tensor"),
    "in_place_on_its_own": IMPORTS
    + '''def compute_reward(base_lin_vel: Tensor, commands: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    error = (commands - base_lin_vel).clone()
    error[:, 2] = 0.0
    error *= 2.0
    reward = torch.zeros_like(error[:, 0])
    reward += torch.exp(-error.norm(p=2, dim=1))
    return reward, {"tracking": reward}
''',
    "long_expression_over_lines": IMPORTS
    + '''def compute_reward(
    base_lin_vel: Tensor,
    base_ang_vel: Tensor,
    projected_gravity: Tensor,
) -> Tuple[Tensor, Dict[str, Tensor]]:
    total = (
        1.0 * torch.exp(-torch.square(base_lin_vel[:, 0] - 1.0) / 0.25)
        + 0.5 * torch.exp(-torch.square(base_ang_vel[:, 2]) / 0.25)
        + 0.2 * torch.exp(
            -torch.sum(
                torch.square(projected_gravity[:, :2]),
                dim=1,
            )
            / 0.05
        )
    )
    together = base_lin_vel[:, 0] \\
        + base_ang_vel[:, 2]
    return total + 0.0 * together, {"total": total}
''',
    "comments_and_unicode": IMPORTS
    + '''def compute_reward(base_height: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    """Höhe über Grund → 0…1; σ² = 0.02 m². 🐕

    Keeps the trunk at its height.
       \t
    """
    sigma = 0.02  # σ²  # type: ignore
    height = torch.exp(-torch.square(base_height - 0.5) / sigma)  # the “height” term — 0..1
    return height, {"height": height}
''',
    "windows_line_ends": simple("r = base_lin_vel[:, 0]").replace("\n", "\r\n"),
    "phase_clock_and_contacts": IMPORTS
    + '''def compute_reward(foot_contacts: Tensor, phase_sin: Tensor, phase_cos: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    phase = torch.remainder(torch.atan2(phase_sin, phase_cos) / (2 * math.pi), 1.0)
    offsets = torch.tensor([0.0, 0.5, 0.88, 0.38], device=phase.device)
    stance = (torch.remainder(phase.unsqueeze(1) - offsets, 1.0) < 0.6).to(foot_contacts.dtype)
    match = 1.0 - (foot_contacts - stance).abs().mean(dim=1)
    return match, {"footfall": match}
''',
    "table_by_index": IMPORTS
    + '''def compute_reward(keypoints: Tensor, phase_sin: Tensor, phase_cos: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    table = torch.tensor([[0.1, -0.6], [0.2, -0.5], [0.0, -0.6], [-0.2, -0.6]])
    phase = torch.remainder(torch.atan2(phase_sin, phase_cos) / 6.283185307179586, 1.0)
    place = phase * 4.0
    low = torch.floor(place).long() % 4
    part = (place - torch.floor(place)).unsqueeze(-1)
    target = table[low] * (1.0 - part) + table[(low + 1) % 4] * part
    reward = torch.exp(-torch.sum((keypoints[:, 4] - target) ** 2, dim=-1) / 0.02)
    return reward, {"paw": reward}
''',
    "safe_division": simple(
        "r = base_lin_vel[:, 0] / torch.clamp(torch.norm(commands[:, :2], dim=1), min=0.1) * 0.1"
    ),
    "symmetry_by_slices": simple(
        "r = torch.exp(-(torch.roll(joint_pos, 3, 1) - joint_pos).abs().mean(dim=1)) - torch.std(joint_vel, dim=1).clamp(max=2.0)",
        "joint_pos: Tensor, joint_vel: Tensor",
    ),
    "sorted_and_best": simple(
        "r = torch.sort(foot_heights, dim=1)[0][:, -1] + torch.topk(foot_heights, 2, dim=1)[0].mean(dim=1) + torch.max(foot_heights, dim=1).values",
        "foot_heights: Tensor",
    ),
    "boolean_logic": simple(
        "r = (torch.logical_and(base_height > 0.4, ~(projected_gravity[:, 2] > -0.8))).float() + 0.1 * base_height",
        "base_height: Tensor, projected_gravity: Tensor",
    ),
    "assertion": simple(
        "assert base_lin_vel.dim() == 2, 'shape'\n    r = base_lin_vel[:, 0]", "base_lin_vel: Tensor"
    ),
    "collisions_penalty": simple(
        "r = torch.exp(-base_lin_vel[:, 2].square()) - 0.1 * collisions.float() - 0.05 * (collisions > 0).to(torch.float32)",
        "base_lin_vel: Tensor, collisions: Tensor",
    ),
    "dot_products": simple(
        "r = (base_lin_vel * torch.nn.functional.normalize(commands, dim=-1)).sum(-1) + torch.cross(base_lin_vel, commands, dim=1)[:, 2].abs().neg()"
    ),
    "old_style_names": "import torch as t\nfrom typing import Tuple as Pair, Dict\n"
    "def compute_reward(base_height: t.Tensor):\n    r = t.sigmoid(base_height)\n    return r, {'r': r}\n",
    "reference_tracking": IMPORTS
    + '''def compute_reward(
    keypoints: Tensor, keypoint_velocities: Tensor, reference_keypoints: Tensor, reference_velocities: Tensor,
    commands: Tensor, base_lin_vel: Tensor, target_speed: float, body_length: float, dt: float,
) -> Tuple[Tensor, Dict[str, Tensor]]:
    scale = torch.clamp(commands[:, 0] / target_speed, 0.0, 1.3)[:, None, None]
    mean = reference_keypoints.mean(dim=1, keepdim=True)
    wanted = mean + (reference_keypoints - mean) * scale
    position = torch.exp(-((keypoints - wanted) ** 2).sum(dim=(1, 2)) / 0.5)
    rate = torch.exp(-((keypoint_velocities - reference_velocities) ** 2).mean(dim=[1, 2]) / 2.0)
    slip = ((base_lin_vel[:, 0] - commands[:, 0]) / body_length) ** 2
    speed = torch.exp(-slip)
    return (position + 0.5 * rate + speed) * dt, {"position": position, "rate": rate, "speed": speed}
''',
}  # fmt: skip
