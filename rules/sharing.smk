# What checkouts and machines share: docs/sharing.md.
localrules:
    shared,


rule shared:
    # snakemake shared: what all seeds start from; machines that share the work begin with copies of it.
    input:
        [f"{VIDEO}/motion.h5".format(video=name) for name in PLAN.videos],
        [
            path
            for name in PLAN.experiments
            for path in [
                *all_bases(ROBOT, ".pth", experiment=name),
                *all_bases(EXPERIMENT, "_evaluation.json", experiment=name),
            ]
        ],
        [
            f"{EXPERIMENT}/{file}".format(experiment=name)
            for name in PLAN.experiments
            for file in ("reference.h5", "states.npz")
        ],
