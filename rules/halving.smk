# training.halving: a round's candidates are judged after parts of their steps, and the worse half stops (docs/training.md).
# Every candidate has its files after every part: of one that has stopped, those of its stop. So the graph does not depend
# on who goes on.
HALVED = one_of([*trained("candidate", halved=True), *trained("round", halved=True)])


rule train_part:
    input:
        reward=CANDIDATE.reward,
        check=CANDIDATE.check,
        base=initial_base,
        best=initial_best,
        halving=part_before(PART.halving),
        before_policy=part_before(PART_OF_CANDIDATE.policy),
        before_training=part_before(PART_OF_CANDIDATE.training),
        before_curves=part_before(PART_OF_CANDIDATE.curves),
        before_checkpoint=part_before(PART_OF_CANDIDATE.checkpoint),
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        policy=PART_OF_CANDIDATE.policy,
        training=PART_OF_CANDIDATE.training,
        curves=PART_OF_CANDIDATE.curves,
        checkpoint=PART_OF_CANDIDATE.checkpoint,
    log:
        PART_OF_CANDIDATE.log("train_part"),
    wildcard_constraints:
        experiment=one_of(trained("candidate", halved=True)),
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
        settings=lambda wildcards: part_settings(wildcards, candidate=int(wildcards.k)),
        code=simulation_code("train_policy"),
    shell:
        command("train_policy")


# What is left of the round's steps, for those that the last judgement leaves.
use rule train_part as train_rest with:
    output:
        policy=CANDIDATE.policy,
        training=CANDIDATE.training,
        curves=CANDIDATE.curves,
    log:
        CANDIDATE.log("train_rest"),
    params:
        arguments=arguments(
            work=lambda wildcards: filled(CANDIDATE.work, **wildcards),
            checkpoint_s=lambda wildcards: experiment(
                wildcards
            ).loop.training.checkpoint_s,
        ),
        settings=lambda wildcards: part_settings(wildcards, candidate=int(wildcards.k)),
        code=simulation_code("train_policy"),


# The same for rounds in one process; as in policy.smk, one rule for each number of candidates.
for i, SAMPLES in enumerate(
    sorted(
        {e.loop.samples for e in trained("round", halved=True).values()}, reverse=True
    )
):
    OF_ROUND = one_of(
        name
        for name, e in trained("round", halved=True).items()
        if e.loop.samples == SAMPLES
    )

    rule:
        name:
            f"train_round_part_{SAMPLES}" if i else "train_round_part"
        input:
            rewards=each_candidate(CANDIDATE.reward),
            checks=each_candidate(CANDIDATE.check),
            base=initial_base,
            best=initial_best,
            halving=part_before(PART.halving),
            before_policies=each_part_before(PART_OF_CANDIDATE.policy),
            before_trainings=each_part_before(PART_OF_CANDIDATE.training),
            before_curves=each_part_before(PART_OF_CANDIDATE.curves),
            before_checkpoints=each_part_before(PART_OF_CANDIDATE.checkpoint),
            reference=EXPERIMENT.reference,
            robot=robot_yaml,
            mjcf=robot_mjcf,
            assets=robot_assets,
            server=simulator_server,
        output:
            policies=numbered(PART_OF_CANDIDATE.policy, SAMPLES),
            trainings=numbered(PART_OF_CANDIDATE.training, SAMPLES),
            curves=numbered(PART_OF_CANDIDATE.curves, SAMPLES),
            checkpoints=numbered(PART_OF_CANDIDATE.checkpoint, SAMPLES),
        log:
            PART.log("train_round_part"),
        wildcard_constraints:
            experiment=OF_ROUND,
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
            settings=lambda wildcards: part_settings(wildcards),
            code=simulation_code("train_round"),
        shell:
            command("train_round", "train_round_part")

    rule:
        name:
            f"train_round_rest_{SAMPLES}" if i else "train_round_rest"
        input:
            rewards=each_candidate(CANDIDATE.reward),
            checks=each_candidate(CANDIDATE.check),
            base=initial_base,
            best=initial_best,
            halving=part_before(PART.halving),
            before_policies=each_part_before(PART_OF_CANDIDATE.policy),
            before_trainings=each_part_before(PART_OF_CANDIDATE.training),
            before_curves=each_part_before(PART_OF_CANDIDATE.curves),
            before_checkpoints=each_part_before(PART_OF_CANDIDATE.checkpoint),
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
            ITERATION.log("train_round_rest"),
        wildcard_constraints:
            experiment=OF_ROUND,
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
            settings=lambda wildcards: part_settings(wildcards),
            code=simulation_code("train_round"),
        shell:
            command("train_round", "train_round_rest")


# As evaluate_policy, but a policy that has not changed since the part before keeps its evaluation.
rule evaluate_part:
    input:
        policy=PART_OF_CANDIDATE.policy,
        training=PART_OF_CANDIDATE.training,
        known=part_before(PART_OF_CANDIDATE.evaluation),
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        evaluation=PART_OF_CANDIDATE.evaluation,
    log:
        PART_OF_CANDIDATE.log("evaluate_part"),
    wildcard_constraints:
        experiment=HALVED,
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


use rule evaluate_part as evaluate_halved with:
    input:
        policy=CANDIDATE.policy,
        training=CANDIDATE.training,
        known=part_before(PART_OF_CANDIDATE.evaluation),
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        evaluation=CANDIDATE.evaluation,
    log:
        CANDIDATE.log("evaluate_halved"),


rule halve:
    input:
        evaluations=each_candidate(PART_OF_CANDIDATE.evaluation),
        trainings=each_candidate(PART_OF_CANDIDATE.training),
        checks=each_candidate(CANDIDATE.check),
        before=part_before(PART.halving),
        previous=previous(ITERATION.selection),
        noise=str(RESOURCES / "noise.yaml"),
    output:
        halving=PART.halving,
    log:
        PART.log("halve"),
    wildcard_constraints:
        experiment=HALVED,
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            **selection_settings(wildcards),
            part=int(wildcards.part),
            steps=experiment(wildcards).loop.training.steps,
        ),
        code=code_digest("halve"),
    shell:
        command("halve")


ruleorder: evaluate_halved > evaluate_policy
