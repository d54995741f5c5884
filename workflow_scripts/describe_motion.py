"""keypoints.h5 -> motion.h5, the overlay video and a picture of the motion."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.frames import Frames, read_frames
from video2reward.artifacts.keypoints import Keypoints, read_keypoints
from video2reward.artifacts.motion import Motion, write_motion
from video2reward.background.displacement import Background
from video2reward.jobs.script import Script, run_script
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject


def main() -> None:
    script = (
        Script(__doc__ or "")
        .input("keypoints", "frames")
        .input("summary", optional=True)
        .output("motion", "overlay", "picture")
        .parse()
    )

    from video2reward.motion.describe import describe_motion
    from video2reward.motion.picture import draw_motion
    from video2reward.motion.repairs import summary
    from video2reward.video.overlay import draw_overlay

    keypoints = read_keypoints(script.path("keypoints"))
    frames = read_frames(script.path("frames"))
    followed = background(frames, keypoints)
    motion = describe_motion(
        keypoints,
        Subject(**script.params["subject"]),
        MotionSettings(**script.params["motion"]),
        float(script.params["pose"]["min_confidence"]),
        None if followed is None else followed.shift,
        str(script.path("keypoints")),
        background_sure=1.0 if followed is None else followed.sure,
        **script.params.get("video", {}),
    )
    motion = replace(motion, provenance=script.provenance())
    draw_overlay(frames, keypoints, script.path("overlay"), motion.frames)
    draw_motion(motion, script.path("picture"))
    write_motion(script.path("motion"), motion)
    print(figures(motion))
    print(summary(motion.changed, len(motion.times)))
    for sentence in motion.warnings:
        print(f"warning: {sentence}")


def figures(motion: Motion) -> str:
    """Return the main figures in one line."""
    camera = f"camera {motion.camera} ({motion.camera_confidence:.0%} sure)"
    if motion.kind == "single":
        found = motion.gait_figures
        return (
            f"one {motion.gait} of {found['duration_s']:.2f} s: {found['rise']:.2f} body lengths up, "
            f"{found['distance']:.2f} forward, {found['flight_s']:.2f} s in flight; {camera}"
        )
    return (
        f"{motion.gait or 'gait'}: stride period {motion.period_s:.3f} s (confidence {motion.period_confidence:.2f}), "
        f"speed {spread(motion.speed, motion.speed_error)} body lengths/s = "
        f"{spread(motion.speed_m_s, motion.speed_error_m_s)} m/s with a leg of "
        f"{motion.leg_length_m:g} m, {camera}"
    )


def spread(value: float, error: float) -> str:
    """Return a value with half its 90 % interval, if known."""
    return f"{value:.2f}" + (f" +- {error:.2f}" if error == error else "")


def background(frames: Frames, keypoints: Keypoints) -> Background | None:
    """Track the background through the frames; None if the frames show none."""
    from video2reward.motion.camera import follow_camera

    return follow_camera(frames, keypoints) if len(frames.times) == len(keypoints.times) else None


if __name__ == "__main__":
    run_script(main)
