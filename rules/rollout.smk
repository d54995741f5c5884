rule record_rollout:
    input:
        policy=ITERATION.best_policy,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        rollout=ITERATION.rollout,
        film=ITERATION.film,
    log:
        ITERATION.log("record_rollout"),
    benchmark:
        ITERATION.times("record_rollout")
    resources:
        gpu=gpus(of_candidate),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            **simulated(wildcards),
            evaluation=experiment(wildcards).loop.evaluation.model_dump(
                mode="json", exclude={"short_seconds"}
            ),
            seed=int(wildcards.seed),
        ),
        code=simulation_code("record_rollout"),
    shell:
        command("record_rollout")
