rule write_prompt:
    input:
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        parent=chosen_parent,
        feedback=previous(ITERATION.feedback),
        critique=critiques(ITERATION.critique),
        reward=previous(ITERATION.best_reward),
        tuning=tuned_before(ITERATION.tuning),
        second_feedback=second_parent(ITERATION.feedback),
        second_critique=critiques(ITERATION.critique, second_parent),
        second_reward=second_parent(ITERATION.best_reward),
        templates=sorted(
            str(path)
            for path in REPAIR.parent.glob("*.j2")
            if path.stem not in ("repair", "critique", "judge", "shown")
        ),
    output:
        prompt=ITERATION.prompt,
        record=ITERATION.prompt_record,
    log:
        ITERATION.log("write_prompt"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(**prompt_settings(wildcards)),
        code=lambda wildcards: code_digest("write_prompt", prompt_modules(wildcards)),
    shell:
        command("write_prompt")
