rule sample_completion:
    input:
        record=f"{ITERATION}/prompt.json",
        source=answer_file,
        recorded_prompt=recorded_prompt,
    output:
        completion=f"{ITERATION}/completion_{{k}}.json",
    log:
        f"{ITERATION}/logs/sample_completion_{{k}}.log",
    benchmark:
        f"{ITERATION}/logs/sample_completion_{{k}}.tsv"
    resources:
        completions=1,
    params:
        arguments=arguments(
            asking=asking,
            round=lambda wildcards: {"candidates": experiment(wildcards).loop.samples},
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
        reference=f"{EXPERIMENT}/reference.h5",
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        states=f"{EXPERIMENT}/states.npz",
    log:
        f"{EXPERIMENT}/logs/sample_states.log",
    benchmark:
        f"{EXPERIMENT}/logs/sample_states.tsv"
    resources:
        gpu=gpus(of_candidate),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(**simulated(wildcards)),
        code=simulation_code("sample_states"),
    shell:
        command("sample_states")


rule extract_reward:
    input:
        completion=f"{ITERATION}/completion_{{k}}.json",
        record=f"{ITERATION}/prompt.json",
        states=f"{EXPERIMENT}/states.npz",
        repair=repair_template,
        recorded=recorded_repairs,
    output:
        reward=f"{ITERATION}/reward_{{k}}.py",
        check=f"{ITERATION}/check_{{k}}.json",
        repairs=f"{ITERATION}/repairs_{{k}}.json",
    log:
        f"{ITERATION}/logs/extract_reward_{{k}}.log",
    benchmark:
        f"{ITERATION}/logs/extract_reward_{{k}}.tsv"
    resources:
        completions=lambda wildcards: int(can_be_repaired(wildcards)),
    params:
        arguments=arguments(asking=asking, **PAID),
        settings=lambda wildcards: settings(
            check=experiment(wildcards).loop.check,
            method=of_method(wildcards, "signals", "reward"),
            **repairing(wildcards),
        ),
        code=lambda wildcards: code_digest("extract_reward", repair_modules(wildcards)),
    shell:
        command("extract_reward")
