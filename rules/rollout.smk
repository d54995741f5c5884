rule record_rollout:
    input:
        policy=f"{ITERATION}/best.pth",
        reference=f"{EXPERIMENT}/reference.h5",
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        rollout=f"{ITERATION}/rollout.h5",
        film=f"{ITERATION}/rollout.mp4",
    log:
        f"{ITERATION}/logs/record_rollout.log",
    benchmark:
        f"{ITERATION}/logs/record_rollout.tsv"
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
