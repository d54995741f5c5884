# Results shared between checkouts and machines, see docs/sharing.md.
localrules:
    shared,


share(workflow, ["estimate_keypoints", "describe_motion"])


rule shared:
    # snakemake shared: what all seeds start from; machines that share the work start with copies of it.
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
