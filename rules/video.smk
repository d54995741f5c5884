rule extract_frames:
    # With a video, its pictures; with imported keypoints alone, a stick figure of them. A folder has no
    # checksum for Snakemake: what reads the frames depends on the summary, which holds theirs.
    input:
        video=video_file,
        keypoints=keypoints_alone,
    output:
        frames=directory(f"{VIDEO}/frames"),
        summary=f"{VIDEO}/frames.json",
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
        code=code_digest("extract_frames"),
    shell:
        command(
            "extract_frames",
            "--video {input.video:q} --keypoints {input.keypoints:q} "
            "--frames {output.frames:q} --summary {output.summary:q}",
        )
