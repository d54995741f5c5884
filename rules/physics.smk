# snakemake results/EXPERIMENT/seed0/physics.json or .../iter1/physics_1.json: a best policy, or any candidate's, judged in
# other physics without training in them; with evaluation.physics each loop's best policy always is.


rule judge_physics:
    input:
        policy=last_iteration(ITERATION.best_policy),
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=judging_server,
    output:
        physics=SEED.physics,
    log:
        SEED.log("judge_physics"),
    resources:
        gpu=gpus_of_physics,
    params:
        arguments=arguments(),
        settings=physics_settings,
        code=physics_code,
    shell:
        command("judge_physics")


use rule judge_physics as judge_candidate with:
    input:
        policy=CANDIDATE.policy,
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
        server=judging_server,
    output:
        physics=CANDIDATE.physics,
    log:
        CANDIDATE.log("judge_candidate"),
