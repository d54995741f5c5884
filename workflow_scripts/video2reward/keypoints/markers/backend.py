"""Coloured joint markers, detected by hue with OpenCV; `palette` maps joints to colours."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.following.place import given_place
from video2reward.keypoints.markers.blobs import Blob, find_blobs, join
from video2reward.keypoints.markers.palette import PALETTES, Palette, web_colour
from video2reward.keypoints.markers.tracks import Sighting, best_track
from video2reward.keypoints.pictures import keypoints_in, pictures
from video2reward.settings.video import Pose, Subject

# Minimum visible fraction of a marker's usual area.
MIN_PART = 0.12
# Minimum quality (sqrt of area fraction times purity); rejects colours halfway between two markers.
MIN_QUALITY = 0.1
# At or above this fraction of its usual area, a patch's centroid is the marker's centre.
WHOLE = 0.8
# Minimum size relative to the clip's median marker; smaller patches are rims of other markers.
SMALLEST = 0.3
# Minimum number of markers visible together in some frame.
MIN_MARKERS = 4
# Body spans per second at which a marker's move becomes unlikely; a swinging paw makes about 6.
REACH = 8.0

Sightings = list[list[list[Blob]]]


class MarkerBackend(PoseBackend):
    """Detects joints that carry markers in the colours of their skeleton's palette."""

    name = "markers"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the marker centres; confidence combines a marker's visible area and colour purity.

        Raises:
            UserError: there are no marker colours for the skeleton, or no marked animal is found
        """
        if pose.skeleton not in PALETTES:
            raise UserError(
                f"pose.backend: markers supports the skeletons {', '.join(PALETTES)}, not {pose.skeleton!r}; "
                "for humans choose pose.backend: mediapipe"
            )
        palette = PALETTES[pose.skeleton]
        sightings = [find_blobs(picture, palette) for picture in pictures(frames, "find markers")]
        sightings = _of_subject(sightings, place := given_place(subject, frames))
        areas = usual_areas(sightings)
        if _most_shown(sightings, areas) < MIN_MARKERS:
            raise UserError(_no_markers(frames.source, palette))
        span = _body_span(sightings, areas)
        keypoints = np.full((len(frames.times), len(palette.kind.joints), 3), np.nan)
        keypoints[..., 2] = 0.0
        for j, area in enumerate(areas):
            _follow(j, area, sightings, frames.times, REACH * span, keypoints)
        return keypoints_in(frames, palette.kind, keypoints, self.name, place[2] if place else "")


def _most_shown(sightings: Sightings, areas: np.ndarray) -> int:
    """Return the largest number of markers visible in one frame."""
    return max(
        sum(bool(blobs) and blobs[0].area >= 0.5 * area for blobs, area in zip(frame, areas, strict=True))
        for frame in sightings
    )


def usual_areas(sightings: Sightings) -> np.ndarray:
    """Return each joint's patch area in full view, (J,) px^2; infinite if it is never in full view."""
    largest = [[frame[j][0].area for frame in sightings if frame[j]] for j in range(len(sightings[0]))]
    areas = np.array([np.percentile(seen, 80) if len(seen) >= 2 else 0.0 for seen in largest])
    # Only markers seen in 30 % of the frames are certain enough to set the scale.
    often = np.array([len(seen) for seen in largest]) >= 0.3 * len(sightings)
    if not often.any():
        return np.full(len(areas), np.inf)
    return np.where(areas >= SMALLEST * np.median(areas[often]), areas, np.inf)


def _follow(
    j: int, area: float, sightings: Sightings, times: np.ndarray, reach: float, keypoints: np.ndarray
) -> None:
    """Fill in joint `j` of `keypoints` (T, J, 3)."""
    if not np.isfinite(area):
        return
    candidates = []
    for t, frame in enumerate(sightings):
        for blob in _pieces(frame[j], area):
            part = min(1.0, blob.area / area)
            quality = float(np.sqrt(part) * np.clip((blob.purity - 0.1) / 0.4, 0.0, 1.0))
            if part >= MIN_PART and quality >= MIN_QUALITY:
                candidates.append(Sighting(t, _centre(blob, area), quality))
    for i in best_track(candidates, times, reach):
        chosen = candidates[i]
        keypoints[chosen.frame, j] = [*chosen.position, chosen.quality]


def _pieces(blobs: list[Blob], area: float) -> list[Blob]:
    """Return a frame's patches, merging those that an occluding leg split from one marker."""
    if len(blobs) < 2:
        return blobs
    together = join(blobs)
    fits = together.circle()[1] <= 1.25 * np.sqrt(area / np.pi) + 1.0
    return [together] if fits else blobs


def _centre(blob: Blob, area: float) -> np.ndarray:
    """Return the marker's centre, (2,) px, even if it is partly hidden.

    A round marker less than half hidden still has the same smallest enclosing circle.
    """
    centre, radius = blob.circle()
    usual = np.sqrt(area / np.pi)
    hidden = blob.area < WHOLE * area
    return centre if hidden and 0.8 * usual <= radius <= 1.25 * usual + 1.0 else blob.centroid


def _body_span(sightings: Sightings, areas: np.ndarray) -> float:
    """Return the median diagonal of the markers' bounding box, px."""
    spans = []
    for frame in sightings:
        at = [f[0].centroid for f, a in zip(frame, areas, strict=True) if f and f[0].area >= 0.5 * a]
        if len(at) >= 2:
            spans.append(np.linalg.norm(np.ptp(np.array(at), axis=0)))
    return float(np.median(spans))


def _of_subject(sightings: Sightings, place: tuple[int, np.ndarray, str] | None) -> Sightings:
    """Keep the patches near the subject, tracked from its given frame and box (4,) in both directions."""
    if place is None:
        return sightings
    first, box, _ = place
    half = 0.75 * (box[2:] - box[:2])
    kept = list(sightings)
    for order in (range(first, len(sightings)), reversed(range(first))):
        middle = 0.5 * (box[:2] + box[2:])
        for t in order:
            near = [
                [b for b in blobs if np.all(np.abs(b.centroid - middle) <= half)] for blobs in sightings[t]
            ]
            at = [blobs[0].centroid for blobs in near if blobs]
            middle = middle if not at else 0.5 * (np.min(at, axis=0) + np.max(at, axis=0))
            kept[t] = near
    return kept


def _no_markers(source: str, palette: Palette) -> str:
    wanted = ", ".join(f"{joint} {web_colour(colour)}" for joint, colour in palette.colours.items())
    subject = "dog" if palette.kind.subject == "quadruped" else palette.kind.subject
    return (
        f"{source}: no {subject} with joint markers found; pose.backend: markers needs vividly coloured round "
        f"markers ({wanted}). Mark the {subject} as described in docs/markers.md, choose pose.backend: onnx, which "
        "needs no markers, or import keypoints with pose.backend: import (for a human: mediapipe)"
    )
