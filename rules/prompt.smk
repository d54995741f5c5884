rule write_prompt:
    input:
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        feedback=previous("feedback.json"),
        reward=previous("best_reward.py"),
        templates=sorted(
            str(path) for path in REPAIR.parent.glob("*.j2") if path != REPAIR
        ),
    output:
        prompt=f"{ITERATION}/prompt.txt",
        record=f"{ITERATION}/prompt.json",
    log:
        f"{ITERATION}/logs/write_prompt.log",
    benchmark:
        f"{ITERATION}/logs/write_prompt.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            method=of_method(wildcards, "prompt", "signals", "task_description"),
            task=simulated(wildcards)["task"],
            llm=experiment(wildcards).loop.llm.model_dump(
                mode="json", include={"context_tokens", "max_tokens"}
            ),
            iteration=int(wildcards.n),
        ),
        code=lambda wildcards: code_digest(
            "write_prompt", [TASKS.module(practice(wildcards).task.name)]
        ),
    shell:
        command("write_prompt")
