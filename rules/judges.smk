# snakemake judge_test: critics score motions of known quality, and how wrongly they rank them is reported.
JUDGE = LAYOUT.judge("{experiment}")
KNOWN_MOTION = JUDGE.motion("{motion}")
JUDGE_PROMPT = RESOURCES / "prompts" / "judge.j2"


rule judge_test:
    input:
        lambda wildcards: [filled(JUDGE.judgement, experiment=e) for e in judged()],


rule make_known_motions:
    input:
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        rollouts=each_known(KNOWN_MOTION.rollout),
    log:
        JUDGE.log("make_known_motions"),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(task=simulated(wildcards)["task"]),
        code=lambda wildcards: code_digest(
            "make_known_motions", [TASKS.module(practice(wildcards).task.name)]
        ),
    shell:
        command("make_known_motions")


rule film_known_motion:
    input:
        rollout=KNOWN_MOTION.rollout,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        film=KNOWN_MOTION.film,
    log:
        KNOWN_MOTION.log("film_known_motion"),
    params:
        arguments=arguments(),
        settings=settings(seconds=4.0),
        code=code_digest("render_film"),
    shell:
        command("render_film")


rule show_known_motion:
    input:
        frames=of_video(VIDEO.frames),
        summary=of_video(VIDEO.frames_summary),
        keypoints=of_video(VIDEO.keypoints),
        motion=of_video(VIDEO.motion),
        reference=EXPERIMENT.reference,
        rollout=KNOWN_MOTION.rollout,
        film=KNOWN_MOTION.film,
        template=str(JUDGE_PROMPT),
        parts=str(SHOWN_PICTURES),
    output:
        prompt=KNOWN_MOTION.critique_prompt,
        record=KNOWN_MOTION.critique_record,
        pictures=directory(KNOWN_MOTION.pictures),
    log:
        KNOWN_MOTION.log("show_known_motion"),
    params:
        arguments=arguments(
            section=lambda wildcards: judge_section(experiment(wildcards).method)
        ),
        settings=lambda wildcards: settings(
            **drawn(wildcards, judge(wildcards)),
            told=experiment(wildcards).loop.judge.told,
            max_falls=experiment(wildcards).method.max_falls,
        ),
        code=code_digest("show_known_motion"),
    shell:
        command("show_known_motion")


rule judge_motions:
    input:
        reference=EXPERIMENT.reference,
        rollouts=each_known(KNOWN_MOTION.rollout),
        records=each_known(KNOWN_MOTION.critique_record),
        pictures=each_known(KNOWN_MOTION.pictures),
        answers=judge_answers,
        recorded=judge_recording,
        template=str(RESOURCES / "judge" / "judge.html.j2"),
        style=str(RESOURCES / "report" / "style.css"),
    output:
        judgement=JUDGE.judgement,
        page=JUDGE.judge_page,
    log:
        JUDGE.log("judge_motions"),
    resources:
        completions=1,
    params:
        arguments=arguments(
            asking=lambda wildcards: called(judge(wildcards)),
            section=lambda wildcards: judge_section(experiment(wildcards).method),
            **PAID,
        ),
        settings=lambda wildcards: settings(
            llm=told(judge(wildcards)),
            repetitions=experiment(wildcards).loop.judge.repetitions,
            max_falls=experiment(wildcards).method.max_falls,
            about={
                "experiment": wildcards.experiment,
                "robot": experiment(wildcards).robot,
                "video": experiment(wildcards).video,
                "told": experiment(wildcards).loop.judge.told,
            },
        ),
        code=lambda wildcards: code_digest(
            "judge_motions",
            [COMPLETION_PROVIDERS.module(judge(wildcards).provider)],
        ),
    shell:
        command("judge_motions")
