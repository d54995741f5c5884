rule write_prompt:
    input:
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        feedback=previous("feedback.json"),
        reward=previous("best_reward.py"),
        selection=previous("selection.json"),
        fixed=fixed_reward,
        templates=sorted(str(path) for path in (RESOURCES / "prompts").glob("*.j2")),
    output:
        prompt=f"{ITERATION}/prompt.txt",
        record=f"{ITERATION}/prompt.json",
    log:
        f"{ITERATION}/logs/write_prompt.log",
    benchmark:
        f"{ITERATION}/logs/write_prompt.tsv"
    params:
        settings=lambda wildcards: settings(
            method=of_method(
                wildcards, "prompt", "signals", "task_description", "reward"
            ),
            task=PLAN.task,
            iteration=int(wildcards.n),
        ),
        code=code_digest("write_prompt", [TASKS.module(PLAN.task.name)]),
    shell:
        command(
            "write_prompt",
            "--reference {input.reference:q} --motion {input.motion:q} --robot {input.robot:q} "
            "--feedback {input.feedback:q} --reward {input.reward:q} --selection {input.selection:q} "
            "--prompt {output.prompt:q} --record {output.record:q}",
        )
