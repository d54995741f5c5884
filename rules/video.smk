# Downloads run on the submitting host, as compute nodes may have no network.
localrules:
    fetch_video,


rule fetch_video:
    # The address alone identifies the video; its content is in a cache that all results share. The suffix does
    # not tell the format: readers inspect the content.
    output:
        video=VIDEO.fetched,
    log:
        VIDEO.log("fetch_video"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            address=str(PLAN.videos[wildcards.video].file)
        ),
        code=code_digest("fetch_video"),
    shell:
        command("fetch_video")


rule extract_frames:
    # The video's frames, or a stick figure if there are only imported keypoints. Snakemake has no checksum for
    # folders, so rules that read the frames depend on the summary, which holds the frames' checksum.
    input:
        video=video_file,
        keypoints=keypoints_alone,
    output:
        frames=directory(VIDEO.frames),
        summary=VIDEO.frames_summary,
    log:
        VIDEO.log("extract_frames"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=frames_settings,
        code=code_digest("extract_frames"),
    shell:
        command("extract_frames")
