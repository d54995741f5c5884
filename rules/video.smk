rule extract_frames:
    # With a video, its pictures; with imported keypoints alone, a stick figure of them.
    input:
        video_source,
    output:
        frames=directory(f"{VIDEO}/frames"),
    log:
        f"{VIDEO}/logs/extract_frames.log",
    benchmark:
        f"{VIDEO}/logs/extract_frames.tsv"
    params:
        settings=lambda wildcards: settings(
            video=PLAN.videos[wildcards.video].model_dump(
                mode="json",
                include={
                    "start_s": True,
                    "end_s": True,
                    **(
                        {}
                        if PLAN.videos[wildcards.video].file
                        else {"pose": {"backend", "skeleton", "fps"}}
                    ),
                },
            )
        ),
        source=lambda wildcards: (
            "--video" if PLAN.videos[wildcards.video].file else "--keypoints"
        ),
        code=code_digest("extract_frames"),
    shell:
        command(
            "extract_frames", "{params.source} {input:q} --frames {output.frames:q}"
        )
