rule write_prompt:
    input:
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        feedback=previous(ITERATION.feedback),
        critique=critiques(ITERATION.critique),
        reward=previous(ITERATION.best_reward),
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
        settings=lambda wildcards: settings(
            method=of_method(
                wildcards, "prompt", "signals", "task_description", "sources"
            ),
            task=simulated(wildcards)["task"],
            llm=experiment(wildcards).loop.llm.model_dump(
                mode="json", include={"context_tokens", "max_tokens"}
            ),
            iteration=int(wildcards.n),
        ),
        code=lambda wildcards: code_digest(
            "write_prompt",
            [
                TASKS.module(practice(wildcards).task.name),
                *feedback_modules(wildcards),
            ],
        ),
    shell:
        command("write_prompt")
