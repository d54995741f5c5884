rule sample_completion:
    input:
        record=ITERATION.prompt_record,
        source=answer_file,
        recorded_prompt=recorded_prompt,
    output:
        completion=CANDIDATE.completion,
    log:
        CANDIDATE.log("sample_completion"),
    priority: ROUNDS_FIRST
    resources:
        completions=1,
    params:
        arguments=arguments(
            asking=asking,
            round=lambda wildcards: {"candidates": written_candidates(wildcards)},
            **PAID,
        ),
        settings=lambda wildcards: settings(
            llm=asked(wildcards),
            seed=int(wildcards.seed),
            iteration=int(wildcards.n),
            candidate=int(wildcards.k),
        ),
        code=lambda wildcards: code_digest(
            "sample_completion", [COMPLETION_PROVIDERS.module(provider(wildcards))]
        ),
    shell:
        command("sample_completion")


rule sample_states:
    input:
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        states=EXPERIMENT.states,
    log:
        EXPERIMENT.log("sample_states"),
    priority: ROUNDS_FIRST
    resources:
        gpu=gpus(of_candidate),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(**simulated(wildcards)),
        code=simulation_code("sample_states"),
    shell:
        command("sample_states")


rule make_known_states:
    input:
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        known=EXPERIMENT.known_states,
    log:
        EXPERIMENT.log("make_known_states"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(task=simulated(wildcards)["task"]),
        code=lambda wildcards: code_digest(
            "make_known_states", [TASKS.module(practice(wildcards).task.name)]
        ),
    shell:
        command("make_known_states")


rule extract_reward:
    input:
        completion=CANDIDATE.completion,
        record=ITERATION.prompt_record,
        states=EXPERIMENT.states,
        known=known_states,
        repair=repair_template,
        recorded=recorded_repairs,
    output:
        reward=CANDIDATE.reward,
        check=CANDIDATE.check,
        repairs=CANDIDATE.repairs,
    log:
        CANDIDATE.log("extract_reward"),
    priority: ROUNDS_FIRST
    resources:
        completions=lambda wildcards: int(can_be_repaired(wildcards)),
    params:
        arguments=arguments(asking=asking, **PAID),
        settings=lambda wildcards: settings(
            check=experiment(wildcards).loop.check,
            method=of_method(wildcards, "signals", "reward"),
            **screening(wildcards),
            **repairing(wildcards),
        ),
        code=lambda wildcards: code_digest("extract_reward", repair_modules(wildcards)),
    shell:
        command("extract_reward")
