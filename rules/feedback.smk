rule compare_motion:
    input:
        rollout=ITERATION.rollout,
        reference=EXPERIMENT.reference,
        motion=of_video(VIDEO.motion),
        selection=ITERATION.selection,
        curves=ITERATION.best_curves,
        previous=previous(ITERATION.feedback),
        robot=robot_yaml,
        mjcf=robot_mjcf,
        assets=robot_assets,
    output:
        feedback=ITERATION.feedback,
        picture=shown(
            ITERATION.similarity,
            "similarity",
            "Rounds",
            experiment="{experiment}",
            seed="{seed}",
            round="{n}",
            shows="similarity joint by joint",
        ),
    log:
        ITERATION.log("compare_motion"),
    priority: ROUNDS_FIRST
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            method=of_method(wildcards, "feedback"), **wish_of(wildcards)
        ),
        code=code_digest("compare_motion"),
    shell:
        command("compare_motion")
