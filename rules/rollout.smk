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
    log:
        ITERATION.log("record_rollout"),
    priority: ROUNDS_FIRST
    resources:
        gpu=gpus(of_candidate),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            **simulated(wildcards),
            evaluation=experiment(wildcards).loop.evaluation.model_dump(
                mode="json", include={"agents", "seconds"}
            ),
            seed=int(wildcards.seed),
        ),
        code=simulation_code("record_rollout"),
    shell:
        command("record_rollout")


# Of the last round, whose film is shown; a film of an earlier one is made when it is asked for by name.
rule render_film:
    input:
        rollout=ITERATION.rollout,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        film=ITERATION.film,
    log:
        ITERATION.log("render_film"),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            seconds=experiment(wildcards).loop.evaluation.film_seconds
        ),
        code=code_digest("render_film"),
    shell:
        command("render_film")


# Of every candidate, for methods whose winners people choose.
PREFERRED = one_of(filter(prefers, PLAN.experiments))


use rule record_rollout as record_candidate with:
    input:
        policy=CANDIDATE.policy,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=simulator_server,
    output:
        rollout=CANDIDATE.rollout,
    log:
        CANDIDATE.log("record_candidate"),
    wildcard_constraints:
        experiment=PREFERRED,


use rule render_film as render_candidate with:
    input:
        rollout=CANDIDATE.rollout,
        reference=EXPERIMENT.reference,
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        film=CANDIDATE.film,
    log:
        CANDIDATE.log("render_candidate"),
    wildcard_constraints:
        experiment=PREFERRED,
