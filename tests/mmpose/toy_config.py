"""A configuration of mmpose: heat maps at a quarter of the size from a small ResNet, enough for coloured markers."""

default_scope = "mmpose"
codec = {"type": "MSRAHeatmap", "input_size": (192, 128), "heatmap_size": (48, 32), "sigma": 1.0}
model = {
    "type": "TopdownPoseEstimator",
    "data_preprocessor": {
        "type": "PoseDataPreprocessor",
        "mean": [123.675, 116.28, 103.53],
        "std": [58.395, 57.12, 57.375],
        "bgr_to_rgb": True,
    },
    "backbone": {
        "type": "ResNet",
        "depth": 18,
        "stem_channels": 24,
        "base_channels": 32,
        "num_stages": 1,
        "strides": (1,),
        "dilations": (1,),
        "out_indices": (0,),
    },
    "head": {
        "type": "HeatmapHead",
        "in_channels": 32,
        "out_channels": 17,
        "deconv_out_channels": None,
        "loss": {"type": "KeypointMSELoss"},
        "decoder": codec,
    },
    # It tells left from right by colour, which a mirrored picture keeps.
    "test_cfg": {"flip_test": False},
}
pipeline = [
    {"type": "LoadImage"},
    {"type": "GetBBoxCenterScale"},
    {"type": "TopdownAffine", "input_size": codec["input_size"]},
    {"type": "PackPoseInputs"},
]
dataset = {
    "type": "AP10KDataset",
    "metainfo": {"from_file": "configs/_base_/datasets/ap10k.py"},
    "pipeline": pipeline,
}
train_dataloader = {"dataset": dataset}
test_dataloader = {"dataset": dataset}
