# The numbers of a round's best reward, where the next round takes the tuned one as its last candidate.
rule tune_reward:
    input:
        reward=ITERATION.best_reward,
        selection=ITERATION.selection,
        states=EXPERIMENT.states,
        known=ordered_states,
        base=initial_base,
        best=best_so_far,
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        noise=str(RESOURCES / "noise.yaml"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        tuned=shown(
            ITERATION.tuned_reward,
            "tuned",
            "Rounds",
            experiment="{experiment}",
            seed="{seed}",
            round="{n}",
            shows="best reward with its numbers tuned",
        ),
        tuning=ITERATION.tuning,
    log:
        ITERATION.log("tune_reward"),
    wildcard_constraints:
        experiment=one_of(
            name for name, e in PLAN.experiments.items() if e.loop.tuning is not None
        ),
    priority: ROUNDS_FIRST
    threads: lambda wildcards: experiment(wildcards).loop.training.threads
    resources:
        gpu=gpus(of_candidate),
        mem_mb=doubled(of_candidate, "memory_mb"),
        runtime=doubled(of_candidate, "minutes"),
    params:
        arguments=arguments(
            work=lambda wildcards: filled(ITERATION.tuning_work, **wildcards),
            checkpoint_s=lambda wildcards: experiment(
                wildcards
            ).loop.training.checkpoint_s,
        ),
        settings=lambda wildcards: settings(**tuning_settings(wildcards)),
        code=simulation_code("tune_reward"),
    shell:
        command("tune_reward")
