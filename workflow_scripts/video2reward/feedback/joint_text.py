"""Errors of single keypoints in words, with direction: "lifts 40 % less, 0.10 cycle late"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.feedback.joints import JointError, JointErrors

# Thresholds for naming a difference: fraction of the amplitude, cycles, body lengths.
_AMPLITUDE, _LAG, _OFFSET = 0.10, 0.03, 0.05
# Reference amplitude below which there is no percentage, body lengths.
_STILL = 0.01
# Largest differences for left and right to share a line: fractions, cycles, body lengths.
_ALIKE = {"%": 0.15, "cycle": 0.05, "body": 0.04}


@dataclass(frozen=True)
class Finding:
    """One difference: words with `{}` for its size, the size, and its kind in _ALIKE."""

    words: str
    size: float
    kind: str

    @property
    def text(self) -> str:
        """The words with the size, as a percentage or with two decimals."""
        return self.words.format(f"{100 * self.size:.0f} %" if self.kind == "%" else f"{self.size:.2f}")


def joint_lines(errors: JointErrors, reference: Reference, gain: dict[str, float]) -> list[str]:
    """Return one line per keypoint or pair of keypoints, largest possible gain first.

    gain: scored keypoint -> gait distance beyond that of the motion in reach, body lengths
    """
    feet = _feet(reference)
    lines: list[tuple[float, str]] = []
    plain: list[str] = []
    for names in _pairs(tuple(errors.joints)):
        steps = reference.kind == "cyclic"
        found = [findings(errors.joints[name], steps and name in feet) for name in names]
        groups = [names] if _alike(found) else [(name,) for name in names]
        for group in groups:
            merged = _merged([found[names.index(name)] for name in group])
            if not merged:
                plain += group
                continue
            most = max(gain.get(name, 0.0) for name in group)
            told = ", ".join(finding.text for finding in merged)
            lines.append((-round(most, 3), f"{_label(group, feet)}: {told}."))
    ordered = [line for _, line in sorted(lines, key=lambda item: item[0])]
    if plain:
        timed = f", {_LAG} cycle in time" if reference.kind == "cyclic" else ""
        right = f"{100 * _AMPLITUDE:.0f} % in amplitude{timed} and {_OFFSET} body lengths in place"
        ordered.append(f"Within {right}: {', '.join(plain)}.")
    return ordered


def findings(error: JointError, foot: bool) -> list[Finding]:
    """Return the differences of one keypoint, [] if there are none."""
    found: list[Finding] = []
    words = (("steps {} shorter", "steps {} longer"), ("lifts {} less", "lifts {} more"))
    if not foot:
        words = (
            ("swings {} less fore and aft", "swings {} more fore and aft"),
            ("moves {} less up and down", "moves {} more up and down"),
        )
    names = ("fore and aft", "up and down")
    for axis, own in enumerate(error.amplitude):
        video, reach = error.video[axis], error.reach[axis]
        wanted = min(max(own, min(video, reach)), max(video, reach))
        if wanted < _STILL:
            if own - wanted >= _OFFSET:
                found.append(Finding(f"moves {{}} {names[axis]} but should be still", own, "body"))
        elif abs(own / wanted - 1) >= _AMPLITUDE:
            figures = f" ({own:.3f}, v {video:.3f}, r {reach:.3f})"
            found.append(Finding(words[axis][own > wanted] + figures, abs(own / wanted - 1), "%"))
    if np.isfinite(error.lag) and abs(error.lag) >= _LAG:
        found.append(Finding(f"{{}} cycle {'late' if error.lag > 0 else 'early'}", abs(error.lag), "cycle"))
    sides = (("further forward", "further back"), ("higher", "lower"))
    for axis, value in enumerate(error.offset):
        if abs(value) >= _OFFSET:
            found.append(Finding(f"held {{}} {sides[axis][value < 0]}", abs(value), "body"))
    return found


def _feet(reference: Reference) -> dict[str, str]:
    """Return foot keypoint -> "fore" or "hind", or "" for bipeds and for legs with numbers."""
    ends = [re.sub(r"^(left|right)_?[0-9]*", "", name) for name in reference.limb_names]
    return dict(zip(reference.foot_names, ends, strict=True))


def _label(group: tuple[str, ...], feet: dict[str, str]) -> str:
    """Return the keypoints' names, with "fore" or "hind" for feet and "each" for a pair."""
    end = f"{feet[group[0]]} {'feet' if len(group) > 1 else 'foot'}".strip() if group[0] in feet else ""
    return " and ".join(group) + (f" ({end})" if end else "") + (", each" if len(group) > 1 else "")


def _pairs(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Group left and right joints, in order of first occurrence."""
    pairs: dict[str, tuple[str, ...]] = {}
    for name in names:
        bare = re.sub(r"^(L|R|left|right)_", "", name)
        pairs[bare] = (*pairs.get(bare, ()), name)
    return list(pairs.values())


def _shape(finding: Finding) -> str:
    """Return a finding's words without the figures in brackets."""
    return re.sub(r" \(.*\)", "", finding.words)


def _alike(found: list[list[Finding]]) -> bool:
    first, *others = found
    return all(
        [_shape(f) for f in other] == [_shape(f) for f in first]
        and all(abs(a.size - b.size) <= _ALIKE[a.kind] for a, b in zip(first, other, strict=True))
        for other in others
    )


def _merged(found: list[list[Finding]]) -> list[Finding]:
    """Merge the findings of similar joints: sizes averaged, figures of both joints kept."""
    merged = []
    for same in zip(*found, strict=True):
        brackets = [m.group(1) for f in same if (m := re.search(r" \((.*)\)", f.words))]
        figures = f" ({'; '.join(dict.fromkeys(brackets))})" if brackets else ""
        size = float(np.mean([f.size for f in same]))
        merged.append(Finding(_shape(same[0]) + figures, size, same[0].kind))
    return merged
