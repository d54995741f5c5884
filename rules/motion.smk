rule describe_motion:
    input:
        keypoints=VIDEO.keypoints,
        frames=ancient(VIDEO.frames),
        summary=VIDEO.frames_summary,
    output:
        motion=VIDEO.motion,
        overlay=shown(
            VIDEO.overlay,
            "overlay",
            "Video",
            video="{video}",
            shows="keypoints on the video",
        ),
        picture=shown(
            VIDEO.picture,
            "motion",
            "Video",
            video="{video}",
            shows="stride and footfalls",
        ),
    log:
        VIDEO.log("describe_motion"),
    priority: ROUNDS_FIRST
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
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        reference=EXPERIMENT.reference,
    log:
        EXPERIMENT.log("retarget_motion"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        # Only keys that are set; the robot's values apply to the rest.
        settings=lambda wildcards: settings(
            reach=experiment(wildcards).loop.reach.model_dump(exclude_unset=True),
            task=practice(wildcards).task.name,
            **wished_times(wildcards),
        ),
        code=code_digest("retarget_motion"),
    shell:
        command("retarget_motion")
