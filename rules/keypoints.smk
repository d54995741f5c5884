rule create_environment:
    input:
        requirements=lambda wildcards: (
            os.path.relpath(ROOT / "envs" / f"{wildcards.environment}.txt")
        ),
    output:
        marker=f"{ENVIRONMENTS}/{{environment}}.json",
    log:
        f"{ENVIRONMENTS}/logs/{{environment}}.log",
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings="{}",
        code=code_digest("create_environment"),
    shell:
        command("create_environment")


rule estimate_keypoints:
    input:
        frames=ancient(VIDEO.frames),
        summary=VIDEO.frames_summary,
        imported=imported_keypoints,
        environment=pose_environment,
        model=pose_model("model"),
        detector=pose_model("detector"),
        config=pose_model("config"),
    output:
        keypoints=VIDEO.keypoints,
    log:
        VIDEO.log("estimate_keypoints"),
    priority: ROUNDS_FIRST
    threads: pose_threads
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            **pose_settings(PLAN.videos[wildcards.video].pose),
            **folder_settings(PLAN.videos[wildcards.video].pose.keypoints),
            subject=PLAN.videos[wildcards.video].subject.model_dump(
                mode="json", include={"box", "point", "frame", "species"}
            ),
        ),
        code=lambda wildcards: code_digest(
            "estimate_keypoints",
            [POSE_BACKENDS.module(PLAN.videos[wildcards.video].pose.backend)],
        ),
    shell:
        command("estimate_keypoints")
