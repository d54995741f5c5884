rule compare_motion:
    input:
        rollout=f"{ITERATION}/rollout.h5",
        reference=f"{EXPERIMENT}/reference.h5",
        motion=of_video("motion.h5"),
        selection=f"{ITERATION}/selection.json",
        curves=f"{ITERATION}/best_training.csv",
        previous=previous("feedback.json"),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        feedback=f"{ITERATION}/feedback.json",
        picture=shown(
            f"{ITERATION}/similarity.png",
            "similarity",
            "Rounds",
            experiment="{experiment}",
            seed="{seed}",
            round="{n}",
            shows="similarity joint by joint",
        ),
    log:
        f"{ITERATION}/logs/compare_motion.log",
    benchmark:
        f"{ITERATION}/logs/compare_motion.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(method=of_method(wildcards, "feedback")),
        code=code_digest("compare_motion"),
    shell:
        command("compare_motion")
