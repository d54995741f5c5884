# What checkouts and machines share: docs/sharing.md.
localrules:
    shared,


share(workflow, ["estimate_keypoints", "describe_motion"])


rule shared:
    # snakemake shared: what all seeds start from; machines that share the work begin with copies of it.
    input:
        [f"{VIDEO}/motion.h5".format(video=name) for name in PLAN.videos],
        [f"{ROBOT}/base.pth".format(robot=name) for name in PLAN.robots],
        [
            f"{EXPERIMENT}/{file}".format(experiment=name)
            for name in PLAN.experiments
            for file in ("reference.h5", "states.npz", "base_evaluation.json")
        ],
