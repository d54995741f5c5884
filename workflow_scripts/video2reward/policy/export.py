"""Export the policy as ONNX for robots without torch: normalisation included, all it needs as metadata."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from video2reward.artifacts.io import atomic_path
from video2reward.policy.network import CLIP, EPSILON, Policy

OPSET = 17
TOLERANCE = 1e-5


def export_onnx(policy: Policy, path: Path) -> float:
    """Write policy.onnx, check it against torch and return the largest difference seen.

    Input "observation" (N, O) float32 unnormalised, output "action" (N, D) the mean action in -1..1.
    Metadata: every entry of `policy.meta` as JSON (observation names, joint order, action scale,
    default pose, dt). A difference above 1e-5 is a `ValueError`, and no file is written.
    """
    model = to_onnx(policy)
    onnx.checker.check_model(model)
    with atomic_path(path) as aside:
        onnx.save(model, str(aside))
        difference = _difference(policy, aside)
        if not difference <= TOLERANCE:
            raise ValueError(f"{path}: ONNX and torch differ by {difference:.1e}, more than {TOLERANCE:.0e}")
    return difference


def to_onnx(policy: Policy) -> onnx.ModelProto:
    """Return the deterministic policy as an ONNX graph."""
    scale = torch.sqrt(policy.variance.float() + EPSILON)
    constants = {
        "mean": policy.mean.float(),
        "scale": scale,
        "lowest": torch.tensor(-CLIP),
        "highest": torch.tensor(CLIP),
        "minus_one": torch.tensor(-1.0),
        "one": torch.tensor(1.0),
    }
    nodes = [
        helper.make_node("Sub", ["observation", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "lowest", "highest"], ["hidden0"]),
    ]
    here = "hidden0"
    hidden = [layer for layer in policy.trunk if isinstance(layer, torch.nn.Linear)]
    for i, layer in enumerate([*hidden, policy.action_mean], start=1):
        constants |= {f"weight{i}": layer.weight, f"bias{i}": layer.bias}
        gemm = [here, f"weight{i}", f"bias{i}"]
        nodes.append(helper.make_node("Gemm", gemm, [f"linear{i}"], transB=1))
        here = f"linear{i}"
        if i <= len(hidden):
            nodes.append(helper.make_node("Elu", [here], [f"hidden{i}"]))
            here = f"hidden{i}"
    nodes.append(helper.make_node("Clip", [here, "minus_one", "one"], ["action"]))
    graph = helper.make_graph(
        nodes,
        "policy",
        [
            helper.make_tensor_value_info(
                "observation", TensorProto.FLOAT, ["agents", policy.num_observations]
            )
        ],
        [helper.make_tensor_value_info("action", TensorProto.FLOAT, ["agents", policy.num_actions])],
        [
            numpy_helper.from_array(np.asarray(value.detach().cpu(), np.float32), name)
            for name, value in constants.items()
        ],
    )
    model = helper.make_model(
        graph, producer_name="video2reward", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9
    )
    helper.set_model_props(model, {name: json.dumps(value) for name, value in policy.meta.items()})
    return model


def _difference(policy: Policy, path: Path) -> float:
    """Return the largest difference from torch for observations up to three standard deviations off the mean."""
    import onnxruntime

    generator = torch.Generator().manual_seed(0)
    spread = torch.sqrt(policy.variance.float())
    noise = 2 * torch.rand(256, policy.num_observations, generator=generator) - 1
    observations = policy.mean.float() + 3.0 * spread * noise
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (actions,) = session.run(None, {"observation": observations.numpy()})
    with torch.no_grad():
        return float(np.abs(actions - policy(observations).numpy()).max())
