# Pictures of the robot beside the video, and what a model or a person says about them; only for methods that ask for it.
CRITIQUE = RESOURCES / "prompts" / "critique.j2"
SHOWN_PICTURES = RESOURCES / "prompts" / "shown.j2"


rule show_motion:
    # Snakemake has no checksum for folders: the summary holds that of the frames, the record those of the pictures.
    input:
        frames=of_video(VIDEO.frames),
        summary=of_video(VIDEO.frames_summary),
        keypoints=of_video(VIDEO.keypoints),
        motion=of_video(VIDEO.motion),
        reference=EXPERIMENT.reference,
        rollout=ITERATION.rollout,
        film=ITERATION.film,
        feedback=ITERATION.feedback,
        robot=robot_yaml,
        template=str(CRITIQUE),
        parts=str(SHOWN_PICTURES),
    output:
        prompt=ITERATION.critique_prompt,
        record=ITERATION.critique_record,
        pictures=directory(ITERATION.pictures),
    log:
        ITERATION.log("show_motion"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(
            section=lambda wildcards: critic_section(experiment(wildcards).method)
        ),
        settings=lambda wildcards: settings(
            **drawn(wildcards, critic(wildcards)),
            method=of_method(wildcards, "task_description", "max_falls"),
            task=practice(wildcards).task.name,
        ),
        code=lambda wildcards: code_digest(
            "show_motion", [TASKS.module(practice(wildcards).task.name)]
        ),
    shell:
        command("show_motion")


rule critique_motion:
    input:
        record=ITERATION.critique_record,
        pictures=ITERATION.pictures,
        source=critique_source,
    output:
        critique=ITERATION.critique,
    log:
        ITERATION.log("critique_motion"),
    priority: ROUNDS_FIRST
    resources:
        completions=1,
    params:
        arguments=arguments(
            asking=lambda wildcards: called(critic(wildcards)),
            section=lambda wildcards: critic_section(experiment(wildcards).method),
            # A test of this judge that is made later asks for no critique again.
            results=RESULTS,
            **PAID,
        ),
        settings=lambda wildcards: settings(
            llm=told(critic(wildcards)),
            seed=int(wildcards.seed),
            iteration=int(wildcards.n),
        ),
        code=lambda wildcards: code_digest(
            "critique_motion",
            [COMPLETION_PROVIDERS.module(critic(wildcards).provider)],
        ),
    shell:
        command("critique_motion")
