"""A pose model trained in seconds on the example dogs with a fixed camera, in both published interfaces."""

import pytest
import torch
from tests.toy_pose import SIZE, SimCC, examples, export, extract, train


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """Example clips by name: frames and truth, extracted once."""
    folder, known = tmp_path_factory.mktemp("clips"), {}

    def get(name):
        if name not in known:
            known[name] = extract(name, folder)
        return known[name]

    return get


@pytest.fixture(scope="session")
def toy(tmp_path_factory, clips):
    """Folder with heatmap.onnx and simcc.onnx; the dogs with a panning camera were not seen in training."""
    folder, threads = tmp_path_factory.mktemp("toy"), torch.get_num_threads()
    torch.set_num_threads(1)  # so small a network is faster so
    pairs = [examples(*clips(name), 40) for name in ("dog_amble", "dog_run")]
    network = train(*(torch.cat(part) for part in zip(*pairs, strict=True)))
    torch.set_num_threads(threads)
    export(network, folder / "heatmap.onnx", SIZE, ["heatmap"])
    export(SimCC(network), folder / "simcc.onnx", SIZE, ["simcc_x", "simcc_y"])
    return folder
