"""The supported skeletons: joint names, bones, trunk axis, limbs and feet."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.errors import UserError, choices


@dataclass(frozen=True)
class Limb:
    """One leg: its joints from hip to foot, by the skeleton's names."""

    name: str
    hip: str
    knee: str
    foot: str


@dataclass(frozen=True)
class Skeleton:
    """A pose data set's joint order; the means of `front` and of `back` are the two ends of the trunk."""

    name: str
    subject: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    front: tuple[str, ...]
    back: tuple[str, ...]
    limbs: tuple[Limb, ...]

    def index(self, joint: str) -> int:
        """Return the joint's index; an unknown joint is a `UserError`."""
        if joint not in self.joints:
            raise UserError(choices(joint, self.joints, f"{self.name} joint"))
        return self.joints.index(joint)

    @property
    def feet(self) -> tuple[str, ...]:
        """The foot joints, limb by limb."""
        return tuple(limb.foot for limb in self.limbs)

    @property
    def sprawled(self) -> bool:
        """Whether its legs stand out to the sides, as an insect's and a spider's: what holds of mammals does not."""
        return len(self.limbs) > 4


# Joint order of AP-10K (Yu et al. 2021), spaces replaced by underscores.
AP10K = Skeleton(
    name="ap10k",
    subject="quadruped",
    joints=(
        "L_Eye", "R_Eye", "Nose", "Neck", "Root_of_tail",
        "L_Shoulder", "L_Elbow", "L_F_Paw", "R_Shoulder", "R_Elbow", "R_F_Paw",
        "L_Hip", "L_Knee", "L_B_Paw", "R_Hip", "R_Knee", "R_B_Paw",
    ),
    bones=(
        ("L_Eye", "Nose"), ("R_Eye", "Nose"), ("Nose", "Neck"), ("Neck", "Root_of_tail"),
        ("Neck", "L_Shoulder"), ("L_Shoulder", "L_Elbow"), ("L_Elbow", "L_F_Paw"),
        ("Neck", "R_Shoulder"), ("R_Shoulder", "R_Elbow"), ("R_Elbow", "R_F_Paw"),
        ("Root_of_tail", "L_Hip"), ("L_Hip", "L_Knee"), ("L_Knee", "L_B_Paw"),
        ("Root_of_tail", "R_Hip"), ("R_Hip", "R_Knee"), ("R_Knee", "R_B_Paw"),
    ),
    front=("Neck",),
    back=("Root_of_tail",),
    limbs=(
        Limb("left_fore", "L_Shoulder", "L_Elbow", "L_F_Paw"),
        Limb("right_fore", "R_Shoulder", "R_Elbow", "R_F_Paw"),
        Limb("left_hind", "L_Hip", "L_Knee", "L_B_Paw"),
        Limb("right_hind", "R_Hip", "R_Knee", "R_B_Paw"),
    ),
)  # fmt: skip

# Joint order of COCO keypoints (Lin et al. 2014).
COCO17 = Skeleton(
    name="coco17",
    subject="human",
    joints=(
        "nose", "left_eye", "right_eye", "left_ear", "right_ear",
        "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
        "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    ),
    bones=(
        ("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"), ("right_eye", "right_ear"),
        ("left_shoulder", "right_shoulder"), ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
        ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
        ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"), ("left_hip", "right_hip"),
        ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
        ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ),
    front=("left_shoulder", "right_shoulder"),
    back=("left_hip", "right_hip"),
    limbs=(
        Limb("left", "left_hip", "left_knee", "left_ankle"),
        Limb("right", "right_hip", "right_knee", "right_ankle"),
    ),
)  # fmt: skip


def _arthropod(name: str, pairs: int) -> Skeleton:
    """Return the skeleton of an animal with that many pairs of legs, numbered from the front.

    Published sets of keypoints differ in what they label between a leg's root and its tip. Three joints a leg are in all:
    the coxa, by which it hangs on the trunk; the knee (an insect's femur-tibia, a spider's femur-patella joint); and the
    tip of the tarsus. The trunk that carries the legs, thorax or prosoma, reaches from head to waist.
    """
    legs = [(side, pair) for pair in range(1, pairs + 1) for side in ("left", "right")]
    limbs = tuple(
        Limb(f"{side}_{pair}", *(f"{side[0].upper()}_{part}_{pair}" for part in ("Coxa", "Knee", "Tarsus")))
        for side, pair in legs
    )
    return Skeleton(
        name=name,
        subject=name,
        joints=(
            "Head", "Waist", "Abdomen", *(joint for leg in limbs for joint in (leg.hip, leg.knee, leg.foot)),
        ),
        bones=(
            ("Head", "Waist"), ("Waist", "Abdomen"),
            *(bone for leg in limbs for bone in ((leg.hip, leg.knee), (leg.knee, leg.foot))),
        ),
        front=("Head",),
        back=("Waist",),
        limbs=limbs,
    )  # fmt: skip


INSECT, SPIDER = _arthropod("insect", 3), _arthropod("spider", 4)

SKELETONS = {skeleton.name: skeleton for skeleton in (AP10K, COCO17, INSECT, SPIDER)}


def skeleton(name: str) -> Skeleton:
    """Return the skeleton of that name; an unknown one is a `UserError`."""
    if name not in SKELETONS:
        raise UserError(choices(name, SKELETONS, "skeleton"))
    return SKELETONS[name]


def left_and_right(limbs: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the places of each left limb and the same limb on the right, of limbs by name."""
    rights = [name.replace("left", "right") for name in limbs]
    return tuple(
        (place, limbs.index(right))
        for place, (name, right) in enumerate(zip(limbs, rights, strict=True))
        if name != right and right in limbs
    )
