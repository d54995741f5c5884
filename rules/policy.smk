# A robot's own base policy, where its settings and files are those that a training would have here.
rule take_base:
    input:
        kept_policy=kept_base("policy"),
        kept_training=kept_base("training"),
        kept_curves=kept_base("curves"),
    output:
        policy=BASE.policy,
        training=BASE.training,
        curves=BASE.curves,
    log:
        BASE.log("take"),
    wildcard_constraints:
        robot=one_of(filter(keeps_base, PLAN.practices)),
        base="base",
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings="{}",
        code=code_digest("take_base"),
    shell:
        command("take_base")


ruleorder: take_base > train_base


# Checkpoints are not declared as outputs, because Snakemake deletes the outputs of a killed job.
rule train_base:
    input:
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
        reward=human_reward,
    output:
        policy=BASE.policy,
        training=BASE.training,
        curves=BASE.curves,
    log:
        BASE.log("train"),
    priority: ROUNDS_FIRST
    threads: lambda wildcards: practice(wildcards).training.threads
    resources:
        gpu=gpus(of_base),
        mem_mb=doubled(of_base, "memory_mb"),
        runtime=doubled(of_base, "minutes"),
    params:
        arguments=arguments(
            work=lambda wildcards: filled(BASE.work, **wildcards),
            checkpoint_s=lambda wildcards: practice(wildcards).training.checkpoint_s,
        ),
        settings=lambda wildcards: base_settings(wildcards.robot, wildcards.base),
        code=simulation_code("train_base"),
    shell:
        command("train_base")


rule train_policy:
    input:
        reward=CANDIDATE.reward,
        check=CANDIDATE.check,
        base=initial_base,
        best=initial_best,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        policy=CANDIDATE.policy,
        training=CANDIDATE.training,
        curves=CANDIDATE.curves,
    log:
        CANDIDATE.log("train_policy"),
    wildcard_constraints:
        experiment=one_of(trained("candidate")),
    priority: ROUNDS_FIRST
    threads: lambda wildcards: experiment(wildcards).loop.training.threads
    resources:
        gpu=gpus(of_candidate),
        mem_mb=doubled(of_candidate, "memory_mb"),
        runtime=doubled(of_candidate, "minutes"),
    params:
        arguments=arguments(
            work=lambda wildcards: filled(CANDIDATE.work, **wildcards),
            checkpoint_s=lambda wildcards: experiment(
                wildcards
            ).loop.training.checkpoint_s,
        ),
        settings=lambda wildcards: candidate_settings(
            wildcards, candidate=int(wildcards.k)
        ),
        code=simulation_code("train_policy"),
    shell:
        command("train_policy")


# One rule for each number of candidates, because a rule's outputs are fixed: train_round, and train_round_1 where fixed
# rewards, which have one candidate, are beside others.
for i, SAMPLES in enumerate(
    sorted({e.loop.samples for e in trained("round").values()}, reverse=True)
):

    rule:
        name:
            f"train_round_{SAMPLES}" if i else "train_round"
        input:
            rewards=each_candidate(CANDIDATE.reward),
            checks=each_candidate(CANDIDATE.check),
            base=initial_base,
            best=initial_best,
            reference=EXPERIMENT.reference,
            robot=robot_yaml,
            mjcf=robot_mjcf,
            assets=robot_assets,
            server=simulator_server,
        output:
            policies=numbered(CANDIDATE.policy, SAMPLES),
            trainings=numbered(CANDIDATE.training, SAMPLES),
            curves=numbered(CANDIDATE.curves, SAMPLES),
        log:
            ITERATION.log("train_round"),
        wildcard_constraints:
            experiment=one_of(
                name
                for name, e in trained("round").items()
                if e.loop.samples == SAMPLES
            ),
        priority: ROUNDS_FIRST
        threads: lambda wildcards: experiment(wildcards).loop.training.threads
        resources:
            gpu=gpus(of_candidate),
            mem_mb=doubled(of_candidate, "memory_mb"),
            runtime=doubled(of_candidate, "minutes"),
        params:
            arguments=arguments(
                works=each_candidate(CANDIDATE.work),
                checkpoint_s=lambda wildcards: experiment(
                    wildcards
                ).loop.training.checkpoint_s,
            ),
            settings=lambda wildcards: candidate_settings(wildcards),
            code=simulation_code("train_round"),
        shell:
            command("train_round", "train_round")


rule evaluate_policy:
    input:
        policy=CANDIDATE.policy,
        training=CANDIDATE.training,
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        evaluation=CANDIDATE.evaluation,
    log:
        CANDIDATE.log("evaluate_policy"),
    priority: ROUNDS_FIRST
    resources:
        gpu=gpus(of_candidate),
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
        policy=of_robot(BASE.policy),
        training=of_robot(BASE.training),
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        evaluation=shown(
            BASE_SCORES.evaluation,
            "evaluation",
            "Result",
            experiment="{experiment}",
            seed="",
            shows="scores of the base policy ({base})",
        ),
    log:
        BASE_SCORES.log("evaluate"),
    priority: 0
    params:
        arguments=arguments(),
        settings=lambda wildcards: evaluation_settings(
            wildcards, experiment(wildcards).loop.evaluation.seconds
        ),
        code=simulation_code("evaluate_policy"),


use rule evaluate_policy as evaluate_best with:
    input:
        policy=last_iteration(ITERATION.best_policy),
        training=last_iteration(ITERATION.selection),
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        evaluation=shown(
            SEED.evaluation,
            "evaluation",
            "Result",
            experiment="{experiment}",
            seed="{seed}",
            shows="scores",
        ),
    log:
        SEED.log("evaluate_best"),
    priority: 0
    params:
        arguments=arguments(),
        settings=lambda wildcards: evaluation_settings(
            wildcards, experiment(wildcards).loop.evaluation.seconds, sampled=True
        ),
        code=simulation_code("evaluate_policy"),


rule select_policy:
    input:
        evaluations=each_candidate(CANDIDATE.evaluation),
        policies=each_candidate(CANDIDATE.policy),
        rewards=each_candidate(CANDIDATE.reward),
        checks=each_candidate(CANDIDATE.check),
        trainings=each_candidate(CANDIDATE.training),
        training_curves=each_candidate(CANDIDATE.curves),
        previous=previous(ITERATION.selection),
        previous_policy=previous(ITERATION.best_policy),
        previous_reward=previous(ITERATION.best_reward),
        previous_curves=previous(ITERATION.best_curves),
        others=other_lines(ITERATION.selection),
        other_policies=other_lines(ITERATION.best_policy),
        other_rewards=other_lines(ITERATION.best_reward),
        other_curves=other_lines(ITERATION.best_curves),
        films=compared_films(each_candidate(CANDIDATE.film)),
        previous_film=compared_films(previous(ITERATION.film)),
        preferences=preferences,
        noise=str(RESOURCES / "noise.yaml"),
    output:
        selection=ITERATION.selection,
        policy=ITERATION.best_policy,
        reward=shown(
            ITERATION.best_reward,
            "reward",
            "Rounds",
            experiment="{experiment}",
            seed="{seed}",
            round="{n}",
            shows="best reward",
        ),
        curves=ITERATION.best_curves,
    log:
        ITERATION.log("select_policy"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            **selection_settings(wildcards),
            **searched(wildcards),
            **tuned_origin(wildcards),
        ),
        code=code_digest("select_policy"),
    shell:
        command("select_policy")


rule finish:
    input:
        policy=last_iteration(ITERATION.best_policy),
        reward=last_iteration(ITERATION.best_reward),
        selection=last_iteration(ITERATION.selection),
        rollout=last_iteration(ITERATION.rollout),
        film=last_iteration(ITERATION.film),
        feedback=last_iteration(ITERATION.feedback),
        evaluation=SEED.evaluation,
        base=own_base(BASE_SCORES.evaluation),
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        papers=robot_papers,
        player=str(RESOURCES / "deploy" / "play.py"),
    output:
        best=shown(
            directory(SEED.best),
            "rollout",
            "Result",
            patterns=["{film}.mp4"],
            experiment="{experiment}",
            seed="{seed}",
            shows="the robot walking",
        ),
        summary=SEED.best_summary,
    log:
        SEED.log("finish"),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            task=simulated(wildcards, without=Task.STARTS)["task"]
        ),
        code=lambda wildcards: code_digest(
            "finish", (TASKS.module(practice(wildcards).task.name),)
        ),
    shell:
        command("finish")
