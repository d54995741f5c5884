"""Keypoints of ambling dogs that cannot simply be imitated: hind legs hidden, or a limp.

python benchmarks/unusual_clips.py --out FOLDER writes NAME.h5 and NAME.yaml, a video of its own for
`snakemake --config video=FOLDER/NAME.yaml`, for each NAME of hidden_hind and limp. docs/wishes.md says what comes of them.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthesis.cases import Condition, make_case
from synthesis.gaits import DOG_AMBLE, Gait
from video2reward.artifacts.io import write_text
from video2reward.artifacts.keypoints import Keypoints, write_keypoints
from video2reward.skeletons import AP10K

# A sore left fore foot, in the sense of what is seen in lame dogs, not in figures of one: it stands for a shorter part of
# the stride, and its partner for a longer one and sooner after it.
DOG_LIMP: Gait = replace(
    DOG_AMBLE,
    name="limping",
    touchdown=DOG_AMBLE.touchdown | {"right_fore": 0.36},
    duty=DOG_AMBLE.duty | {"left_fore": 0.40, "right_fore": 0.70},
    lift_m=DOG_AMBLE.lift_m | {"left_fore": 0.12, "right_fore": 0.05},
)
VIDEO = """\
behaviour: {behaviour}
subject: {{species: dog, leg_length_m: 0.5}}
pose: {{backend: import, skeleton: ap10k, keypoints: {name}.h5}}
"""


def clips() -> dict[str, tuple[str, Keypoints]]:
    """Return name -> what the clip shows, for the prompt, and its keypoints."""
    whole = make_case("dog", DOG_AMBLE, Condition("whole")).keypoints
    return {
        "hidden_hind": ("amble", without_hind_legs(whole)),
        "limp": ("amble", make_case("dog", DOG_LIMP, Condition("limp")).keypoints),
    }


def without_hind_legs(keypoints: Keypoints) -> Keypoints:
    """Return the keypoints with no joint of the hind legs seen, as behind high grass."""
    hind = [limb for limb in AP10K.limbs if "hind" in limb.name]
    rows = [AP10K.index(joint) for limb in hind for joint in (limb.hip, limb.knee, limb.foot)]
    points = np.array(keypoints.keypoints)
    points[:, rows] = [np.nan, np.nan, 0.0]
    return replace(keypoints, keypoints=points)


def main() -> None:
    """Write the clips."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the files")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, (behaviour, keypoints) in clips().items():
        write_keypoints(folder / f"{name}.h5", keypoints)
        write_text(folder / f"{name}.yaml", VIDEO.format(behaviour=behaviour, name=name))
        print(folder / f"{name}.yaml")


if __name__ == "__main__":
    main()
