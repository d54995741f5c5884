rule create_environment:
    input:
        requirements=lambda wildcards: (
            os.path.relpath(ROOT / "envs" / f"{wildcards.environment}.txt")
        ),
    output:
        marker=f"{ENVIRONMENTS}/{{environment}}.json",
    log:
        f"{ENVIRONMENTS}/logs/{{environment}}.log",
    benchmark:
        f"{ENVIRONMENTS}/logs/{{environment}}.tsv"
    params:
        settings="{}",
        code=code_digest("create_environment"),
    shell:
        command(
            "create_environment",
            "--requirements {input.requirements:q} --marker {output.marker:q} --rule create_environment",
        )


rule estimate_keypoints:
    input:
        frames=ancient(f"{VIDEO}/frames"),
        summary=f"{VIDEO}/frames.json",
        imported=imported_keypoints,
        environment=pose_environment,
        model=pose_model("model"),
        detector=pose_model("detector"),
        config=pose_model("config"),
    output:
        keypoints=f"{VIDEO}/keypoints.h5",
    log:
        f"{VIDEO}/logs/estimate_keypoints.log",
    benchmark:
        f"{VIDEO}/logs/estimate_keypoints.tsv"
    threads: pose_threads
    params:
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
        command(
            "estimate_keypoints",
            "--frames {input.frames:q} --imported {input.imported:q} --environment {input.environment:q} "
            "--model {input.model:q} --detector {input.detector:q} --config {input.config:q} "
            "--keypoints {output.keypoints:q} "
            "--threads {threads}",
        )
