rule describe_motion:
    input:
        keypoints=f"{VIDEO}/keypoints.h5",
        frames=ancient(f"{VIDEO}/frames"),
        summary=f"{VIDEO}/frames.json",
    output:
        motion=f"{VIDEO}/motion.h5",
        overlay=shown(
            f"{VIDEO}/overlay.mp4",
            "overlay",
            "Video",
            video="{video}",
            shows="keypoints on the video",
        ),
        picture=shown(
            f"{VIDEO}/motion.png",
            "motion",
            "Video",
            video="{video}",
            shows="stride and footfalls",
        ),
    log:
        f"{VIDEO}/logs/describe_motion.log",
    benchmark:
        f"{VIDEO}/logs/describe_motion.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            motion=PLAN.motion,
            subject=PLAN.videos[wildcards.video].subject,
            pose=PLAN.videos[wildcards.video].pose.model_dump(
                mode="json", include={"min_confidence"}
            ),
            video=PLAN.videos[wildcards.video].model_dump(
                mode="json", include={"camera", "slow_motion"}
            ),
        ),
        code=code_digest("describe_motion"),
    shell:
        command("describe_motion")


rule retarget_motion:
    input:
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        reference=f"{EXPERIMENT}/reference.h5",
    log:
        f"{EXPERIMENT}/logs/retarget_motion.log",
    benchmark:
        f"{EXPERIMENT}/logs/retarget_motion.tsv"
    params:
        arguments=arguments(),
        # Only keys that are set; the robot's values apply to the rest.
        settings=lambda wildcards: settings(
            reach=experiment(wildcards).loop.reach.model_dump(exclude_unset=True)
        ),
        code=code_digest("retarget_motion"),
    shell:
        command("retarget_motion")
