# What computers of a cluster may be without: a connection.
localrules:
    fetch_video,


rule fetch_video:
    # What an address delivers is decided by the address alone; its content lies in a cache that all results
    # share. The file's name says nothing of its kind: whoever reads it looks inside.
    output:
        video=VIDEO.fetched,
    log:
        VIDEO.log("fetch_video"),
    benchmark:
        VIDEO.times("fetch_video")
    params:
        arguments=arguments(),
        arguments=arguments(),
        settings=lambda wildcards: settings(
            address=str(PLAN.videos[wildcards.video].file)
        ),
        code=code_digest("fetch_video"),
    shell:
        command("fetch_video")


rule extract_frames:
    # With a video, its pictures; with imported keypoints alone, a stick figure of them. A folder has no
    # checksum for Snakemake: what reads the frames depends on the summary, which holds theirs.
    input:
        video=video_file,
        keypoints=keypoints_alone,
    output:
        frames=directory(VIDEO.frames),
        summary=VIDEO.frames_summary,
    log:
        VIDEO.log("extract_frames"),
    benchmark:
        VIDEO.times("extract_frames")
    params:
        arguments=arguments(),
        arguments=arguments(),
        settings=frames_settings,
        code=code_digest("extract_frames"),
    shell:
        command("extract_frames")
