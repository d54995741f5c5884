"""Extract a video's frames into a folder; imported keypoints without a video are drawn as stick figures."""

from __future__ import annotations

from video2reward.artifacts.io import digest, write_json
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.keypoints.imports.backend import load_imported
from video2reward.settings.video import Video
from video2reward.video.frames import draw, extract_frames


def main() -> None:
    script = Script(__doc__ or "").input("video", "keypoints", optional=True).output("frames")
    script.output("summary").parse()
    settings = Video(**script.params["video"])
    folder, provenance = script.path("frames"), script.provenance()
    if script.args.video is not None:
        frames = extract_frames(script.path("video"), settings, folder, provenance)
    elif script.args.keypoints is not None:
        source = script.path("keypoints")
        found = load_imported(source, settings.pose, settings.subject, settings.trim[0])
        frames = draw(found, source, settings, folder, provenance)
    else:
        raise UserError("give video.file, or pose.backend: import with pose.keypoints")
    write_json(
        script.path("summary"),
        {
            "frames": len(frames.times),
            "fps": frames.fps,
            "size": frames.size,
            "digest": digest(folder),
            "provenance": provenance,
        },
    )
    print(
        f"{folder}: {len(frames.times)} frames of {frames.size[0]}x{frames.size[1]}, {frames.fps:.3f} frames/s"
    )


if __name__ == "__main__":
    run_script(main)
