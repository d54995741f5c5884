# Checkpoints are not declared as outputs, because Snakemake deletes the outputs of a killed job.
rule train_base:
    input:
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        reward=human_reward,
    output:
        policy=f"{ROBOT}/{{base}}.pth",
        training=f"{ROBOT}/{{base}}.json",
        curves=f"{ROBOT}/{{base}}.csv",
    log:
        f"{ROBOT}/logs/train_{{base}}.log",
    benchmark:
        f"{ROBOT}/logs/train_{{base}}.tsv"
    threads: lambda wildcards: practice(wildcards).training.threads
    resources:
        gpu=lambda wildcards: of_base(wildcards).gpus,
        mem_mb=doubled(of_base, "memory_mb"),
        runtime=doubled(of_base, "minutes"),
    params:
        arguments=arguments(
            checkpoint_s=lambda wildcards: practice(wildcards).training.checkpoint_s
        ),
        settings=lambda wildcards: settings(
            training=training_settings(
                practice(wildcards).training, "steps", "init", "early_stop"
            ),
            task=practice(wildcards).task,
            seed=base_seed(wildcards.base),
        ),
        code=simulation_code("train_base"),
    shell:
        command("train_base")


rule train_policy:
    input:
        reward=f"{ITERATION}/reward_{{k}}.py",
        check=f"{ITERATION}/check_{{k}}.json",
        base=lambda wildcards: (
            own_base(ROBOT, ".pth")(wildcards)
            if experiment(wildcards).loop.training.init != "scratch"
            else []
        ),
        best=lambda wildcards: (
            previous("best.pth")(wildcards)
            if experiment(wildcards).loop.training.init == "best"
            else []
        ),
        reference=f"{EXPERIMENT}/reference.h5",
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        policy=f"{ITERATION}/policy_{{k}}.pth",
        training=f"{ITERATION}/training_{{k}}.json",
        curves=f"{ITERATION}/training_{{k}}.csv",
    log:
        f"{ITERATION}/logs/train_policy_{{k}}.log",
    benchmark:
        f"{ITERATION}/logs/train_policy_{{k}}.tsv"
    threads: lambda wildcards: experiment(wildcards).loop.training.threads
    resources:
        gpu=lambda wildcards: of_candidate(wildcards).gpus,
        mem_mb=doubled(of_candidate, "memory_mb"),
        runtime=doubled(of_candidate, "minutes"),
    params:
        arguments=arguments(
            checkpoint_s=lambda wildcards: experiment(
                wildcards
            ).loop.training.checkpoint_s
        ),
        settings=lambda wildcards: settings(
            training=training_settings(
                experiment(wildcards).loop.training, "base_steps"
            ),
            task=practice(wildcards).task,
            seed=int(wildcards.seed),
            candidate=int(wildcards.k),
        ),
        code=simulation_code("train_policy"),
    shell:
        command("train_policy")


rule evaluate_policy:
    input:
        policy=f"{ITERATION}/policy_{{k}}.pth",
        training=f"{ITERATION}/training_{{k}}.json",
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        evaluation=f"{ITERATION}/evaluation_{{k}}.json",
    log:
        f"{ITERATION}/logs/evaluate_policy_{{k}}.log",
    benchmark:
        f"{ITERATION}/logs/evaluate_policy_{{k}}.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: evaluation_settings(
            wildcards, experiment(wildcards).loop.evaluation.short_seconds
        ),
        code=simulation_code("evaluate_policy"),
    shell:
        command("evaluate_policy")


use rule evaluate_policy as evaluate_base with:
    input:
        policy=of_robot("{base}.pth"),
        training=of_robot("{base}.json"),
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        evaluation=shown(
            f"{EXPERIMENT}/{{base}}_evaluation.json",
            "evaluation",
            "Result",
            experiment="{experiment}",
            seed="",
            shows="scores of the base policy ({base})",
        ),
    log:
        f"{EXPERIMENT}/logs/evaluate_{{base}}.log",
    benchmark:
        f"{EXPERIMENT}/logs/evaluate_{{base}}.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: evaluation_settings(
            wildcards, experiment(wildcards).loop.evaluation.seconds
        ),
        code=simulation_code("evaluate_policy"),


use rule evaluate_policy as evaluate_best with:
    input:
        policy=last_iteration("best.pth"),
        training=last_iteration("selection.json"),
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        evaluation=shown(
            f"{SEED}/evaluation.json",
            "evaluation",
            "Result",
            experiment="{experiment}",
            seed="{seed}",
            shows="scores",
        ),
    log:
        f"{SEED}/logs/evaluate_best.log",
    benchmark:
        f"{SEED}/logs/evaluate_best.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: evaluation_settings(
            wildcards, experiment(wildcards).loop.evaluation.seconds
        ),
        code=simulation_code("evaluate_policy"),


rule select_policy:
    input:
        evaluations=each_candidate("evaluation_{k}.json"),
        policies=each_candidate("policy_{k}.pth"),
        rewards=each_candidate("reward_{k}.py"),
        checks=each_candidate("check_{k}.json"),
        trainings=each_candidate("training_{k}.json"),
        training_curves=each_candidate("training_{k}.csv"),
        previous=previous("selection.json"),
        previous_policy=previous("best.pth"),
        previous_reward=previous("best_reward.py"),
        previous_curves=previous("best_training.csv"),
    output:
        selection=f"{ITERATION}/selection.json",
        policy=f"{ITERATION}/best.pth",
        reward=shown(
            f"{ITERATION}/best_reward.py",
            "reward",
            "Rounds",
            experiment="{experiment}",
            seed="{seed}",
            round="{n}",
            shows="best reward",
        ),
        curves=f"{ITERATION}/best_training.csv",
    log:
        f"{ITERATION}/logs/select_policy.log",
    benchmark:
        f"{ITERATION}/logs/select_policy.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            method=of_method(
                wildcards, "selection", "max_falls", "max_velocity_error"
            ),
            iteration=int(wildcards.n),
        ),
        code=code_digest("select_policy"),
    shell:
        command("select_policy")


rule finish:
    input:
        policy=last_iteration("best.pth"),
        reward=last_iteration("best_reward.py"),
        selection=last_iteration("selection.json"),
        rollout=last_iteration("rollout.h5"),
        film=last_iteration("rollout.mp4"),
        feedback=last_iteration("feedback.json"),
        evaluation=f"{SEED}/evaluation.json",
        base=own_base(EXPERIMENT, "_evaluation.json"),
    output:
        best=shown(
            directory(f"{SEED}/best"),
            "rollout",
            "Result",
            patterns=["{film}.mp4"],
            experiment="{experiment}",
            seed="{seed}",
            shows="the robot walking",
        ),
        summary=f"{SEED}/best.json",
    log:
        f"{SEED}/logs/finish.log",
    benchmark:
        f"{SEED}/logs/finish.tsv"
    params:
        arguments=arguments(),
        settings="{}",
        code=code_digest("finish"),
    shell:
        command("finish")
